/** A snapshot of everything that a migration may change in the catalogs, comparable object by object. */
import type {Difference} from '../journal/shapes/rehearsal.ts';
import {dependentQueries} from './catalog/dependents.ts';
import {privilegeQueries} from './catalog/privileges.ts';
import {relationQueries} from './catalog/relations.ts';
import {routineQueries} from './catalog/routines.ts';
import type {Session} from './session.ts';

/** Object (`index public.ix_orders_status`) → definition, sorted by object. */
export type Catalog = ReadonlyMap<string, string>;

/**
 * Reads the catalog of all user schemas in one round trip and one snapshot; extensions' own objects are left out.
 * @throws the driver's error, such as a lock timeout behind a running DDL; the session's transaction is over then too
 */
export async function queryCatalog(session: Session, options: {timeoutMs?: number} = {}): Promise<Catalog> {
	const queries = [...relationQueries(session.versionNumber), ...dependentQueries(), ...routineQueries(), ...privilegeQueries()];
	const text = ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', 'SET LOCAL search_path = pg_catalog', ...queries, 'COMMIT'].join(';\n');
	try {
		const results = await session.multi(text, options);
		const rows = results.flat() as {object: string; definition: string | null}[];
		return new Map(rows.map(row => [row.object, row.definition ?? ''] as const).sort(([a], [b]) => a < b ? -1 : 1));
	} catch (error) {
		await session.query('ROLLBACK').catch(() => undefined);
		throw error;
	}
}

/**
 * What differs, sorted by object: `missing` was only before, `extra` is only after.
 * @param ignore objects that don't count, such as those of Alembic's version table
 */
export function compareCatalogs(before: Catalog, after: Catalog, ignore: (object: string) => boolean = () => false): Difference[] {
	const objects = [...new Set([...before.keys(), ...after.keys()])].filter(object => !ignore(object)).sort();
	return objects.flatMap((object): Difference[] => {
		const [was, is] = [before.get(object), after.get(object)];
		if (was === is) return [];
		if (is === undefined) return [{object, kind: 'missing', before: was}];
		return [was === undefined ? {object, kind: 'extra', after: is} : {object, kind: 'changed', before: was, after: is}];
	});
}

/** Whether an object belongs to a table: itself, its columns, what hangs on it, its primary key's index. @param schema null: of any schema */
export function belongsToTable(object: string, table: string, schema: string | null): boolean {
	const name = `${schema === null ? String.raw`[^ ]+` : escaped(schema)}\\.${escaped(table)}`;
	return new RegExp(`^(table|privileges of|comment on table) ${name}$|^(column|privileges of column|comment on table column) ${name}\\.|^(constraint|trigger|policy|rule) .* on ${name}$|^index ${name}_pkc$`).test(object);
}

function escaped(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
