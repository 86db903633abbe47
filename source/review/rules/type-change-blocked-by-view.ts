/** A change of a column that something else reads. */
import type {Context} from '../context.ts';
import {quoteName} from '../names.ts';
import type {TableName} from '../names.ts';
import type {Fix, Rule} from '../rule.ts';

export const typeChangeBlockedByView: Rule = {
	id: 'type-change-blocked-by-view',
	level: 'error',
	category: 'robustness',
	says: 'changes a column that something else is built on',
	triggers: 'A change of type, or DROP COLUMN without CASCADE, of a column that a view, a rule, a policy, a trigger or a generated column uses, as the script or the database shows it.',
	spares: ['a view, trigger, policy, rule or generated column that was dropped before in the script', 'what nothing is known to use'],
	why: 'PostgreSQL refuses it, and the migration fails there.',
	fix: {sql: 'BEGIN;\nDROP VIEW {view};\n-- the change\nCREATE VIEW {view} AS …;\nCOMMIT;', alembic: 'op.execute("DROP VIEW {view}")\n# the change\nop.execute("CREATE VIEW {view} AS …")'},
	on: ['set-type', 'drop-column'],
	check({operations}, context) {
		return operations.flatMap(operation => {
			if (operation.do !== 'set-type' && (operation.do !== 'drop-column' || operation.cascade)) return [];
			const {table, column, at} = operation;
			const user = userOf(table, column, context);
			if (user?.kind === 'generated column' && operation.do === 'drop-column' && context.version < 15) return [{message: `The generated column ${user.name} uses ${table.text}.${column}: PostgreSQL ${context.version} drops it too, without a word.`, at, table, names: {view: user.name}, fix: fixOf(user, table)}];
			return user === undefined ? [] : [{message: `${user.kind === 'view' ? '' : `The ${user.kind} `}${user.name} uses ${table.text}.${column}: PostgreSQL refuses to ${operation.do === 'set-type' ? 'change its type' : 'drop it'}.`, at, table, names: {view: user.name}, ...(user.kind !== 'view' && {fix: fixOf(user, table)})}];
		});
	},
};

function userOf(table: TableName, column: string, context: Context): {kind: string; name: string} | undefined {
	const seen = context.seen.viewOn(table, column);
	if (seen !== undefined) return context.isNewColumn(table, column) && !context.isNew(table) ? undefined : {kind: 'view', name: seen};
	return context.known(table)?.usedBy?.find(({columns, kind, name}) => columns.includes(column) && !context.seen.isGone(kind, name, table));
}

function fixOf({kind, name}: {kind: string; name: string}, table: TableName): Fix {
	const drop = kind === 'generated column' ? `ALTER TABLE ${table.text} DROP COLUMN ${quoteName(name)}` : kind === 'materialized view' ? `DROP MATERIALIZED VIEW ${name}` : `DROP ${kind.toUpperCase()} ${quoteName(name)} ON ${table.text}`;
	return {sql: `BEGIN;\n${drop};\n-- the change, and then the ${kind} again\nCOMMIT;`, alembic: `op.execute(${JSON.stringify(drop)})\n# the change, and then the ${kind} again`};
}
