/** ALTER COLUMN TYPE that writes the table anew. */
import {only} from '../operations.ts';
import type {Report, Rule} from '../rule.ts';
import {decideTypeChange, describeType} from '../type-change.ts';

export const changingColumnType: Rule = {
	id: 'changing-column-type',
	level: 'error',
	category: 'rewrite',
	says: 'rewrites the table for another type',
	triggers: 'ALTER COLUMN … TYPE where the pair of types needs a rewrite, or where the old type is not known; any USING that is more than the column itself, or its cast to the new type.',
	spares: ['what was measured to rewrite nothing: varchar(n) to a larger varchar, to varchar or to text; text to varchar; numeric to more digits of the same scale, or to numeric; varbit to a larger one; cidr to inet; more precision of time, timestamp or interval; between int and oid, bit and varbit, xml and text; timestamp to timestamptz and back, without a precision, where the session is known to be in UTC', 'a table or a column that the same migration creates'],
	why: 'Table and indexes are written anew under ACCESS EXCLUSIVE: nobody reads or writes until it is done, and it needs the space twice.',
	fix: {
		sql: 'ALTER TABLE {table} ADD COLUMN {column}_new {type};\n-- keep both in step by a trigger, fill the old rows in batches, then swap the names in one short transaction',
		alembic: '# expand: op.add_column("{table}", sa.Column("{column}_new", …)) and a trigger; contract in a later revision',
	},
	lock: 'ACCESS EXCLUSIVE, for a rewrite of the table and its indexes',
	scales: true,
	claims: 'rewrite',
	on: ['set-type'],
	check({operations}, context) {
		return only(operations, 'set-type').flatMap(({table, column, type, using, at}): Report[] => {
			if (context.isNewColumn(table, column)) return [];
			const from = context.columnType(table, column);
			const change = decideTypeChange({from, to: type, column, using, timeZone: context.knowledge?.timeZone});
			if (change === 'free') return [];
			const what = `${table.text}.${column}${from ? ` from ${describeType(from)}` : ''} to ${describeType(type)}`;
			const message = change === 'rewrite' ? `Changing ${what} rewrites the whole table.` : `Changing ${what} rewrites the whole table, unless its old type happens to allow it: that type is not known here.`;
			return [{message, at, table, names: {column, type: describeType(type)}}];
		});
	},
};
