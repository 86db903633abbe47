/** What the review says: findings, and their sum. The same shapes as in CONTRACT.md. */

export type Level = 'error' | 'warning' | 'info';

export interface Finding {
	rule: string;
	level: Level;
	/** One sentence: what this statement does. */
	message: string;
	why: string;
	/** The safe way, in SQL and, after `Alembic:`, as operations. */
	fix: string;
	/** Number of the statement in its file, from 1; of a finding on Python that of the operation, or 0. */
	statement: number;
	file?: string;
	/** From 1; columns count characters (code points), not bytes. */
	line: number;
	column: number;
	endLine?: number;
	revision?: string;
	/** The operation of the migration's Python that its statement comes from, where one is reviewed as SQL. */
	origin?: {file: string; line: number; endLine: number};
	/** As written. */
	table?: string;
	/** The strongest lock taken on it, such as `ACCESS EXCLUSIVE`. */
	lock?: string;
	measured?: boolean;
	url?: string;
	/** The line of SQL that `line` names, cut at 300 characters. */
	source?: string;
}

export interface Review {
	/** How many statements were read, Alembic's own bookkeeping included. */
	statements: number;
	findings: Finding[];
	counts: {error: number; warning: number; info: number};
	/** Findings silenced by an ignore comment with a reason. */
	suppressed: number;
	/** What holds for the review as a whole, such as a version that nobody said; one sentence each. */
	notes?: string[];
}

export const levels: readonly Level[] = ['info', 'warning', 'error'];

/** Where a finding is in the repository: what stands in a migration's SQL is shown at the operation that writes it. */
export function repositoryPlace({file, origin, line, column, endLine}: Finding): {file?: string; line: number; column: number; endLine?: number} {
	return origin && file === undefined ? {...origin, column: 1} : {file, line, column, endLine};
}

/** Sums up findings, in the order of their place. */
export function makeReview(statements: number, findings: Finding[], more: number | {suppressed: number; notes?: string[]}): Review {
	const {suppressed, notes = []} = typeof more === 'number' ? {suppressed: more} : more;
	const counts = {error: 0, warning: 0, info: 0};
	for (const finding of findings) counts[finding.level]++;
	return {statements, findings, counts, suppressed, ...(notes.length > 0 && {notes})};
}

/** Puts several reviews together, in their order. */
export function joinReviews(reviews: readonly Review[]): Review {
	return makeReview(
		reviews.reduce((sum, review) => sum + review.statements, 0),
		reviews.flatMap(review => review.findings),
		{suppressed: reviews.reduce((sum, review) => sum + review.suppressed, 0), notes: [...new Set(reviews.flatMap(review => review.notes ?? []))]},
	);
}
