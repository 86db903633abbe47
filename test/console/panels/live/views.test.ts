/** What each view of the live state says: every figure with its unit, unknown never as zero, the way out beside the trouble. */
import {describe, expect, test} from 'vitest';
import {confirmSignalAll} from '../../../../source/console/dialogs/confirm-signal.ts';
import {dialogLines} from '../../../../source/console/dialogs/lines.ts';
import {queryDialog} from '../../../../source/console/dialogs/query-text.ts';
import type {Doing} from '../../../../source/console/doing.ts';
import {keymap} from '../../../../source/console/keymap.ts';
import {resolutionOf} from '../../../../source/console/panels/live/blocking.ts';
import {phaseNumber} from '../../../../source/console/panels/live/progress.ts';
import {livePanel} from '../../../../source/console/panels/live/view.ts';
import {textOf} from '../../../../source/console/parts/line.ts';
import {opening, running, sample, stateAfter} from '../../fixtures/story.ts';
import {looking, rowsOf, shown} from './look.ts';

test('overview: figures carry their units, the tree says who waits for what', () => {
	const text = shown(sample(0));
	for (const words of ['connections 34 of 100', '812 commits/s', 'WAL 2.1 MB/s', 'pid 900 blocks 2', 'pid 812 MIGRATION waits 8.0 s for ShareLock on orders, blocks 1', 'pid 901 waits 4.2 s for RowExclusiveLock on orders', 'lag 0.4 s, 1.4 MB', '4,200 of 17,000 blocks', '24 %']) expect(text).toContain(words);
});

test('what this role may not see is said to be unknown, with what mends it', () => {
	const text = shown(sample(0, {connections: {total: null, max: null, active: null, idle: null, idleInTransaction: null, waiting: null}, rates: {commits: null, rollbacks: null, tuplesWritten: null, walBytes: null}, hidden: ['queries of other roles: GRANT pg_read_all_stats TO deploy']}));
	for (const words of ['connections unknown of unknown', 'unknown commits/s', 'not seen: queries of other roles: GRANT pg_read_all_stats TO deploy']) expect(text).toContain(words);
});

test.each([
	['transactions', {}, 'no transaction of this role is open; those of other roles are not to be seen', 'no transaction is open'],
	['progress', {}, 'no command of this role reports its progress; those of other roles are not to be seen', 'no command reports'],
	['progress', {refused: ['progress'] as const}, 'the server refuses to tell the progress of commands', 'no command'],
	['standbys', {refused: ['replication'] as const}, 'the server refuses to tell who streams from it', 'no standby is connected'],
] as const)('%s: an empty list says nothing of what may not be seen', (view, {...more}, said, unsaid) => {
	const hidden = sample(0, {active: [], progress: [], replication: [], connections: {total: 9, max: 100, active: null, idle: null, idleInTransaction: null, waiting: 0}, hidden: ['sessions of other roles: GRANT pg_monitor TO deploy'], ...'refused' in more && {refused: [...more.refused]}});
	expect(shown(hidden, {view})).toContain(said);
	expect(shown(hidden, {view})).not.toContain(unsaid);
	expect(shown(sample(0, {active: [], progress: [], replication: []}), {view})).toContain(unsaid);
	expect(livePanel.title(looking(hidden, {view})).map(({text}) => text).join('')).toContain('not all is seen');
});

describe('the migration is pinned above every view', () => {
	const state = stateAfter(opening, running);
	const behind = {sessions: 1, longestSeconds: 4.2, sessionSeconds: 4.2, relations: ['orders']};

	test('whom it waits for, whom it blocks and how that grows', () => {
		const grown = [sample(0, {behind: {...behind, sessions: 1}}), sample(6, {behind: {...behind, sessions: 13}})];
		const [, waits, blocks] = rowsOf(looking(grown, {view: 'tables'}, {run: state}));
		expect(waits).toBe(' it waits 8.0 s, R resolves it, behind pid 900 (psql, idle in transaction, open 4 min 06 s)  for ShareLock on orders');
		expect(blocks).toBe(' it blocks 13 sessions, x cancels it, 2.0 more each second, longest 4.2 s, together 4.2 s  on orders');
	});

	test('what it runs is said where no progress pane does', () => {
		const small = {...looking(sample(0, {behind}), {}, {run: state, rows: 24, columns: 80}), view: 'checklist' as const};
		expect(rowsOf(small).join('\n')).toContain(' MIGRATION pid 812  statement 3  8.0 s  phase 3 of 8: building index: scanning table 24 %');
		expect(shown(sample(0, {behind}), {}, {run: state})).not.toContain('statement 3');
	});
});

