/** A new enum value whose place nobody chose. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const requireEnumValueOrdering: Rule = {
	id: 'require-enum-value-ordering',
	level: 'info',
	category: 'type',
	says: 'adds an enum value without saying where',
	triggers: 'ALTER TYPE … ADD VALUE without BEFORE or AFTER.',
	spares: ['BEFORE and AFTER', 'RENAME VALUE'],
	why: 'The value sorts behind all others for good: the order can\'t be changed later.',
	fix: {sql: 'ALTER TYPE {type} ADD VALUE \'{value}\' AFTER \'…\';', alembic: 'with op.get_context().autocommit_block():\n    op.execute("ALTER TYPE {type} ADD VALUE IF NOT EXISTS \'{value}\' AFTER \'…\'")'},
	optIn: true,
	on: ['add-enum-value'],
	check: ({operations}) => only(operations, 'add-enum-value').filter(({ordered}) => !ordered).map(({type, value}) => ({message: `'${value}' sorts behind all other values of ${type.text}, for good.`, names: {type: type.text, value}})),
};
