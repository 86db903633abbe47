/** Checks after the upgrade: version, schema, application, metrics, tasks. Real database, real HTTP. */
import {createHash} from 'node:crypto';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {monitorBloat} from '../../source/checks/monitor-bloat.ts';
import {postCurrent} from '../../source/checks/post-current.ts';
import {postErrors} from '../../source/checks/post-errors.ts';
import {postLogs} from '../../source/checks/post-logs.ts';
import {postMetrics} from '../../source/checks/post-metrics.ts';
import {postSchema} from '../../source/checks/post-schema.ts';
import {postSmoke} from '../../source/checks/post-smoke.ts';
import {rehearsedSchemaAs} from '../../source/checks/rehearsed-schema.ts';
import {tasksAlerts} from '../../source/checks/tasks-alerts.ts';
import {tasksArchive} from '../../source/checks/tasks-archive.ts';
import {tasksDocumentation} from '../../source/checks/tasks-documentation.ts';
import {tasksTickets} from '../../source/checks/tasks-tickets.ts';
import {tasksVacuum} from '../../source/checks/tasks-vacuum.ts';
import {queryCatalog} from '../../source/postgres/catalog.ts';
import {eventually, revisionFile} from '../servers.ts';
import {cases} from './cases.ts';
import {folder, look, upgradeSql, type Given} from './look.ts';
import {readMigrations, type Migrations} from './migrations.ts';
import {openShop, type Shop} from './shop.ts';

let shop: Shop;
let server: Server;
let url: string;
let migrations: Migrations;
/** What Alertmanager says next. */
let alerts: object[] = [];
let silences: object[] = [];
/** Value of a Prometheus query now and before: by query. */
let measured: Record<string, [number | null, number | null]> = {};

