/** A foreign key whose own side has no index. */
import type {Context} from '../context.ts';
import type {TableName} from '../names.ts';
import type {Rule} from '../rule.ts';
import type {SeenForeignKey} from '../seen.ts';

export const missingFkIndex: Rule = {
	id: 'missing-fk-index',
	level: 'warning',
	category: 'robustness',
	says: 'adds a foreign key without an index for it',
	triggers: 'A foreign key, in CREATE TABLE, ADD CONSTRAINT or REFERENCES, and no index that leads with its columns in the whole script or in the database. At info where nothing is known of the database, or not the indexes of the table.',
	spares: ['a primary key, a unique constraint or an index that leads with the columns, in any order; a partial index does not count', 'a downgrade, a temporary table'],
	why: 'Each DELETE in the parent, and each UPDATE of its key, scans the whole child to see whether a row still refers to it.',
	fix: {
		sql: '-- outside a transaction\nCREATE INDEX CONCURRENTLY {name} ON {table} ({columns});',
		alembic: 'with op.get_context().autocommit_block():\n    op.create_index("{name}", "{table}", [{quoted}], postgresql_concurrently=True)\n# on a new table: sa.Column(…, index=True)',
	},
	on: ['create-table', 'add-column', 'add-constraint'],
	check: () => [],
	end(context) {
		return context.seen.foreignKeys
			.filter(key => key.columns.length > 0 && !hasIndex(key, context))
			.map(({table, columns, statement, at}) => ({
				statement,
				at,
				table,
				level: isSure(table, context) ? undefined : 'info' as const,
				message: `No index leads with ${columns.join(', ')} of ${table.text}, so each delete in the parent reads all of it.`,
				names: {name: `ix_${table.name}_${columns.join('_')}`, columns: columns.join(', '), quoted: columns.map(column => `"${column}"`).join(', ')},
			}));
	},
};

/** Without a database an index may be there, or be on its way in another script. */
function isSure(table: TableName, context: Context): boolean {
	return context.knowledge?.tables !== undefined && (context.seen.creates(table) || context.known(table)?.indexes !== undefined);
}

function hasIndex({table, columns}: SeenForeignKey, context: Context): boolean {
	const leads = (of: readonly string[]) => columns.every(column => of.slice(0, columns.length).includes(column));
	if (context.seen.keys(table).some(leads)) return true;
	if (context.seen.indexes(table).some(index => index.where === undefined && leads(index.columns))) return true;
	const known = context.known(table);
	return known?.indexes?.some(index => index.partial !== true && leads(index.columns)) === true
		|| known?.constraints?.some(({kind, columns: of}) => (kind === 'primary-key' || kind === 'unique') && leads(of)) === true;
}
