/** char(n), which pads with blanks. */
import {changedTypes, newColumns} from '../new-columns.ts';
import type {Rule} from '../rule.ts';

export const banCharField: Rule = {
	id: 'ban-char-field',
	level: 'warning',
	category: 'type',
	says: 'pads its text with blanks',
	triggers: 'A new column of type char, char(n), character or bpchar, also as an array, or a change to it.',
	spares: ['varchar and text', 'the internal type "char"'],
	why: 'It stores the blanks, compares without them, and is slower than text.',
	fix: {sql: '{column} text', alembic: 'sa.Column("{column}", sa.Text(), …)  # instead of sa.CHAR'},
	on: ['create-table', 'add-column', 'set-type'],
	check({operations}, context) {
		return [...newColumns(operations), ...changedTypes(operations, context)]
			.filter(({column}) => column.type.name === 'bpchar')
			.map(({table, column, at}) => ({message: `${table.text}.${column.name} is a char, which pads with blanks.`, at, table, names: {column: column.name}}));
	},
};
