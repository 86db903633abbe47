/** DROP DATABASE. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banDropDatabase: Rule = {
	id: 'ban-drop-database',
	level: 'error',
	category: 'data-loss',
	says: 'drops a database',
	triggers: 'DROP DATABASE.',
	spares: ['DROP SCHEMA and DROP TABLE, which have rules of their own'],
	why: 'Everything in it is gone, and a migration is no place for it.',
	fix: {sql: '-- by hand, by a person, outside of migrations', alembic: '# in no migration: by hand, by whoever owns it, with a backup that was restored once'},
	on: ['drop'],
	check({operations}) {
		return only(operations, 'drop').filter(({object}) => object === 'database').map(({names}) => ({message: `Dropping database ${names[0]?.name} loses everything in it.`}));
	},
};
