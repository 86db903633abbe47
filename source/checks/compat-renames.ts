/** Nothing that yesterday's application calls by name is renamed. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {operationsOf, placeOf, readStatements} from './statements.ts';
import {count, failed, listed, onlyIfSeen, passed, warned} from './verdict.ts';

export const compatRenames: Check = {
	id: 'compat.renames',
	says: 'No table, view or column in use is renamed, moved to another schema, or dropped and added under another name.',
	why: 'During a deployment both versions of the application run: a name can\'t be right for both. The way is expand and contract: add, write both, read the new, drop the old later. Whether a needed rename is a phase of that, a person says in a waiver.',
	proves: 'partly',
	dependsOn: ['plan', 'files'],
	async run(look) {
		const {statements, isNew, isNewColumn, unseen} = await readStatements(look);
		const renames = [
			...operationsOf(statements, 'rename-column').filter(({operation}) => !isNewColumn(operation.table, operation.column)).map(({operation, statement}) => ({text: `column ${operation.table.text}.${operation.column} becomes ${operation.to}`, statement})),
			...operationsOf(statements, 'rename-relation').filter(({operation}) => operation.relation !== 'index' && operation.relation !== 'sequence' && !isNew(operation.table)).map(({operation, statement}) => ({text: `${operation.relation.replaceAll('-', ' ')} ${operation.table.text} becomes ${operation.to}`, statement})),
			...operationsOf(statements, 'set-schema').filter(({operation}) => !(operation.table && isNew(operation.table))).map(({operation, statement}) => ({text: `${operation.object} ${operation.name} moves to the schema ${operation.to}`, statement})),
		];
		const dropped = operationsOf(statements, 'drop-column').filter(({operation}) => !isNewColumn(operation.table, operation.column));
		const disguised = dropped.flatMap(({operation, statement}) => {
			const added = operationsOf(statements, 'add-column').filter(other => other.operation.table.key === operation.table.key && other.operation.column.name !== operation.column);
			return added.length === 0 ? [] : [{text: `column ${operation.table.text}.${operation.column} is dropped and ${listed(added.map(other => other.operation.column.name))} added`, statement}];
		});
		const evidence = [noteEvidence(`${count(statements.length, 'statement')} searched for renames`, [...renames, ...disguised].map(({text, statement}) => `${text}: ${placeOf(statement)}`))];
		if (renames.length > 0) return failed(`${capital(listed(renames.map(each => each.text), 3))}.`, evidence);
		if (disguised.length > 0) return onlyIfSeen(warned(`For a person: ${listed(disguised.map(each => each.text), 3)}; say whether that is a rename.`, evidence), unseen);
		return onlyIfSeen(passed(`None of ${count(statements.length, 'statement')} renames or moves a table, view or column in use.`, evidence), unseen);
	},
};

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
