/** A foreign key that is validated on the spot. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const addingForeignKeyConstraint: Rule = {
	id: 'adding-foreign-key-constraint',
	level: 'error',
	category: 'lock',
	says: 'checks every row against another table while both can\'t be written',
	triggers: 'ADD CONSTRAINT … FOREIGN KEY without NOT VALID, and ADD COLUMN … REFERENCES with a default, on a table that was there before. At info: ADD COLUMN … REFERENCES without a default, which only locks for a moment.',
	spares: ['a table that the same migration creates', 'NOT VALID', 'NOT ENFORCED (PostgreSQL 18)'],
	why: 'It holds SHARE ROW EXCLUSIVE on both tables while it compares all rows: nobody writes to either.',
	fix: {
		sql: 'ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {parent} NOT VALID;\n-- in a later transaction; reads and writes go on\nALTER TABLE {table} VALIDATE CONSTRAINT {name};',
		alembic: 'op.create_foreign_key("{name}", "{table}", "{parent}", [{quoted}], […], postgresql_not_valid=True)\n# in a later revision\nop.execute("ALTER TABLE {table} VALIDATE CONSTRAINT {name}")',
	},
	lock: 'SHARE ROW EXCLUSIVE on both tables, for a scan of both',
	scales: true,
	on: ['add-column', 'add-constraint'],
	check({operations}, context) {
		const added = only(operations, 'add-constraint')
			.filter(({table, constraint}) => constraint.kind === 'foreign-key' && !constraint.notValid && constraint.enforced && !context.isNew(table) && !context.isEmptied(table))
			// A column that was added empty in this migration still gets its rows compared: the scan is the same.
			.map(({table, constraint, at}) => {
				const partitioned = context.known(table)?.partitioned === true && context.version < 18;
				return {
					message: `Adding foreign key ${constraint.name ?? `on ${constraint.columns.join(', ')}`} without NOT VALID compares all rows of ${table.text} with ${constraint.references?.text} while neither can be written.`,
					at,
					table,
					names: {name: constraint.name, columns: constraint.columns.join(', '), quoted: constraint.columns.map(column => `"${column}"`).join(', '), parent: constraint.references?.text},
					fix: partitioned ? {sql: '-- NOT VALID is refused on a partitioned table before PostgreSQL 18: add it to each partition, then to the parent\nALTER TABLE part ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {parent} NOT VALID;\nALTER TABLE part VALIDATE CONSTRAINT {name};', alembic: 'the same by op.execute(), one partition each revision'} : undefined,
				};
			});
		const inline = only(operations, 'add-column')
			.filter(({table, column}) => !context.isNew(table) && column.constraints.some(({kind}) => kind === 'foreign-key'))
			.map(({table, column, at}) => {
				const parent = column.constraints.find(({kind}) => kind === 'foreign-key')?.references;
				const names = {name: `${table.name}_${column.name}_fkey`, columns: column.name, quoted: `"${column.name}"`, parent: parent?.text};
				if (column.default) return {message: `The default of new column ${table.text}.${column.name} makes its foreign key compare all rows with ${parent?.text} while neither table can be written.`, at, table, names};
				return {message: `The reference of new column ${table.text}.${column.name} locks ${parent?.text} against writes for a moment; nothing is scanned.`, level: 'info' as const, at, table, names};
			});
		return [...added, ...inline];
	},
};
