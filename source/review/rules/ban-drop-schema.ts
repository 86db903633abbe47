/** DROP SCHEMA. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banDropSchema: Rule = {
	id: 'ban-drop-schema',
	level: 'error',
	category: 'data-loss',
	says: 'drops a schema',
	triggers: 'DROP SCHEMA, with CASCADE or without.',
	spares: ['a schema that the same migration creates'],
	why: 'With CASCADE everything in it goes along, unlisted; without, it fails if anything is left in it.',
	fix: {sql: '-- drop its objects by name, each reviewed, then\nDROP SCHEMA {name} RESTRICT;', alembic: 'op.drop_table(…, schema="{name}") for each, then op.execute("DROP SCHEMA {name}")'},
	on: ['drop'],
	check({operations}, context) {
		return only(operations, 'drop')
			.filter(({object}) => object === 'schema')
			.flatMap(({names, cascade}) => names.filter(({name}) => !context.isNewObject('schema', name)).map(({name}) => ({message: `Dropping schema ${name}${cascade ? ' and, by CASCADE, everything in it' : ''} can't be taken back.`, names: {name}})));
	},
};
