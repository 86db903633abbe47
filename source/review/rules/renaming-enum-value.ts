/** RENAME VALUE of an enum under a running application. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const renamingEnumValue: Rule = {
	id: 'renaming-enum-value',
	level: 'warning',
	category: 'backward-compatibility',
	says: 'renames an enum value under the running application',
	triggers: 'ALTER TYPE … RENAME VALUE.',
	spares: ['a type that the same migration creates'],
	why: 'The application of yesterday sends and compares the old word, and PostgreSQL refuses it from the commit on.',
	fix: {sql: 'ALTER TYPE {type} ADD VALUE \'{to}\';\n-- move the rows in batches, retire the old word later', alembic: 'with op.get_context().autocommit_block():\n    op.execute("ALTER TYPE {type} ADD VALUE IF NOT EXISTS \'{to}\'")'},
	on: ['rename-enum-value'],
	check({operations}, context) {
		return only(operations, 'rename-enum-value')
			.filter(({type}) => !context.isNewObject('type', type.key))
			.map(({type, from, to}) => ({message: `Renaming '${from}' of ${type.text} to '${to}' breaks every query that still says '${from}'.`, names: {type: type.text, to}}));
	},
};
