/** An index that another one makes needless. */
import type {Context} from '../context.ts';
import {only} from '../operations.ts';
import type {OperationOf} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const duplicateIndex: Rule = {
	id: 'duplicate-index',
	level: 'info',
	category: 'robustness',
	says: 'builds an index that another one covers',
	triggers: 'An index whose columns are those of another index of the table, or its first ones, both in the script or one of them known from the database.',
	spares: ['a unique index that is a part of a wider one', 'another method, predicate, operator class, collation or order', 'columns in another order'],
	why: 'Every write keeps both, and no query needs the shorter one.',
	fix: {sql: 'DROP INDEX CONCURRENTLY IF EXISTS {name};', alembic: 'with op.get_context().autocommit_block():\n    op.drop_index("{name}", postgresql_concurrently=True, if_exists=True)'},
	on: ['create-index'],
	check({operations}, context) {
		return only(operations, 'create-index').flatMap(index => {
			const other = coveredBy(index, context);
			if (other === undefined) return [];
			const [covered, covering] = other.wider ? [index.name ?? 'this index', other.name] : [other.name, index.name ?? 'this index'];
			return [{message: `${covered} on ${index.table.text} (${index.columns.join(', ')}) is covered by ${covering}.`, table: index.table, names: {name: covered}}];
		});
	},
};

function coveredBy(index: OperationOf<'create-index'>, context: Context): {name: string; wider: boolean} | undefined {
	const {table, keys, unique, method, where, name} = index;
	if (method !== 'btree') return undefined;
	const predicate = where && JSON.stringify(where, (key, value: unknown) => key === 'location' ? undefined : value);
	for (const other of context.seen.indexes(table)) {
		if (other.method !== method || other.where !== predicate || other.name === name) continue;
		if (isPrefix(keys, other.keys) && !(unique && (!other.unique || keys.length < other.keys.length))) return {name: other.name ?? 'another index', wider: true};
		if (isPrefix(other.keys, keys) && !other.unique) return {name: other.name ?? 'another index', wider: false};
	}
	// Of an index in the database only plain columns are known.
	if (predicate !== undefined || unique || keys.some((key, at) => key !== index.columns[at])) return undefined;
	const known = context.known(table)?.indexes?.find(other => other.name !== name && !other.partial && !other.expression && isPrefix(keys, other.columns) && / USING btree /.test(other.definition ?? ' USING btree ') && !/ (?:DESC|COLLATE|NULLS) |_ops/.test(other.definition ?? ''));
	return known && {name: known.name, wider: true};
}

function isPrefix(short: readonly string[], long: readonly string[]): boolean {
	return short.length <= long.length && short.every((key, index) => key === long[index]);
}