beforeAll(async () => {
	shop = await openShop();
	server = createServer((request, response) => {
		const {pathname, searchParams} = new URL(request.url!, 'http://x');
		const json = (value: unknown) => response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(value));
		if (pathname === '/api/v2/alerts') return json(alerts);
		if (pathname === '/api/v2/silences') return json(silences);
		if (pathname === '/api/v1/query') {
			const query = searchParams.get('query')!;
			const [, of, past] = /^avg_over_time\(\((.*)\)\[600s:10s\]( @ \d+)?\)$/.exec(query)!;
			const value = measured[of!]?.[past === undefined ? 0 : 1] ?? null;
			return json({status: 'success', data: {resultType: 'vector', result: value === null ? [] : [{metric: {}, value: [1, String(value)]}]}});
		}
		return response.writeHead(pathname === '/health' ? 200 : 500).end('fine');
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const add = ["op.add_column('items', sa.Column('status', sa.Text))"];
	migrations = await readMigrations({
		named: revisionFile({revision: 'named', doc: 'Add a status, see SHOP-123 and https://example.org/shop/issues/77', upgrade: add}),
		nameless: revisionFile({revision: 'nameless', doc: 'Add a status in UTF-8', upgrade: add}),
	});
});
afterAll(async () => {
	server.close();
	await shop.close();
});
afterEach(() => {
	alerts = [];
	silences = [];
	measured = {};
});

const live = (given: Given = {}) => (): Given => ({session: shop.session, upgrade: {}, ...given});
const before: Record<string, {given: () => Given; answers: 'open'; words: RegExp}> = {
	'before the upgrade': {given: () => ({session: shop.session}), answers: 'open', words: /no finished upgrade in this run yet/},
	'after one that failed': {given: () => ({session: shop.session, upgrade: {status: 'failed', reason: 'boom'}}), answers: 'open', words: /last upgrade is not done \(failed: boom\)/},
};

// The shop is at a1: an upgrade from base to a1 is what happened.
const arrived: Given = {upgrade: {from: [], to: ['a1']}};
cases(postCurrent, {
	...before,
	'at the target, by both readings': {given: live(arrived), answers: 'passed', words: /The database is at a1, as the plan wanted it/},
	'elsewhere, though Alembic ended with 0': {given: live({upgrade: {to: ['b2']}}), answers: 'failed', words: /is at a1 and should be at b2/},
	'env.py reads another database': {given: live({...arrived, current: ['z9']}), answers: 'failed', words: /env\.py reads z9, holdpoint's own session a1/},
});

/** Keeps the catalog as the upgrade does, changes the schema, and takes the change back afterwards. */
const changed = (sql: string, outcome: Given['upgrade'] = {}) => async (): Promise<Given> => {
	const file = path.join(folder(), 'before.json');
	writeFileSync(file, JSON.stringify({invalidIndexes: [], catalog: Object.fromEntries(await queryCatalog(shop.session))}));
	if (sql !== '') await shop.sql(sql);
	return {session: shop.session, upgrade: {statements: [{sql: sql || 'ALTER TABLE items ADD COLUMN x int', seconds: 1}], ...outcome}, state: {artifacts: [{path: file, sha256: 'x', what: 'the schema before the upgrade'}]}};
};
/** The same, where `rehearsed` ran on a copy that lacks the index on events.kind, as copies may. */
const rehearsedAs = (rehearsed: string, undone: string, sql: string) => async (): Promise<Given> => {
	const file = path.join(folder(), 'rehearsed.json');
	const onCopy = async () => Object.fromEntries([...await queryCatalog(shop.session)].filter(([object]) => object !== 'index public.events_kind'));
	const start = await onCopy();
	await shop.sql(rehearsed);
	const after = await onCopy();
	await shop.sql(undone);
	writeFileSync(file, JSON.stringify({digest: 'd'.repeat(64), before: start, after}));
	const given = await changed(sql)();
	return {...given, state: {artifacts: [...given.state!.artifacts!, {path: file, sha256: 'x', what: rehearsedSchemaAs}]}};
};
cases(postSchema, {
	...before,
	'changed as it should': {given: changed('ALTER TABLE items ADD COLUMN status text'), answers: 'passed', words: /1 object changed: column public\.items\.status is new; no invalid index/},
	'nothing changed, though statements say so': {given: changed(''), answers: 'failed', words: /Nothing in the catalogs changed/},
	'a constraint that is not validated': {given: changed('ALTER TABLE events ADD CONSTRAINT kind_set CHECK (kind IS NOT NULL) NOT VALID'), answers: 'warned', words: /kind_set is not validated yet/},
	'something left behind': {given: changed('ALTER TABLE items ADD COLUMN more text', {database: {version: ['b2'], verified: true, invalidIndexes: [], left: ['table public.half is new']}}), answers: 'failed', words: /left something that should not be there: table public\.half/},
	'as rehearsed, on a copy that lacked an index before too': {
		given: rehearsedAs('ALTER TABLE items ADD COLUMN r1 text', 'ALTER TABLE items DROP COLUMN r1', 'ALTER TABLE items ADD COLUMN r1 text'),
		answers: 'passed', words: /The schema is as rehearsed; 1 object changed: column public\.items\.r1 is new; no invalid index\. Otherwise on the copy, and so before the upgrade already: index public\.events_kind/,
	},
	'not as rehearsed': {
		given: rehearsedAs('ALTER TABLE items ADD COLUMN r2 text; ALTER TABLE items ADD COLUMN r3 int', 'ALTER TABLE items DROP COLUMN r2, DROP COLUMN r3', 'ALTER TABLE items ADD COLUMN r2 text DEFAULT \'x\'; CREATE INDEX items_r2 ON items (r2)'),
		answers: 'failed', words: /3 objects are not as rehearsed: column public\.items\.r2 differs, column public\.items\.r3 is missing and index public\.items_r2 was not rehearsed/,
	},
	'not validated, though it was on the copy': {
		given: rehearsedAs('ALTER TABLE items ADD CONSTRAINT named CHECK (name <> \'\')', 'ALTER TABLE items DROP CONSTRAINT named', 'ALTER TABLE items ADD CONSTRAINT named CHECK (name <> \'\') NOT VALID'),
		answers: 'failed', words: /1 object is not as rehearsed: constraint named on public\.items differs/,
	},
	'no record of before': {given: live(), answers: 'open', words: /For a person: how the schema was before the upgrade was not kept/},
	'an invalid index': {given: async () => {
		await shop.sql('CREATE TABLE doubles AS SELECT 1 AS n FROM generate_series(1, 2)');
		// The way to an invalid index: a unique one built CONCURRENTLY over doubles fails and stays.
		await shop.sql('CREATE UNIQUE INDEX CONCURRENTLY doubles_n ON doubles (n)').catch(() => undefined);
		return changed('ALTER TABLE items ADD COLUMN last text')();
	}, answers: 'failed', words: /doubles_n is an invalid index/},
});

test('the evidence shows each touched table before and after', async () => {
	const {evidence} = await postSchema.run(await look(await changed('ALTER TABLE nothing ALTER COLUMN word SET DEFAULT \'x\'; CREATE INDEX nothing_word ON nothing (word)')()));
	const table = evidence.find(each => each.title === '\\d public.nothing')!.body!.split('\n');
	expect(table).toContain('  table public.nothing table');
	expect(table).toContainEqual(expect.stringMatching(/^~ column public\.nothing\.word text → text default 'x'::text/));
	expect(table).toContainEqual(expect.stringMatching(/^\+ index public\.nothing_word \(not there\) → CREATE INDEX/));
});

cases(postSmoke, {
	...before,
	'all pass': {given: () => live({settings: {smoke: [{name: 'health', command: null, url: `${url}/health`, expect: 'fine'}, {name: 'program', command: [process.execPath, '-e', ''], url: null, expect: null}]}})(), answers: 'passed', words: /^All 2 smoke tests passed/},
	'one does not': {given: () => live({settings: {smoke: [{name: 'health', command: null, url: `${url}/health`, expect: null}, {name: 'shop', command: null, url: `${url}/shop`, expect: null}]}})(), answers: 'failed', words: /1 of 2 smoke tests failed: shop \(status 500/},
	'nobody answers': {given: () => live({settings: {smoke: [{name: 'gone', command: null, url: 'http://127.0.0.1:9/', expect: null}]}})(), answers: 'failed', words: /gone \(/},
	'none configured': {given: live(), answers: 'open', words: /For a person: no smoke test is configured/},
});

const printing = (text: string, exit = 0) => ({name: 'web', command: [process.execPath, '-e', `console.log(${JSON.stringify(text)}); process.exit(${exit})`], errors: null});
cases(postLogs, {
	...before,
	'clean': {given: live({settings: {logs: [printing('GET / 200')]}}), answers: 'passed', words: /No database error that was not there before: web has no error line in 1 line of 10\.0 min/},
	'a missing column': {given: live({settings: {logs: [printing('psycopg.errors.UndefinedColumn: column "x" does not exist')]}}), answers: 'failed', words: /web has 1 error line .*new is UndefinedColumn; the newest: psycopg\.errors\.UndefinedColumn/},
	'not readable': {given: live({settings: {logs: [printing('', 3)]}}), answers: 'failed', words: /web could not be read: it ended with exit code 3/},
	'none configured': {given: live(), answers: 'warned', words: /For a person: no log is configured.*since 2026-03-01T11:49:58/},
});

const metrics = (queries: Record<string, string>, values: typeof measured) => (): Given => {
	measured = values;
	return live({settings: {metrics: {prometheus: url, queries}}})();
};
cases(postMetrics, {
	...before,
	'as before': {given: metrics({p99: 'latency'}, {latency: [0.21, 0.2]}), answers: 'passed', words: /connections; p99 0\.2 → 0\.21/},
	'slower': {given: metrics({p99: 'latency'}, {latency: [0.9, 0.2]}), answers: 'failed', words: /rose: p99 0\.2 → 0\.9/},
	'nothing to compare with': {given: metrics({p99: 'latency'}, {latency: [0.2, null]}), answers: 'warned', words: /For a person: .*p99 no data → 0\.2/},
	'without Prometheus': {given: live(), answers: 'warned', words: /For a person: \d+ of \d+ connections.*latency is not measured here/},
	'Prometheus is down': {given: live({settings: {metrics: {prometheus: 'http://127.0.0.1:9', queries: {p99: 'latency'}}}}), answers: 'errored', words: /Prometheus did not answer/},
});

cases(postErrors, {
	...before,
	'no more than before': {given: metrics({'http 5xx': 'rate', p99: 'latency'}, {rate: [0.5, 0.5], latency: [9, 1]}), answers: 'passed', words: /No more errors than before the upgrade: http 5xx 0\.5 → 0\.5/},
	'from none to some': {given: metrics({errors: 'rate'}, {rate: [2, 0]}), answers: 'failed', words: /More errors than before the upgrade: errors 0 → 2/},
	'no query of errors': {given: metrics({p99: 'latency'}, {latency: [1, 1]}), answers: 'warned', words: /For a person: no query that counts errors.*the run kept no figures of the database/},
});

cases(monitorBloat, {
	...before,
	'nothing rewritten': {given: live(), answers: 'not-applicable', words: /rewrote no table and changed no rows in bulk/},
	'few dead rows': {given: live({sql: 'UPDATE items SET note = \'x\';'}), answers: 'passed', words: /1 touched table, none with more than a fifth/},
	'as many dead as live': {given: async () => {
		await shop.sqlApart('CREATE TABLE swollen WITH (autovacuum_enabled = off) AS SELECT n FROM generate_series(1, 12000) n; UPDATE swollen SET n = n + 1');
		await eventually('the statistics tell of the dead rows', async () => (await shop.session.query<{dead: string}>('SELECT n_dead_tup::text AS dead FROM pg_stat_user_tables WHERE relname = \'swollen\''))[0]?.dead === '12000');
		return live({sql: 'UPDATE swollen SET n = n + 1;'})();
	}, answers: 'warned', words: /Many dead rows: public\.swollen \(12,000 dead, 12,000 live/},
});

const at = (ms: number) => ({state: {log: [{seq: 1, at: new Date(Date.now() + ms).toISOString(), by: 'holdpoint', text: 'upgrade done after 2.0 s: ok', level: 'info' as const}]}});
cases(tasksVacuum, {
	...before,
	'analyzed since': {given: async () => {
		await shop.sql('VACUUM (ANALYZE) items');
		await eventually('the statistics tell of the analyze', async () => (await shop.session.query<{fresh: boolean}>('SELECT last_analyze > now() - interval \'1 minute\' AS fresh FROM pg_stat_user_tables WHERE relname = \'items\''))[0]?.fresh);
		return live({sql: 'ALTER TABLE items ALTER COLUMN id TYPE bigint;', ...at(-60_000)})();
	}, answers: 'passed', words: /1 changed table analyzed since the upgrade: public\.items at/},
	'not since': {given: live({sql: 'ALTER TABLE items ALTER COLUMN id TYPE bigint;', ...at(3600_000)}), answers: 'failed', words: /public\.items \(the statistics of id went with its old type; analyzed last .*`holdpoint maintain` does it/},
	'an index on an expression needs it too': {given: live({sql: 'CREATE INDEX items_lower ON items (lower(name));', ...at(3600_000)}), answers: 'failed', words: /public\.items \(an index on an expression has no statistics yet; analyzed last/},
	'nothing changed in bulk': {given: live(), answers: 'not-applicable', words: /rewrote no table/},
	'it is not known when': {given: live({sql: 'DELETE FROM items WHERE id > 5;', state: {log: []}}), answers: 'warned', words: /When the upgrade .* began is not known/},
});

const kept = (change: (file: string) => void, more: Partial<Given['state']> = {}) => (): Given => {
	const script = upgradeSql('ALTER TABLE items ADD COLUMN status text;');
	const file = path.join(folder(), 'kept.sql');
	writeFileSync(file, script);
	change(file);
	return {script, upgrade: {}, state: {artifacts: [{path: file, sha256: createHash('sha256').update(script).digest('hex'), what: 'the SQL of the upgrade'}], ...more}};
};
cases(tasksArchive, {
	...before,
	'all there': {given: kept(() => {}), answers: 'passed', words: /1 artifact \(\d+ B\) read again, each with the hash of the journal/},
	'written anew under the same name': {given: () => {
		const given = kept(() => {})();
		const [artifact] = given.state!.artifacts!;
		return {...given, state: {artifacts: [{...artifact!, sha256: 'f'.repeat(64)}, artifact!]}};
	}, answers: 'passed', words: /1 artifact/},
	'one was edited': {given: kept(file => writeFileSync(file, 'SELECT 1;')), answers: 'failed', words: /kept\.sql is not what was kept/},
	'the SQL is not among them': {given: kept(() => {}, {artifacts: []}), answers: 'failed', words: /not among the kept artifacts/},
});

const firing = (...list: object[]) => (): Given => {
	alerts = list;
	return {upgrade: {}, settings: {alerts: {alertmanager: url}}};
};
const alert = {labels: {alertname: 'HighLatency', severity: 'page'}, annotations: {summary: 'slow'}, startsAt: '2026-03-01T11:55:00Z', status: {state: 'active', silencedBy: []}};
cases(tasksAlerts, {
	...before,
	'quiet': {given: firing(), answers: 'passed', words: /No alert fires/},
	'since the upgrade': {given: firing(alert), answers: 'failed', words: /1 alert fires since the upgrade: HighLatency \(page\) since 2026-03-01T11:55:00Z/},
	'before it already': {given: firing({...alert, startsAt: '2026-02-28T00:00:00Z'}), answers: 'warned', words: /1 alert fired before the upgrade already/},
	'under a silence': {given: firing({...alert, status: {state: 'suppressed', silencedBy: ['x']}}), answers: 'warned', words: /under a silence: HighLatency/},
	'none configured': {given: {upgrade: {}}, answers: 'open', words: /For a person: no Alertmanager is configured/},
});

const saying = (exit: number) => [process.execPath, '-e', `console.log('3 pages'); process.exit(${exit})`];
cases(tasksDocumentation, {
	'the command says so': {given: {settings: {documents: saying(0)}}, answers: 'passed', words: /up to date: 3 pages/},
	'it is told what changed': {given: {sql: 'CREATE TABLE points (id int); ALTER TABLE points ADD COLUMN n int; ALTER TABLE items ADD COLUMN status text; ALTER TABLE items DROP COLUMN note;', settings: {documents: [process.execPath, '-e', 'process.exit(process.argv.slice(1).join() === "points,items.status,items.note" ? 0 : 9)']}}, answers: 'passed', words: /up to date/},
	'the command says no': {given: {upgrade: {}, settings: {documents: saying(1)}}, answers: 'failed', words: /ended with 1.*; the documentation is not up to date/},
	'before the upgrade there is time': {given: {settings: {documents: saying(1)}}, answers: 'open', words: /there is time for that until the upgrade is done/},
	'for a person': {given: {}, answers: 'warned', words: /For a person: 1 change to document: new column items\.status/},
	'only an index': {given: {sql: 'CREATE INDEX ix ON items (name);'}, answers: 'not-applicable', words: /No table, column or view changed \(1 index made\)/},
});

const facts = (name: string, more: Given = {}) => (): Given => ({facts: [migrations.facts(name)], ...more});
cases(tasksTickets, {
	'closed, says the command, which is told which': {given: facts('named', {settings: {tickets: [process.execPath, '-e', 'process.exit(process.argv.slice(1).join() === "SHOP-123,77" ? 0 : 9)']}}), answers: 'passed', words: /finds SHOP-123 and 77 closed/},
	'open': {given: facts('named', {upgrade: {}, settings: {tickets: saying(1)}}), answers: 'failed', words: /ended with 1: SHOP-123 and 77 may be open/},
	'open before the upgrade': {given: facts('named', {settings: {tickets: saying(1)}}), answers: 'open', words: /may be open, which they may be until the upgrade is done/},
	'named, for a person': {given: facts('named'), answers: 'warned', words: /For a person: 2 tickets named: SHOP-123 and 77/},
	'none named': {given: facts('nameless'), answers: 'open', words: /For a person: no ticket is named/},
});