test('blocking: each root with its last query, the key that resolves it, and how many go on', () => {
	expect(rowsOf(looking(sample(0), {view: 'blocking'})).slice(3)).toEqual([
		' blocking  2 sessions wait for 1 other',
		' pid 900 blocks 2  idle in transaction, transaction open 4 min  psql, app  UPDATE orders SET note = \'x\' WHERE id = 7',
		'   last ran UPDATE orders SET note = \'x\' WHERE id = 7',
		'   R, or C on it: ends it; it is idle, and a cancel does nothing; 2 sessions go on',
		'   └ pid 812 MIGRATION waits 8.0 s for ShareLock on orders, blocks 1  CREATE INDEX CONCURRENTLY ix_orders_channel ON orders (channel)',
		'     └ pid 901 waits 4.2 s for RowExclusiveLock on orders  shop-web, app  INSERT INTO orders (customer_id, total) VALUES ($1, $2)',
	]);
});

test('sessions on 80 columns: who, with workers and a database elsewhere; a filter says how many it shows and what acts on them', () => {
	const [migration, idle, ...others] = sample(0).active;
	const state = looking(sample(0, {active: [migration!, idle!, {...others[0]!, blockedBy: [], waitEvent: null, state: 'active', workers: 2}, {...others[1]!, database: 'crm'}]}), {view: 'sessions'}, {columns: 80});
	expect(rowsOf(state, {width: 80}).slice(-4).map(row => row.slice(0, 51).trimEnd())).toEqual([
		'     812   8.0 s  waits for 900        MIGRATION',
		'     900   4 min  idle in transaction  psql',
		'     901   4.2 s  active, 2 workers    shop-web',
		'     902   0.3 s  active               in crm',
	]);
	expect(textOf(livePanel.title({...state, filters: {live: 'psql'}}))).toContain('/psql shows 1 of 4 sessions, * acts on them');
});

test.each([
	['a prepared transaction', 0, undefined, null],
	['the migration', 812, sample(0).active[0], 'x'],
	['an idle one', 900, sample(0).active[1], 'C'],
	['an active one', 902, sample(0).active[3], 'c'],
	['one with a lock of its session', 902, {...sample(0).active[3]!, state: 'idle'}, 'C'],
	['holdpoint itself', 903, {...sample(0).active[3]!, application: 'holdpoint-backup'}, null],
	['one that is not to be seen', 904, undefined, 'C'],
])('the key that resolves %s', (_, pid, session, key) => {
	expect(resolutionOf(pid, session).key).toBe(key);
});

test('locks: the longest wait first, by whom and behind whom', () => {
	const rows = rowsOf(looking(sample(0), {view: 'locks'}));
	expect(rows.slice(4)).toEqual(['     901   4.2 s  RowExclusive               orders  behind 812  shop-web, app', '     812   8.0 s  Share                      orders  behind 900  MIGRATION']);
});

test('standbys: each one\'s way of the WAL, those that are missing, slots in danger, lag in seconds and bytes', () => {
	const replication = [{name: 'replica1', state: 'streaming', sync: 'async', client: '10.0.0.3', lagBytes: 1_500_000, lagSeconds: 0.4, unsentBytes: 0, unflushedBytes: 2048, unreplayedBytes: 1_497_952, flushSeconds: 0.1, replaySeconds: 0.4, replySeconds: 22}];
	const text = shown(sample(0, {replication, missingStandbys: ['replica9'], slots: [{name: 'etl', active: false, retainedBytes: 3 * 1024 ** 3, kind: 'logical', database: 'shop', walStatus: 'unreserved', safeBytes: 1024 ** 2, xminAge: 7, inactiveSeconds: 7200}, {name: 'gone', active: false, retainedBytes: null, kind: 'physical', invalidated: 'wal_removed'}]}), {view: 'standbys'});
	for (const words of [
		'replica1  streaming, async, at 10.0.0.3  lag 0.4 s, 1.4 MB', 'not sent 0 B, not flushed 2.0 kB, not replayed 1.4 MB  last commit flushed after 0.1 s, replayed after 0.4 s\n   last sign 22 s ago', 'standby replica9 must be there by the configuration, and is not connected',
		'slot etl  logical of shop, not read by anyone for 2.0 h, keeps 3.0 GB of WAL, unreserved, lost after another 1.0 MB\n holds back VACUUM by 7 transactions', 'slot gone  physical, invalidated (wal_removed): its reader can\'t go on and must be set up anew', 'lag of replica1 in seconds  now 0.4 s', 'lag of replica1 in bytes  now 1.4 MB',
	]) expect(text).toContain(words);
});

