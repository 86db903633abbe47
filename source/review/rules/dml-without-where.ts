/** UPDATE or DELETE of a whole table in one go. */
import type {Node} from 'libpg-query';
import type {Rule} from '../rule.ts';

export const dmlWithoutWhere: Rule = {
	id: 'dml-without-where',
	level: 'warning',
	category: 'data-loss',
	says: 'changes every row in one go',
	triggers: 'UPDATE or DELETE without WHERE, or with WHERE true.',
	spares: ['a table that the same migration creates', 'UPDATE … FROM and DELETE … USING', 'Alembic\'s own table'],
	why: 'All rows stay locked until the commit, the table grows by as much as it holds, and replicas and autovacuum have to work it off.',
	fix: {
		sql: '-- again and again until no row is left, with a commit between\n{verb} {table} … WHERE id IN (SELECT id FROM {table} WHERE … LIMIT 5000);',
		alembic: 'with op.get_context().autocommit_block():\n    while op.get_bind().execute(sa.text("… LIMIT 5000 …")).rowcount: pass',
	},
	lock: 'ROW EXCLUSIVE, and each row until the commit',
	scales: true,
	on: ['update', 'delete'],
	check({operations}, context) {
		return operations.flatMap(operation => {
			if (operation.do !== 'update' && operation.do !== 'delete') return [];
			if (operation.joins || !isAlways(operation.where) || context.isNew(operation.table)) return [];
			const verb = operation.do === 'update' ? 'UPDATE' : 'DELETE FROM';
			const triggers = context.known(operation.table)?.triggers ?? [];
			const fired = triggers.length > 0 ? `, and fires ${triggers.join(', ')} for each` : '';
			return [{message: `${verb} ${operation.table.text} without WHERE ${operation.do === 'update' ? 'changes' : 'loses'} every row, in one transaction${fired}.`, at: operation.at, table: operation.table, names: {verb}}];
		});
	},
};

function isAlways(where: Node | undefined): boolean {
	if (!where) return true;
	return 'A_Const' in where && where.A_Const.boolval?.boolval === true;
}
