/** New columns don't break the INSERTs of yesterday's application. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {operationsOf, placeOf, readStatements} from './statements.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed} from './verdict.ts';

export const compatNewColumns: Check = {
	id: 'compat.new-columns',
	says: 'Each column added to a table in use is nullable or has a default in the database.',
	why: 'The application of yesterday knows nothing of the column and leaves it out of its INSERTs. A default= in the model alone lives in Python and does not help it.',
	proves: 'wholly',
	dependsOn: ['plan', 'files'],
	async run(look) {
		const {statements, isNew, unseen} = await readStatements(look);
		const added = operationsOf(statements, 'add-column').filter(({operation}) => !isNew(operation.table));
		if (added.length === 0) return onlyIfSeen(notApplicable('The plan adds no column to a table that is in use.'), unseen);
		const required = new Set(operationsOf(statements, 'set-not-null').map(({operation}) => `${operation.table.key}.${operation.column}`));
		const defaulted = new Map(operationsOf(statements, 'set-default').map(({operation}) => [`${operation.table.key}.${operation.column}`, operation.value !== undefined]));
		const judged = added.map(({operation: {table, column}, statement}) => {
			const key = `${table.key}.${column.name}`;
			const fills = (defaulted.get(key) ?? column.default !== undefined) || column.identity || column.serial || column.generated !== undefined;
			return {name: `${table.text}.${column.name}`, ok: fills || !(column.notNull || required.has(key)), why: fills ? 'has a default' : column.notNull || required.has(key) ? 'NOT NULL without a default' : 'nullable', statement};
		});
		const evidence = [noteEvidence('columns added to tables in use', judged.map(each => `${each.name}: ${each.why}; ${placeOf(each.statement)}`))];
		const bad = judged.filter(each => !each.ok);
		if (bad.length > 0) return failed(`${listed(bad.map(each => each.name))} ${bad.length === 1 ? 'is' : 'are'} NOT NULL without a default in the database: INSERTs that don't know ${bad.length === 1 ? 'it' : 'them'} fail.`, evidence);
		return onlyIfSeen(passed(`${count(judged.length, 'new column')}: ${listed(judged.map(each => `${each.name} ${each.why === 'nullable' ? 'is nullable' : each.why}`))}.`, evidence), unseen);
	},
};