test('progress: phase of how many, whom it waits for, and what reports nothing', () => {
	const [index] = sample(0).progress;
	expect(shown(sample(0, {progress: [{...index!, phase: 'waiting for old snapshots', done: 1, total: 3, unit: 'lockers', waitsFor: 900, detail: 'ix_orders_channel'}]}), {view: 'progress'})).toMatch(/CREATE INDEX CONCURRENTLY orders \(ix_orders_channel\).* 33 %[\s\S]*phase 8 of 8: waiting for old snapshots, waits for pid 900, 1 of 3 lockers, runs 8\.0 s/);
	const copy = {...index!, pid: 5, command: 'COPY TO', phase: 'writing rows', unit: 'rows'};
	const copying = (more: object) => rowsOf(looking(sample(0, {progress: [{...copy, ...more}]}), {view: 'progress'})).find(row => row.startsWith('   pid 5'));
	expect([copying({done: 584_883, total: null}), copying({done: 250, total: 1000, secondsLeft: 41.4})]).toEqual(['   pid 5, writing rows, 584,883 rows', '   pid 5, about 41 s left: writing rows, 250 of 1,000 rows']);
	expect(shown(sample(0, {progress: []}), {view: 'progress'})).toContain('MIGRATION pid 812 runs 8.0 s and reports nothing: ALTER TABLE and VALIDATE CONSTRAINT never do');
	expect(['initializing', 'building index: loading tuples in tree'].map(phase => phaseNumber({command: 'CREATE INDEX', phase}))).toEqual(['phase 1 of 2', 'phase 2 of 2']);
	expect(phaseNumber({command: 'VACUUM', phase: 'scanning heap'})).toBe('');
});

test('tables: sizes, dead rows, bloat, who reads how, last vacuum; unknown is unknown', () => {
	const table = {name: 'orders', heapBytes: 640 * 1024 ** 2, indexBytes: 210 * 1024 ** 2, toastBytes: 0, liveRows: 900_000, deadRows: 300_000, bloat: 0.34, tableScans: 3, indexScans: 4001, changedRows: 12, vacuumedAt: sample(-3600).at, analyzedAt: null, xidAge: 195_000_000};
	const text = shown(sample(0, {tables: {at: sample(0).at, list: [table, {...table, name: 'tiny', heapBytes: null, bloat: null}]}, wraparound: {at: sample(0).at, database: 'shop', xidAge: 1, multixactAge: 1, freezeAge: 200_000_000}}), {view: 'tables'});
	for (const words of ['heap 640 MB  indexes 210 MB  TOAST 0 B  900,000 rows  300,000 dead (25 %)  bloat about 34 %', 'scanned whole 3 times  by index 4,001 times  vacuumed 1 h ago', 'never analysed, 12 rows changed since', 'its oldest transaction id is 195,000,000 old', 'heap unknown', 'bloat unknown', 'read at 02:00:00 UTC']) expect(text).toContain(words);
	expect(shown(sample(0), {view: 'tables'})).toContain('no plan names a table yet');
});

test('transactions: the oldest first, prepared ones, the age of transaction ids and the VACUUM that does not give way', () => {
	const vacuum = {...sample(0).active[3]!, pid: 77, backendType: 'autovacuum worker', application: '', user: null, query: 'autovacuum: VACUUM public.orders (to prevent wraparound)', seconds: 50, transactionSeconds: 50};
	const rows = rowsOf(looking(sample(0, {active: [...sample(0).active, vacuum], prepared: [{gid: 'pay-7', owner: 'app', database: 'shop', seconds: 700, xidAge: 12}], wraparound: {at: sample(0).at, database: 'shop', xidAge: 190_000_000, multixactAge: 1, freezeAge: 200_000_000}}), {view: 'transactions'}));
	const text = rows.join('\n');
	for (const words of ['prepared pay-7  by app in shop, 11 min ago, 12 xids old', 'the oldest are 190,000,000 old, in shop; from 200,000,000 on VACUUM is forced (95 %)', 'pid 77 runs autovacuum: VACUUM public.orders (to prevent wraparound) for 50 s: it gives way to nobody']) expect(text).toContain(words);
	expect(rows.filter(row => /^ {4,}\d+ /.test(row)).map(row => Number(row.slice(0, 8)))).toEqual([900, 77, 812, 901, 902]);
});

test('rates: now, lowest and highest of each, and the chosen one as a chart', () => {
	const samples = Array.from({length: 60}, (_, index) => sample(index * 2, {rates: {...sample(0).rates, walBytes: index === 30 ? 9_000_000 : 1_048_576}}));
	const text = shown(samples, {view: 'rates', series: 'walBytes', span: 1});
	expect(text).toMatch(/WAL written +1\.0 MB\/s +1\.0 MB\/s +8\.6 MB\/s/);
	expect(text).toMatch(/temporary files +unknown +unknown +unknown/);
	expect(text).toContain(' WAL written  now 1.0 MB/s  1.0 MB/s to 8.6 MB/s in 5 min');
});

