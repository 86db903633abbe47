/** One invalid index: found by its name, and dropped without keeping anyone from its table. */
import {Refusal} from '../journal/refusal.ts';
import type {Session} from './session.ts';

export interface FoundIndex {
	oid: number;
	/** `schema.index`, quoted where it needs to be: safe to put into SQL. */
	name: string;
	table: string;
	valid: boolean;
	/** A CREATE INDEX or REINDEX is at work on its table: then it is not left behind, but on its way. */
	building: boolean;
	partitioned: boolean;
	/** The constraint that it serves, or null. */
	constraint: string | null;
}

/** By `index` or `schema.index`, as lists of invalid indexes name it. @throws Refusal 2 when there is none, or several */
export async function findIndex(session: Session, name: string): Promise<FoundIndex> {
	const found = await session.query<FoundIndex>(`SELECT c.oid::int8::float8 AS oid, format('%I.%I', n.nspname, c.relname) AS name, i.indrelid::regclass::text AS "table", i.indisvalid AND i.indisready AND i.indislive AS valid,
		EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.relid = i.indrelid) AS building, c.relkind = 'I' AS partitioned, (SELECT conname::text FROM pg_constraint WHERE conindid = c.oid LIMIT 1) AS "constraint"
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE $1::text IN (c.oid::regclass::text, c.relname::text, n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname))
		ORDER BY i.indisvalid`, [name]);
	const invalid = found.filter(index => !index.valid);
	if (invalid.length > 1) throw new Refusal(2, `There are several invalid indexes ${name}: ${invalid.map(index => index.name).join(', ')}; name one with its schema.`);
	const one = invalid[0] ?? found[0];
	if (!one) throw new Refusal(2, `There is no index ${JSON.stringify(name)} in this database.`);
	return one;
}

/** Why it must not be dropped, in one sentence; null when it may. */
export function refuseDrop({name, table, valid, building, partitioned, constraint}: FoundIndex): Refusal | null {
	if (valid) return new Refusal(3, `${name} is a valid index of ${table}; nothing was dropped.`);
	if (building) return new Refusal(3, `An index of ${table} is being built right now, and ${name} may be the one; nothing was dropped. Wait for its end.`);
	if (partitioned) return new Refusal(3, `${name} is the index of a partitioned table, which can't be dropped CONCURRENTLY; it becomes valid when each partition has its own (ALTER INDEX … ATTACH PARTITION).`);
	if (constraint !== null) return new Refusal(3, `${name} serves the constraint ${constraint} of ${table}; nothing was dropped. REINDEX INDEX CONCURRENTLY ${name} builds it again.`);
	return null;
}

/** What it sends. */
export const dropStatement = (name: string): string => `DROP INDEX CONCURRENTLY ${name}`;

/**
 * Drops it, if it is still the one that was found and still invalid. Waits, however long, for older transactions on its table, and keeps nobody waiting.
 * @throws Refusal 3 when it is another one by now, or valid
 */
export async function dropInvalidIndex(session: Session, {oid, name}: Pick<FoundIndex, 'oid' | 'name'>): Promise<void> {
	// A timeout while it waits would leave the index half dropped.
	await session.query("SELECT set_config('lock_timeout', '0', false), set_config('statement_timeout', '0', false)");
	const [now] = await session.query<{same: boolean}>(`SELECT format('%I.%I', n.nspname, c.relname) = $2::text AND NOT (i.indisvalid AND i.indisready AND i.indislive) AS same
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::oid`, [oid, name]);
	if (!now?.same) throw new Refusal(3, `${name} is not the invalid index any more that was looked at; nothing was dropped.`);
	await session.query(dropStatement(name), [], {timeoutMs: 24 * 3600 * 1000});
}
