/** Figures of before and after an upgrade, on a server of its own with pg_stat_statements and a log that it can show. */
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {keptAs, readFigures, type KeptFigures, type Moment} from '../../source/checks/baseline.ts';
import {monitorBloat} from '../../source/checks/monitor-bloat.ts';
import {postErrors} from '../../source/checks/post-errors.ts';
import {postLogs} from '../../source/checks/post-logs.ts';
import {postMetrics} from '../../source/checks/post-metrics.ts';
import {postSmoke} from '../../source/checks/post-smoke.ts';
import {tasksAlerts} from '../../source/checks/tasks-alerts.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {queryFigures} from '../../source/postgres/figures.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {queryVacuumProgress} from '../../source/postgres/vacuum-progress.ts';
import {eventually, primaryServer} from '../servers.ts';
import {defaultSettings, folder, look, type Given} from './look.ts';

let cluster: Cluster;
let session: Session;
let server: Server;
let url: string;
let alerts: object[] = [];
/** The answer of /slow takes so long. */
let slowMs = 0;

beforeAll(async () => {
	const {programs} = await primaryServer();
	cluster = await startCluster({directory: path.join(inject('testRun').folder, `figures-${process.pid}`), purpose: 'figures', durable: false, programs, settings: {shared_preload_libraries: 'pg_stat_statements', logging_collector: 'on', autovacuum: 'off'}});
	await sql(`CREATE EXTENSION pg_stat_statements; CREATE EXTENSION pgstattuple; CREATE TABLE people (id int PRIMARY KEY, name text, n int);
		INSERT INTO people SELECT n, 'name ' || n, n FROM generate_series(1, 300000) n; CREATE INDEX people_name ON people (name); CREATE TABLE swollen AS SELECT n FROM generate_series(1, 12000) n`, 'VACUUM ANALYZE');
	session = await connect(parseConninfo(cluster.url('postgres'), process.env, '/'), {application: 'holdpoint-test', statementTimeoutMs: 10_000});
	server = createServer((request, response) => {
		if (request.url?.startsWith('/api/v2/')) return void response.setHeader('content-type', 'application/json').end(JSON.stringify(request.url.includes('alerts') ? alerts : []));
		setTimeout(() => response.writeHead(request.url === '/broken' ? 500 : 200).end('fine'), request.url === '/slow' ? slowMs : 0);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
	server?.close();
	await session?.close();
	await cluster?.remove();
});

/** In a session that ends, so that its counters are told at once; what fails is meant to. */
async function sql(...texts: string[]): Promise<void> {
	const client = await cluster.connect('postgres');
	for (const text of texts) await client.query(text).catch(() => undefined);
	await client.end();
}
const work = () => sql(...Array.from({length: 40}, (_, n) => `SELECT n FROM people WHERE name = 'name ${n}'`));

/** Figures as they are now, as if they had been taken so many minutes ago. */
async function keep(moment: Moment, minutesAgo: number, settings: Given['settings'] = {}): Promise<[string, KeptFigures]> {
	const kept = await readFigures({moment, settings: {...await defaultSettings(), ...settings}, session: async () => session, environment: {}, now: new Date()});
	const at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
	// On a busy machine a first answer takes its time.
	const outside = kept.outside && {...kept.outside, smoke: kept.outside.smoke.map(test => ({...test, seconds: 0.01}))};
	return [keptAs[moment], {...kept, at, outside, figures: kept.figures && {...kept.figures, at}}];
}

/** What a run knows after an upgrade five minutes ago: work before it and between its figures, then what `after` does. */
async function upgraded({before = async () => {}, after = work, settings = {}}: {before?: () => Promise<void>; after?: () => Promise<void>; settings?: Given['settings']} = {}): Promise<Given> {
	const planned = await keep('planned', 15);
	await work();
	await before();
	const kept = [planned, await keep('before', 5, settings), await keep('after', 5)];
	await after();
	const ended = new Date(Date.now() - 5 * 60_000).toISOString();
	return {
		session, upgrade: {}, settings, now: new Date().toISOString(),
		state: {
			log: [{seq: 1, at: ended, by: 'holdpoint', text: 'upgrade done after 2.0 s: ok', level: 'info'}],
			artifacts: kept.map(([what, figures]) => {
				const file = path.join(folder(), 'kept.json');
				writeFileSync(file, JSON.stringify(figures));
				return {path: file, sha256: 'x', what};
			}),
		},
	};
}

test('latency as before is proven by the statements of before; a dropped index is found by the statement that suffers', async () => {
	expect(await postMetrics.run(await look(await upgraded()))).toMatchObject({status: 'passed', summary: expect.stringMatching(/^\d+ of \d+ connections \(\d+ before\); no slower: \d+ statements? over \d\.\d min, 0\.\d\d → 0\.\d\d ms a call\.$/)});
	const given = await upgraded({after: async () => sql('DROP INDEX people_name; SET max_parallel_workers_per_gather = 0', ...Array.from({length: 40}, (_, n) => `SELECT n FROM people WHERE name = 'name ${n}'`))});
	const {status, summary, evidence} = await postMetrics.run(await look(given));
	await sql('CREATE INDEX people_name ON people (name)');
	expect({status, summary}).toEqual({status: 'failed', summary: expect.stringMatching(/slower than before the upgrade: .* ms: SELECT n FROM people WHERE name = \$1/)});
	expect(evidence.find(({title}) => title.includes('pg_stat_statements'))?.body).toMatch(/^40 calls, 0\.\d\d → \d+\.\d\d ms: SELECT n FROM people/m);
});

test('statements that were reset, or too few, are for a person', async () => {
	const reset = await upgraded({after: async () => sql('SELECT pg_stat_statements_reset()').then(work)});
	expect(await postMetrics.run(await look(reset))).toMatchObject({status: 'warned', summary: expect.stringMatching(/^For a person: .*pg_stat_statements was reset at/)});
	const quiet = await upgraded({after: async () => sql('SELECT n FROM people WHERE name = \'name 1\'')});
	expect(await postMetrics.run(await look(quiet))).toMatchObject({status: 'warned', summary: expect.stringContaining('no statement known from before was called 30 times since the upgrade')});
});

const ownLog = (...lines: string[]): Given['settings'] => ({logs: [{name: 'web', command: [process.execPath, '-e', `console.log(${JSON.stringify(lines.join('\n'))})`], errors: ' 5\\d\\d$'}]});
test('errors: more rollbacks than before fail, as many are proven where a log says what an error is', async () => {
	const rollbacks = (times: number) => async () => sql(...Array.from({length: times}, () => 'SELECT 1/0'));
	const same = await upgraded({before: rollbacks(60), after: rollbacks(30), settings: ownLog('GET / 200')});
	expect(await postErrors.run(await look(same))).toMatchObject({status: 'passed', summary: expect.stringMatching(/web no error line in 1 line of \d\.\d min; rollbacks [567]\.\d+\/min → [56]\.\d+\/min and deadlocks 0\.00\/min → 0\.00\/min in the \d\.\d min since the upgrade/)});
	expect(await postErrors.run(await look({...same, settings: {}}))).toMatchObject({status: 'warned', summary: expect.stringMatching(/^For a person: no query that counts errors.*rollbacks [567]/)});
	const more = await upgraded({after: rollbacks(40), settings: ownLog('GET / 200')});
	expect(await postErrors.run(await look(more))).toMatchObject({status: 'failed', summary: expect.stringMatching(/More errors than before the upgrade: rollbacks 0\.\d+\/min → [78]\.\d+\/min/)});
	await sql('SELECT pg_stat_reset()');
	expect(await postErrors.run(await look({...more, settings: {}}))).toMatchObject({status: 'warned', summary: expect.stringMatching(/the database's statistics were reset at/)});
});

test('logs: an error line of before is no news, another one is; the server\'s own log is read too', async () => {
	const known = await upgraded({settings: ownLog('POST /pay 500')});
	expect(await postLogs.run(await look(known))).toMatchObject({status: 'passed', summary: expect.stringMatching(/web has no error line in 1 line of \d\.\d min; 1 older one not counted and the server's log has no error line/)});
	const fresh = {...known, settings: ownLog('POST /pay 500', 'POST /login 502', 'POST /login 503')};
	expect(await postLogs.run(await look(fresh))).toMatchObject({status: 'failed', summary: expect.stringMatching(/web has 2 error lines .*POST \/login 503/)});
	const server = await upgraded({after: async () => sql('SELECT nothing FROM people')});
	// The server's collector writes it when it comes to it.
	await eventually('the server has logged it', async () => (await postLogs.run(await look(server))).status === 'failed');
	expect(await postLogs.run(await look(server))).toMatchObject({status: 'failed', summary: expect.stringMatching(/the server's log has 1 error line .*new is UndefinedColumn; the newest: .*column "nothing" does not exist/)});
});

test('a role without rights is told what it lacks, and leaves no error in the log for having asked', async () => {
	await sql('CREATE ROLE plain LOGIN');
	const own = await connect(parseConninfo(cluster.url('postgres'), process.env, '/'), {application: 'holdpoint-test'});
	await own.query('SET ROLE plain');
	const [{rollbacks} = {rollbacks: -1}] = await session.query<{rollbacks: number}>('SELECT xact_rollback::int AS rollbacks FROM pg_stat_database WHERE datname = current_database()');
	const {serverLog, statements} = await queryFigures(own);
	await own.close();
	expect(serverLog).toEqual({unread: expect.stringMatching(/^this role may not read the server's log: GRANT EXECUTE on pg_current_logfile\(\)/)});
	expect(statements).toMatchObject({rows: null, missing: expect.stringContaining('GRANT pg_monitor')});
	expect(await session.query('SELECT xact_rollback::int AS rollbacks FROM pg_stat_database WHERE datname = current_database()')).toEqual([{rollbacks}]);
});

test('smoke tests: slower only warns, and what failed before is said to have', async () => {
	const smoke = (...names: string[]): Given['settings'] => ({smoke: names.map(name => ({name, command: null, url: `${url}/${name}`, expect: null}))});
	slowMs = 0;
	const given = await upgraded({settings: smoke('slow', 'broken')});
	expect(await postSmoke.run(await look(given))).toMatchObject({status: 'failed', summary: expect.stringMatching(/1 of 2 smoke tests failed: broken .*; broken failed before the upgrade already\./)});
	slowMs = 700;
	expect(await postSmoke.run(await look({...given, settings: smoke('slow')}))).toMatchObject({status: 'warned', summary: expect.stringMatching(/slower than before the upgrade: slow 0\.01 → \d\.\d\d s/)});
});

test('an alert that fired right before the upgrade is told apart, though Alertmanager gives it a new start', async () => {
	const alert = {labels: {alertname: 'Disk'}, annotations: {}, startsAt: new Date().toISOString(), status: {state: 'active', silencedBy: []}};
	alerts = [alert];
	const given = await upgraded({settings: {alerts: {alertmanager: url}}});
	expect(await tasksAlerts.run(await look(given))).toMatchObject({status: 'warned', summary: expect.stringMatching(/^No alert is new; 1 alert fired before the upgrade already: Disk/)});
	alerts = [alert, {...alert, labels: {alertname: 'Latency'}}];
	expect(await tasksAlerts.run(await look(given))).toMatchObject({status: 'failed', summary: expect.stringMatching(/^1 alert fires since the upgrade: Latency/)});
});

test('bloat is measured before it is estimated, and shown with the size of before', async () => {
	const given = await upgraded({after: async () => sql('UPDATE swollen SET n = n + 1')});
	const {status, summary, evidence} = await monitorBloat.run(await look({...given, sql: 'UPDATE swollen SET n = n + 1;'}));
	expect({status, summary}).toEqual({status: 'warned', summary: expect.stringMatching(/public\.swollen \(12,000 dead, .* live, \d+ kB → \d+ kB\)/)});
	expect(evidence.find(({title}) => title.includes('pgstattuple'))?.body).toMatch(/public\.swollen: 12,000 dead rows \(\d+\.\d %\)/);
});

test('a VACUUM tells how far it is', async () => {
	const client = await cluster.connect('postgres');
	const pid = (await client.query<{pid: number}>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;
	await client.query('UPDATE people SET n = 1; SET vacuum_cost_delay = 100; SET vacuum_cost_limit = 1');
	const vacuum = client.query('VACUUM (ANALYZE) people').catch(() => undefined);
	const progress = await eventually('it scans', async () => queryVacuumProgress(session, pid));
	expect(progress).toMatchObject({text: expect.stringMatching(/^(initializing|scanning heap)(, [\d,]+ of [\d,]+ blocks)?$/), share: expect.any(Number)});
	await session.query('SELECT pg_cancel_backend($1)', [pid]);
	await vacuum;
	await client.end();
});
