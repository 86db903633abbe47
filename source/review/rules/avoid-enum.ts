/** A new enum type. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const avoidEnum: Rule = {
	id: 'avoid-enum',
	level: 'info',
	category: 'type',
	says: 'creates an enum, which no value can leave again',
	triggers: 'CREATE TYPE … AS ENUM.',
	spares: ['adding values to one, and every other type'],
	why: 'A value can be added and renamed, but never removed or moved; a new one can\'t be used in the transaction that adds it.',
	fix: {sql: 'CREATE TABLE {name} (value text PRIMARY KEY);  -- and a foreign key; or text with a CHECK', alembic: 'sa.Enum(…, native_enum=False)'},
	on: ['create-enum'],
	check: ({operations}) => only(operations, 'create-enum').map(({name}) => ({message: `Values of ${name.text} can be added, but never removed.`, names: {name: name.text}})),
};
