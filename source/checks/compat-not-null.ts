/** No column in use is made NOT NULL while it holds rows. */
import {Refusal} from '../journal/refusal.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import type {TableName} from '../review/names.ts';
import {queryEvidence, type Check, type Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {operationsOf, placeOf, readStatements} from './statements.ts';
import {failed, listed, onlyIfSeen, passed, warned} from './verdict.ts';

type Found = {name: string; state: 'nulls' | 'rows' | 'empty' | 'already' | 'absent'; evidence: Evidence};

export const compatNotNull: Check = {
	id: 'compat.not-null',
	says: 'No existing column of a table with rows is made NOT NULL.',
	why: 'With one NULL in it the upgrade fails, and with none in it the table is scanned under a lock and yesterday\'s application may still write one. Rows change by the minute, so this is asked of the target again shortly before the upgrade.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'target'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const {statements, isNewColumn, isNew, unseen} = await readStatements(look);
		const wanted = [
			...operationsOf(statements, 'set-not-null').map(({operation, statement}) => ({table: operation.table, column: operation.column, statement})),
			...operationsOf(statements, 'add-constraint').filter(({operation}) => ['primary-key', 'not-null'].includes(operation.constraint.kind)).flatMap(({operation, statement}) => operation.constraint.columns.map(column => ({table: operation.table, column, statement}))),
		].filter(({table, column}) => !isNew(table) && !isNewColumn(table, column));
		if (wanted.length === 0) return onlyIfSeen(passed('No statement of the plan makes an existing column NOT NULL.'), unseen);
		const found: Found[] = [];
		for (const {table, column} of wanted) found.push(await queryNulls(look, table, column));
		const evidence = [noteEvidence('columns made NOT NULL', wanted.map(({statement}) => placeOf(statement))), ...found.map(each => each.evidence)];
		const of = (state: Found['state']) => found.filter(each => each.state === state).map(each => each.name);
		if (of('nulls').length > 0) return failed(`${listed(of('nulls'))} ${of('nulls').length === 1 ? 'holds' : 'hold'} NULLs now: SET NOT NULL fails.`, evidence);
		if (of('absent').length > 0) return failed(`The target has no column ${listed(of('absent'))}.`, evidence);
		if (of('rows').length > 0) return onlyIfSeen(warned(`${listed(of('rows'))} ${of('rows').length === 1 ? 'belongs to a table with rows, none of them' : 'belong to tables with rows, none of them'} NULL now; yesterday's application may still write one.`, evidence), unseen);
		return onlyIfSeen(passed(`${listed(found.map(each => each.name))} ${found.length === 1 ? 'is' : 'are'} NOT NULL already, or of an empty table.`, evidence), unseen);
	},
};

async function queryNulls(look: Look, table: TableName, column: string): Promise<Found> {
	const session = await look.session();
	const name = `${table.text}.${column}`;
	const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
	const [known] = await session.query<{notNull: boolean}>('SELECT a.attnotnull AS "notNull" FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3 AND NOT a.attisdropped', [table.schema, table.name, column]);
	if (!known) return {name, state: 'absent', evidence: noteEvidence(name, ['not there'])};
	if (known.notNull) return {name, state: 'already', evidence: noteEvidence(name, ['is NOT NULL already'])};
	const from = `${quoted(table.schema)}.${quoted(table.name)}`;
	const query = `SELECT EXISTS (SELECT FROM ${from}) AS rows, EXISTS (SELECT FROM ${from} WHERE ${quoted(column)} IS NULL) AS nulls`;
	const [row] = await session.query<{rows: boolean; nulls: boolean}>(query).catch((error: {code?: string}) => {
		// 57014: the session's own statement_timeout; without an index a search for the first NULL reads the whole table.
		if (error.code === '57014') throw new Refusal(2, `Looking for a NULL in ${name} took too long and was given up; look on a standby and attest.`);
		throw error;
	});
	return {name, state: row!.nulls ? 'nulls' : row!.rows ? 'rows' : 'empty', evidence: queryEvidence(name, query, [row!])};
}
