/** LOCK TABLE that keeps others out. */
import {lockModes} from '../locks.ts';
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const explicitLockTable: Rule = {
	id: 'explicit-lock-table',
	level: 'warning',
	category: 'lock',
	says: 'locks a table until the commit',
	triggers: 'LOCK TABLE in SHARE mode or a stronger one; without a mode it is ACCESS EXCLUSIVE. At info with NOWAIT.',
	spares: ['weaker modes, which keep neither readers nor writers out', 'a table that the same migration creates'],
	why: 'Nobody writes to it, or reads it either, until the transaction ends.',
	fix: {sql: 'SET LOCAL lock_timeout = \'5s\';\nLOCK TABLE {table} IN {mode} MODE;  -- as late as possible', alembic: 'op.execute("SET LOCAL lock_timeout = \'5s\'")\nop.execute("LOCK TABLE {table} IN {mode} MODE")'},
	lock: 'the one it names',
	on: ['lock'],
	check({operations}, context) {
		return only(operations, 'lock').flatMap(({tables, mode, nowait}) => {
			if (mode < lockModes.indexOf('SHARE') + 1) return [];
			const said = lockModes[mode - 1] ?? 'ACCESS EXCLUSIVE';
			return tables.filter(table => !context.isNew(table)).map(table => ({message: `${table.text} stays locked in ${said} mode until the commit.`, level: nowait ? 'info' as const : undefined, at: table.at, table, names: {mode: said}}));
		});
	},
};
