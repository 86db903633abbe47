/** Flags, environment and file become one frozen object; real folders, no mocks. */
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {environmentOf} from '../../source/config/environment.ts';
import {loadSettings, type Flags} from '../../source/config/load.ts';

let root: string;
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'holdpoint-config-'));
});
afterEach(() => rm(root, {recursive: true, force: true}));

/** Writes files given by path → text under the scratch folder. */
async function files(tree: Record<string, string>): Promise<void> {
	for (const [path, text] of Object.entries(tree)) {
		await mkdir(join(root, path, '..'), {recursive: true});
		await writeFile(join(root, path), text);
	}
}

const load = (flags: Flags = {}, {environment = {}, directory = root, needsProject = true}: {environment?: Record<string, string>; directory?: string; needsProject?: boolean} = {}) =>
	loadSettings({flags, environment: {HOME: '/home/ann', ...environment}, directory, interactive: false, needsProject});

describe('the project', () => {
	test.each([
		['alembic.ini', {'app/alembic.ini': '', 'app/src/deep/x': ''}, 'app/src/deep', 'app'],
		['pyproject.toml with [tool.alembic]', {'app/pyproject.toml': '[project]\n[tool.alembic]\n', 'app/src/x': ''}, 'app/src', 'app'],
		['the nearest, past a pyproject.toml of something else', {'alembic.ini': '', 'app/pyproject.toml': '[tool.black]\n', 'app/x': ''}, 'app', ''],
		['holdpoint.yaml that says where alembic.ini is', {'app/holdpoint.yaml': 'alembic: {ini: db/alembic.ini}', 'app/db/alembic.ini': ''}, 'app', 'app'],
	])('is found upwards by %s', async (_, tree, from, expected) => {
		await files(tree as Record<string, string>);
		expect((await load({}, {directory: join(root, from)})).project).toBe(join(root, expected));
	});

	test('is named by its folder or its file', async () => {
		await files({'app/alembic.ini': ''});
		expect((await load({project: 'app'})).project).toBe(join(root, 'app'));
		expect((await load({project: 'app/alembic.ini'})).project).toBe(join(root, 'app'));
	});

	test('is refused when there is none, with what was looked for', async () => {
		await expect(load()).rejects.toMatchObject({exit: 2, message: expect.stringMatching(/no Alembic project in .*looked for alembic\.ini.*--project DIR/)});
		await expect(load({project: 'gone'})).rejects.toMatchObject({exit: 2, message: expect.stringContaining(`there is no folder ${join(root, 'gone')}`)});
		await files({'holdpoint.yaml': ''});
		await expect(load()).rejects.toMatchObject({exit: 2, message: expect.stringContaining('is no Alembic project')});
	});

	test('is not needed by commands that say so', async () => {
		expect(await load({}, {needsProject: false})).toMatchObject({project: root, config: null});
	});
});

