/** How large the tables are that the plan touches. */
import {byteWords} from '../journal/byte-words.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import {queryTables, type TableSize} from '../postgres/table-sizes.ts';
import type {TableName} from '../review/names.ts';
import {queryEvidence, type Look} from './check.ts';

export interface Sizes {
	/** Rows: the planner's estimate, else the statistics system's; null where neither knows; undefined for a table that is not there. */
	rows(table: TableName): number | null | undefined;
	/** True, false, or null where its rows are not known. A table that is not there yet is not large. */
	isLarge(table: TableName): boolean | null;
	describe(table: TableName): string;
	evidence(tables: readonly TableName[]): Evidence;
}

/** One query for all tables of the target. */
export async function querySizes(look: Look): Promise<Sizes> {
	const all = new Map((await queryTables(await look.session())).map(size => [`${size.schema}.${size.table}`, size]));
	const rows = (table: TableName): number | null | undefined => {
		const size = all.get(table.key);
		return size && (size.rows ?? size.liveRows);
	};
	const {largeTableRows} = look.settings;
	return {
		rows,
		isLarge: table => {
			const known = rows(table);
			return known === undefined ? false : known === null ? null : known >= largeTableRows;
		},
		describe: table => {
			const size = all.get(table.key);
			return size ? `${table.text} (${describeRows(size)}, ${byteWords(size.totalBytes)})` : `${table.text} (not there yet)`;
		},
		evidence: tables => {
			const found = [...new Set(tables.map(table => table.key))].flatMap(key => all.get(key) ?? []);
			return queryEvidence(`sizes of the touched tables; large means from ${largeTableRows.toLocaleString('en-US')} rows on`, 'pg_class.reltuples, pg_total_relation_size()', found.map(({name, rows, liveRows, totalBytes}) => ({table: name, rows, liveRows, totalBytes})));
		},
	};
}

function describeRows({rows, liveRows}: TableSize): string {
	const known = rows ?? liveRows;
	return known === null ? 'rows not known: never analyzed' : `about ${Math.round(known).toLocaleString('en-US')} ${known === 1 ? 'row' : 'rows'}`;
}
