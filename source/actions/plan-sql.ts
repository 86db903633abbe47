/** The SQL of a path as one text, with the transactions that Alembic would open; pure. */

export interface SqlPart {
	revision: string;
	from: string[];
	to: string[];
	doc: string;
	/** Null: Alembic could not write it. */
	sql: string | null;
	/** The same, cut where Alembic commits. */
	parts: {sql: string; transaction: boolean}[];
	/** What moves the version table. */
	stamp: string;
	reason: string | null;
}

/** With Alembic's own marker lines, so that readers and the review know whose statement each is. */
export function joinSql({action, parts, transactionPerMigration}: {action: string; parts: readonly SqlPart[]; transactionPerMigration: boolean}): string {
	const lines: string[] = [];
	let open = false;
	const transaction = (wanted: boolean) => {
		if (wanted !== open) lines.push(wanted ? 'BEGIN;' : 'COMMIT;', '');
		open = wanted;
	};
	for (const part of parts) {
		transaction(true);
		lines.push(`-- Running ${action} ${part.from.join(', ')} -> ${part.to.join(', ')}`, '');
		if (part.sql === null) lines.push(`-- No SQL: ${(part.reason ?? '').replace(/\s+/g, ' ')}`, '');
		for (const each of part.parts) {
			transaction(each.transaction);
			lines.push(each.sql, '');
		}
		transaction(true);
		if (part.stamp) lines.push(part.stamp, '');
		if (transactionPerMigration) transaction(false);
	}
	transaction(false);
	return `${lines.join('\n').trimEnd()}\n`;
}
