/** A way back that forgets something. */
import type {Operation} from '../../alembic/facts.ts';
import {textOf} from '../migration-rule.ts';
import type {MigrationRule} from '../migration-rule.ts';

interface Thing {
	what: 'table' | 'column' | 'index' | 'constraint';
	name: string;
	table?: string;
}

export const asymmetricDowngrade: MigrationRule = {
	id: 'asymmetric-downgrade',
	subject: 'migration',
	level: 'warning',
	category: 'robustness',
	says: 'goes back by less than it went forward',
	triggers: 'A table, column, index or constraint that upgrade() creates and downgrade() does not drop, or that upgrade() drops and downgrade() does not create again.',
	spares: ['an empty downgrade(), or one that raises', 'what goes along with its table or column', 'what the downgrade names in SQL of its own', 'a downgrade with SQL that can\'t be read, or one that works on the connection'],
	why: 'After going back the schema is neither the old nor the new one, and the next upgrade stops at what was left over.',
	fix: {sql: '-- the opposite of each statement, in the opposite order', alembic: 'def downgrade() -> None:\n    op.…("{name}")'},
	check({upgrade, downgrade}) {
		if (downgrade.empty || downgrade.raises || downgrade.binds.length > 0 || downgrade.operations.some(operation => operation.sql === null && operation.op === 'execute')) return [];
		const sql = downgrade.operations.map(operation => operation.sql ?? '').join('\n');
		const back = downgrade.operations.flatMap(operation => read(operation) ?? []);
		const forth = upgrade.operations.flatMap(operation => read(operation) ?? []);
		// What was made and dropped again on the way leaves nothing to undo.
		const net = forth.filter(change => !forth.some(other => other.made !== change.made && isSame(other.thing, change.thing)));
		return net.filter(change => !isUndone(change, back) && !sql.includes(change.thing.name)).map(({thing, made, operation}) => ({
			line: operation.line,
			endLine: operation.endLine,
			message: `downgrade() does not ${made ? 'drop' : 'create'} the ${thing.what} ${thing.name} that upgrade() ${made ? 'creates' : 'drops'}.`,
			names: {name: thing.name},
		}));
	},
};

interface Change {
	thing: Thing;
	made: boolean;
	operation: Operation;
}

function read(operation: Operation): Change | undefined {
	const {op, arguments: [first, second], keywords} = operation;
	const batch = textOf(operation.table);
	const made = /^(?:create|add)_/.test(op);
	const change = (what: Thing['what'], name: string | undefined, table: string | undefined): Change | undefined => name === undefined ? undefined : {thing: {what, name, table}, made, operation};
	switch (op) {
		case 'create_table':
		case 'drop_table': return change('table', textOf(first), textOf(first));
		case 'add_column': return change('column', columnName(batch === undefined ? second : first), batch ?? textOf(first));
		case 'drop_column': return change('column', textOf(batch === undefined ? second : first), batch ?? textOf(first));
		case 'create_index':
		case 'drop_index': return change('index', textOf(first), batch ?? textOf(second) ?? textOf(keywords['table_name']));
		case 'create_foreign_key':
		case 'create_unique_constraint':
		case 'create_check_constraint':
		case 'create_primary_key':
		case 'create_exclude_constraint':
		case 'drop_constraint': return change('constraint', textOf(first), batch ?? textOf(second) ?? textOf(keywords['table_name']));
		default: return undefined;
	}
}

function isUndone({thing, made}: Change, back: readonly Change[]): boolean {
	return back.some(other => {
		if (other.made === made) return false;
		if (isSame(other.thing, thing)) return true;
		if (thing.table === undefined || thing.what === 'table') return false;
		// A table takes everything along, a column its indexes and constraints.
		return other.thing.table === thing.table && (other.thing.what === 'table' || (made && other.thing.what === 'column' && thing.what !== 'column'));
	});
}

function isSame(one: Thing, other: Thing): boolean {
	return one.what === other.what && one.name === other.name && (one.what !== 'column' || one.table === other.table);
}

/** `sa.Column("name", …)`. */
function columnName(argument: Operation['arguments'][number] | undefined): string | undefined {
	if (typeof argument !== 'object' || argument === null || Array.isArray(argument)) return undefined;
	return /^(?:\w+\.)*Column\(\s*(["'])([^"']+)\1/.exec(argument.code)?.[2];
}
