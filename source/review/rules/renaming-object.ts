/** A function, a type or a sequence that gets another name under the running application. */
import {only} from '../operations.ts';
import type {Report, Rule} from '../rule.ts';

const levels: Partial<Record<string, 'warning' | 'info'>> = {function: 'warning', procedure: 'warning', routine: 'warning', aggregate: 'warning', type: 'info', domain: 'info'};

export const renamingObject: Rule = {
	id: 'renaming-object',
	level: 'warning',
	category: 'backward-compatibility',
	says: 'renames something that the running application may call',
	triggers: 'ALTER FUNCTION, PROCEDURE, ROUTINE or AGGREGATE … RENAME TO; at info ALTER TYPE or DOMAIN … RENAME TO.',
	spares: ['what the same migration creates', 'when something of the old name is created in the same transaction', 'tables, views, columns, schemas and enum values, which have rules of their own'],
	why: 'From the commit on each call by the old name fails.',
	fix: {sql: '-- create it under the new name as well, and drop the old one a release later', alembic: 'op.execute("CREATE … {to} …")\n# a release later: op.execute("DROP … {name}")'},
	on: ['rename'],
	check({operations}, context) {
		return only(operations, 'rename').flatMap(({object, name, to}): Report[] => {
			const level = levels[object];
			const key = name.includes('.') ? name : `${context.searchPath}.${name}`;
			if (level === undefined || context.isNewObject(object, key)) return [];
			return [{
				message: `Renaming ${object} ${name} to ${to} breaks whatever still calls it by its old name.`, level, names: {name, to},
				settledBy: operation => (operation.do === 'create-function' || operation.do === 'create-enum' || operation.do === 'create-domain') && operation.name.key === key ? 'nothing' : undefined,
			}];
		});
	},
};
