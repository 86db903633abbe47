/** Reads back what a migration left: the version table, invalid indexes, constraints not validated. */
import {Refusal} from '../journal/refusal.ts';
import type {Session} from './session.ts';

/**
 * The version table's rows in order, or null when there is no such table.
 * @throws Refusal 2 when the role may not read it
 */
export async function queryVersionTable(session: Session, {table = 'alembic_version', schema = null}: {table?: string; schema?: string | null} = {}): Promise<string[] | null> {
	try {
		const [found] = await session.query<{name: string | null}>(
			`SELECT (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.oid = to_regclass(CASE WHEN $2::text IS NULL THEN format('%I', $1::text) ELSE format('%I.%I', $2::text, $1::text) END)) AS name`,
			[table, schema],
		);
		if (found?.name == null) return null;
		const rows = await session.query<{version: string}>(`SELECT version_num::text AS version FROM ${found.name} ORDER BY 1`);
		return rows.map(row => row.version);
	} catch (error) {
		const {code} = error as {code?: string};
		if (code === '42P01') return null;
		if (code === '42501') throw new Refusal(2, `The role ${session.conninfo.user} may not read the version table ${schema === null ? table : `${schema}.${table}`}; run GRANT SELECT on it.`);
		throw error;
	}
}

export interface InvalidIndex {
	/** `schema.index`, quoted where it needs to be. */
	name: string;
	table: string;
	definition: string;
	/** A CREATE INDEX or REINDEX is at work on it right now. */
	building: boolean;
}

/** Indexes that PostgreSQL does not use, or does not keep up: leftovers of CONCURRENTLY (`_ccnew` too), or under construction. */
export async function queryInvalidIndexes(session: Session): Promise<InvalidIndex[]> {
	return session.query<InvalidIndex>(`SELECT i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS "table", pg_get_indexdef(i.indexrelid) AS definition,
		EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid OR p.relid = i.indrelid AND p.index_relid = 0) AS building
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND n.nspname !~ '^pg_' ORDER BY 1`);
}

export interface UnvalidatedConstraint {
	name: string;
	table: string;
	definition: string;
}

/** Constraints marked NOT VALID: they hold for new rows only. */
export async function queryUnvalidatedConstraints(session: Session): Promise<UnvalidatedConstraint[]> {
	return session.query<UnvalidatedConstraint>(`SELECT conname AS name, CASE WHEN conrelid = 0 THEN contypid::regtype::text ELSE conrelid::regclass::text END AS "table", pg_get_constraintdef(c.oid) AS definition
		FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
		WHERE NOT convalidated AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 2, 1`);
}