describe('defaults', () => {
	test('are those of CONTRACT.md', async () => {
		await files({'alembic.ini': ''});
		expect(await load()).toEqual({
			project: root, config: null, stateDir: '/home/ann/.local/state/holdpoint', run: null, database: null, environment: null, environmentRules: [], checklist: null,
			readOnly: false, json: false, yes: false, color: true, interactive: false, by: userInfo().username,
			alembic: {python: null, ini: null, section: 'alembic', arguments: [], environment: {}},
			roles: {monitor: null, guard: null, backup: null}, standbys: [],
			backup: {directory: null, format: 'directory', jobs: null, compression: 'gzip:3', countRows: 5_000_000, from: null, retentionDays: 7, maxAgeMs: 3_600_000, external: null},
			rehearsal: {url: null, local: true, limitBytes: 50 * 1024 ** 3, tables: []},
			migration: {lockTimeoutMs: 5000, lockLadderMs: null, lockRetries: 30, statementTimeoutMs: 1_800_000, throttle: {lagSeconds: null, lagBytes: null}},
			guard: {maxBlockedSessions: 20, maxBlockedSeconds: 3, maxSessionSeconds: 60, maxLagSeconds: null, maxLagBytes: null, minFreeConnectionsPercent: 10, maxEstimateFactor: null, minFreeDiskBytes: null, maxRetainedWalBytes: null, samples: 2, action: 'cancel'},
			freeDisk: null, window: null, rollbackPlan: null, largeTableRows: 1_000_000, naming: null, review: {pgVersion: null, rules: {}},
			checks: [], smoke: [], compatibility: {old: null, new: null, api: null}, logs: [], metrics: {prometheus: null, queries: {}}, alerts: {alertmanager: null},
			tickets: null, documents: null, notify: [], approvals: {required: 0, allowedSigners: null, expireMs: 86_400_000}, contacts: [], room: {idleMs: 600_000},
		});
	});

	test('can\'t be changed by whoever holds them', async () => {
		await files({'alembic.ini': ''});
		const settings = await load();
		expect(() => { settings.guard.samples = 9; }).toThrow(TypeError);
		expect(() => { settings.standbys.push('x'); }).toThrow(TypeError);
	});
});

test('every key of the file arrives, its paths counted from the file', async () => {
	await files({'alembic.ini': '', 'ops/hp.yaml': [
		'database: {command: [pass, show, db]}', 'environment: [{name: staging, host: "*.stage", database: shop}]', 'checklist: list.md', 'state_dir: ../state',
		'alembic: {python: ../.venv/bin/python, ini: ../x.ini, section: s, arguments: [-x, a=b], environment: {A: "${A}"}}',
		'roles: {guard: "${A}"}', 'backup: {directory: b, jobs: 4, compress: 6, count_rows: all, max_age: 90min, external: [pgbackrest, info]}', 'rehearsal: {url: postgresql://r/x, limit_gb: 1}',
		'migration: {lock_timeout: 2s, lock_ladder: [100ms, 1.5s], lock_retries: 0, throttle: {lag_bytes: 5}}',
		'rollback_plan: plan.md', 'smoke: [{name: a, url: "http://a.test/"}]', 'notify: [{name: n, webhook: "https://w.test", on: [guard-acted]}]', 'room: {idle_minutes: 0.5}',
		'approvals: {required: 2, allowed_signers: signers}', 'contacts: [{role: DBA, contact: "#dba"}]',
	].join('\n')});
	expect(await load({config: 'ops/hp.yaml'}, {environment: {A: 'value'}})).toMatchObject({
		config: join(root, 'ops/hp.yaml'), project: root, stateDir: join(root, 'state'), checklist: join(root, 'ops/list.md'),
		database: {url: {kind: 'command', command: ['pass', 'show', 'db']}, source: 'holdpoint.yaml'},
		environmentRules: [{name: 'staging', host: '*.stage', database: 'shop'}],
		alembic: {python: [join(root, '.venv/bin/python')], ini: join(root, 'x.ini'), section: 's', arguments: ['-x', 'a=b'], environment: {A: 'value'}},
		roles: {monitor: null, guard: {kind: 'text', text: 'value'}},
		backup: {directory: join(root, 'ops/b'), jobs: 4, compression: '6', countRows: null, maxAgeMs: 5_400_000, external: ['pgbackrest', 'info']},
		rehearsal: {local: false, limitBytes: 1024 ** 3}, migration: {lockTimeoutMs: 2000, lockLadderMs: [100, 1500], lockRetries: 0, throttle: {lagSeconds: null, lagBytes: 5}},
		rollbackPlan: join(root, 'ops/plan.md'), smoke: [{name: 'a', command: null, url: 'http://a.test/', expect: null}],
		notify: [{name: 'n', command: null, webhook: {kind: 'text', text: 'https://w.test'}, on: ['guard-acted']}],
		room: {idleMs: 30_000}, approvals: {required: 2, allowedSigners: join(root, 'ops/signers')}, contacts: [{role: 'DBA', contact: '#dba', escalation: ''}],
	});
});