test('a session is ended only when it may be: never the migration, never holdpoint\'s own', () => {
	const reason = (id: string, pid: number, active = sample(0).active) => keymap.find(binding => binding.id === id)!.refuse!({...looking(sample(0, {active})), pid});
	expect(reason('terminate-backend', 812)).toContain('that is the migration itself: x cancels it');
	expect(reason('cancel-backend', 902, sample(0).active.map(session => ({...session, application: 'holdpoint-backup'})))).toContain('holdpoint\'s own (holdpoint-backup)');
	expect(reason('cancel-backend', 902)).toBeUndefined();
});

test.each([
	['nothing chosen: the migration\'s root', null, 'Terminate session 900'],
	['a waiter far below', 901, 'Terminate session 900'],
	['the root itself', 900, 'Terminate session 900'],
])('R ends what holds up, %s', (_, pid, title) => {
	const state = {...looking(sample(0), {view: 'blocking'}), pid};
	const seen: unknown[] = [];
	const binding = keymap.find(({id}) => id === 'resolve')!;
	expect(binding.refuse!(state)).toBeUndefined();
	binding.run({state: () => state, dispatch: action => void seen.push(action)} as Doing);
	expect(seen).toMatchObject([{type: 'dialog', dialog: {title, typed: {want: 'shop'}, command: {command: 'signal', params: {pid: 900, terminate: true}}}}]);
	expect(binding.refuse!(looking(sample(0, {blockers: []})))).toBe('nobody blocks anybody');
});

test('ending all that a filter shows lists exactly these, each by pid and start', () => {
	const targets = sample(0).active.slice(1, 3);
	const dialog = confirmSignalAll(stateAfter(opening), {targets, filter: 'orders', terminate: true});
	expect(dialog).toMatchObject({typed: {want: 'shop'}, command: {command: 'signal-all', params: {terminate: true, sessions: targets.map(({pid, backendStart}) => ({pid, backendStart}))}}});
	expect(dialog.body.map(textOf).join('\n')).toMatch(/Exactly these[\s\S]*pid 900 +psql, idle in transaction[\s\S]*pid 901 +shop-web, active/);
});

test('a query of a megabyte is shown from its beginning, escaped, and copied whole', () => {
	const query = `SELECT '\u001B[2J${'x'.repeat(1024 * 1024)}'`;
	const dialog = queryDialog(sample(0).active[3]!, {query, complete: true, limitBytes: 2 * 1024 * 1024, database: 'shop'});
	expect(dialog.copy).toBe(query);
	const drawn = dialogLines({...looking(sample(0)), dialog})!.lines.map(textOf);
	expect(drawn.join('\n')).toContain('\'\\x1b[2Jxxx');
	expect(dialog.body.map(textOf).at(-1)).toBe('… and 995 kB more; y copies all of it');
	expect(new Set(drawn.map(row => row.length))).toEqual(new Set([108]));
});

test('of 900 sessions the 200 of a sample are listed, and the rest is said', () => {
	const active = Array.from({length: 200}, (_, index) => ({...sample(0).active[3]!, pid: 1000 + index, seconds: index, transactionSeconds: index}));
	const rows = rowsOf(looking(sample(0, {active, connections: {...sample(0).connections, active: 890, idleInTransaction: 10}}), {view: 'sessions'}));
	expect(rows).toHaveLength(203);
	expect(rows.slice(2, 3)[0]).toMatch(/^ +1199 /);
	expect(rows.at(-1)).toBe(' these are the 200 with the longest transactions, of 900 sessions that are active or in a transaction');
});

test('alarms have the figures of the sample that is shown, the worst first, not those they were raised with', () => {
	const since = '2026-03-01T12:00:00.000Z';
	const raised = {...stateAfter(opening), alarms: [{alarm: 'lag', level: 'warning' as const, text: 'Replication is behind: replica1 (31 s, 1.0 MB).', since}]};
	const alarms = [{...raised.alarms[0]!, text: 'Replication is behind: replica1 (95 s, 40.2 MB).'}, {alarm: 'connections', level: 'critical' as const, text: '95 of 100 connections are used, 5 % are free.', since}];
	const rows = rowsOf(looking(sample(0, {alarms}), {}, {run: raised}));
	expect(rows.slice(1, 3)).toEqual([' critical: 95 of 100 connections are used, 5 % are free.', ' warning: Replication is behind: replica1 (95 s, 40.2 MB).']);
});
