/** Triggers that come, go, or are switched on a table in use. */
import type {Operation} from '../operations.ts';
import type {TableName} from '../names.ts';
import type {Rule} from '../rule.ts';

export const triggerLock: Rule = {
	id: 'trigger-lock',
	level: 'info',
	category: 'lock',
	says: 'locks a table for a trigger',
	triggers: 'CREATE TRIGGER, DROP TRIGGER, and ALTER TABLE … ENABLE or DISABLE TRIGGER on a table that was there before.',
	spares: ['a table that the same migration creates'],
	why: 'Creating and switching take SHARE ROW EXCLUSIVE, dropping takes ACCESS EXCLUSIVE (measured): short, but it queues behind long transactions, and everyone else behind it. A switched-off trigger also stops what it did, foreign keys included when it says ALL.',
	fix: {sql: 'SET LOCAL lock_timeout = \'5s\';', alembic: 'op.execute("SET LOCAL lock_timeout = \'5s\'")'},
	lock: 'SHARE ROW EXCLUSIVE, or ACCESS EXCLUSIVE for DROP TRIGGER',
	on: ['create-trigger', 'drop', 'alter-table'],
	check({operations}, context) {
		return operations.flatMap(operation => {
			const found = read(operation);
			if (!found || context.isNew(found.table)) return [];
			return [{message: `${found.what} keeps ${found.reads ? 'readers and writers' : 'writers'} of ${found.table.text} waiting until the commit.`, at: operation.at, table: found.table}];
		});
	},
};

function read(operation: Operation): {table: TableName; what: string; reads: boolean} | undefined {
	if (operation.do === 'create-trigger') return {table: operation.table, what: 'CREATE TRIGGER', reads: false};
	if (operation.do === 'drop' && operation.object === 'trigger' && operation.of) return {table: operation.of, what: 'DROP TRIGGER', reads: true};
	if (operation.do !== 'alter-table' || !/^AT_(?:Enable|Disable)\w*Trig/.test(operation.what)) return undefined;
	return {table: operation.table, what: `${operation.what.startsWith('AT_Enable') ? 'ENABLE' : 'DISABLE'} TRIGGER`, reads: false};
}