describe('what comes first', () => {
	test('of databases: flag, variable, file', async () => {
		await files({'alembic.ini': '', 'holdpoint.yaml': 'database: postgresql://file/x'});
		const environment = {HOLDPOINT_DATABASE_URL: 'postgresql://variable/x'};
		expect((await load({database: 'postgresql://flag/x'}, {environment})).database).toEqual({url: {kind: 'text', text: 'postgresql://flag/x'}, source: '--database'});
		expect((await load({}, {environment})).database?.source).toBe('HOLDPOINT_DATABASE_URL');
		expect((await load()).database?.source).toBe('holdpoint.yaml');
	});

	test('of state folders: flag, file, XDG when absolute, home', async () => {
		await files({'alembic.ini': ''});
		expect((await load({}, {environment: {XDG_STATE_HOME: '/xdg'}})).stateDir).toBe('/xdg/holdpoint');
		expect((await load({}, {environment: {XDG_STATE_HOME: 'xdg'}})).stateDir).toBe('/home/ann/.local/state/holdpoint');
		await files({'holdpoint.yaml': 'state_dir: here'});
		expect((await load({}, {environment: {XDG_STATE_HOME: '/xdg'}})).stateDir).toBe(join(root, 'here'));
		expect((await load({stateDir: 'there'})).stateDir).toBe(join(root, 'there'));
	});

	test('of people: HOLDPOINT_BY, SUDO_USER, the login', async () => {
		expect((await load({}, {environment: {SUDO_USER: 'sue'}, needsProject: false})).by).toBe('sue');
		expect((await load({}, {environment: {SUDO_USER: 'sue', HOLDPOINT_BY: 'ann'}, needsProject: false})).by).toBe('ann');
	});

	test('--no-color and NO_COLOR', async () => {
		expect((await load({color: false}, {needsProject: false})).color).toBe(false);
		expect((await load({}, {needsProject: false, environment: {NO_COLOR: '1'}})).color).toBe(false);
	});
});

test.each([
	[{environment: 'prod'}, /--environment prod is unknown; use production, staging, development/],
	[{config: 'gone.yaml'}, /there is no configuration file .*gone\.yaml/],
])('%j is refused', async (flags, sentence) => {
	await files({'alembic.ini': ''});
	await expect(load(flags)).rejects.toMatchObject({exit: 2, message: expect.stringMatching(sentence)});
});

test('a mistake in the file is refused with its place', async () => {
	await files({'alembic.ini': '', 'holdpoint.yaml': 'guard:\n  sample: 1\n'});
	await expect(load()).rejects.toMatchObject({exit: 2, message: 'holdpoint.yaml:2:3: unknown key `guard.sample`; did you mean `samples`?'});
});

describe('the environment of a database', () => {
	const environmentRules = [{name: 'production' as const, host: '*.prod.test'}, {name: 'staging' as const, host: '10.0.*', database: 'shop_*'}, {name: 'development' as const, host: 'localhost'}];
	test.each([
		['db1.prod.test', 'shop', 'production'],
		['DB1.PROD.TEST', 'shop', 'production'],
		['prod.test', 'shop', 'unknown'],
		['10.0.3.4', 'shop_eu', 'staging'],
		['10.0.3.4', 'shop', 'unknown'],
		['localhost', 'anything', 'development'],
		['localhostile', 'anything', 'unknown'],
	])('%s/%s is %s', (host, database, expected) => {
		expect(environmentOf({settings: {environment: null, environmentRules}, host, database})).toBe(expected);
	});

	test('is the one named, whatever the rules say', () => {
		expect(environmentOf({settings: {environment: 'staging', environmentRules}, host: 'localhost', database: 'x'})).toBe('staging');
	});
});
