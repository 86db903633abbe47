/** The sandbox: a real shop that migrates up and down under traffic, and is gone afterwards, however its starter ended. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync} from 'node:fs';
import {appendFile, readFile} from 'node:fs/promises';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {execa} from 'execa';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {parse} from 'yaml';
import {commitFile} from '../../demo/history.ts';
import {appliedRevision} from '../../demo/prepare.ts';
import {cleanSandboxes, openSandbox} from '../../demo/sandbox.ts';
import type {Sandbox} from '../../demo/sandbox.ts';
import {readProcessIdentity, removeOwnedFolder} from '../../source/postgres/cluster-owner.ts';
import {makeClusterParent} from '../../source/postgres/cluster-place.ts';
import {eventually, runAlembic} from '../servers.ts';

const pending = ['f13b8e60a2d4', '6c0d52b7e9f1', '0ae4917cd3b6', '5e7f20d1b48c'];
const beforeTheDangerousOne = '0ae4917cd3b6';

let parent: string;
let sandbox: Sandbox | undefined;

beforeEach(async () => {
	parent = await makeClusterParent('holdpoint-sandboxes-');
});

afterEach(async () => {
	await sandbox?.close();
	sandbox = undefined;
	await removeOwnedFolder(parent);
});

test('four migrations are pending; they go up and down under traffic, and the models fit at the top', {timeout: 120_000}, async () => {
	const said: string[] = [];
	sandbox = await openSandbox({directory: parent, rows: 20_000, onProgress: line => said.push(line)});
	const project = {directory: sandbox.project};
	expect(said.at(-1)).toBe(`the sandbox is open in ${sandbox.directory}`);
	expect(revisionsIn((await runAlembic(project, 'history', '-r', `${appliedRevision}:`)).stdout)).toEqual([...pending].reverse().concat(appliedRevision));
	expect((await runAlembic(project, 'current')).stdout).toBe(appliedRevision);

	await expectDone(project, 'upgrade', beforeTheDangerousOne);
	expect(await query("SELECT count(*)::int AS n FROM orders WHERE status = 'cancelled' AND cancelled_reason IS NULL AND id <= 20000")).toEqual([{n: 0}]);
	expect(await query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_orders_customer_id_placed_at'::regclass")).toEqual([{indisvalid: true}]);
	expect(await differences(), 'the models fit before the dangerous migration').toBe('[]');

	await expectDone(project, 'upgrade', 'head');
	expect((await runAlembic(project, 'check')).stdout).toContain('No new upgrade operations detected.');
	await expectDone(project, 'downgrade', appliedRevision);
	await expectDone(project, 'upgrade', beforeTheDangerousOne);

	const traffic = await eventually('traffic without a failure', () => {
		const last = sandbox!.traffic.last();
		return last !== null && last.done > 0 && last.failed === 0 ? last : null;
	});
	expect(traffic.reason).toBeNull();
	const health = await fetch(sandbox.application.healthUrl);
	expect([health.status, await health.json()]).toEqual([200, expect.objectContaining({status: 'ok'})]);

	const pids = [sandbox.primary.pid!, sandbox.standby.pid!, sandbox.application.pid, sandbox.traffic.pid, sandbox.office.pid, ...(sandbox.monitoring?.pids ?? [])];
	await sandbox.close();
	expect(pids.filter(pid => readProcessIdentity(pid) !== null)).toEqual([]);
	expect(existsSync(sandbox.directory)).toBe(false);
});

test('what its configuration asks answers no when it is broken, and yes when it is whole', {timeout: 120_000}, async () => {
	sandbox = await openSandbox({directory: parent, rows: 20_000});
	const {project, office, application, url} = sandbox;
	const {tickets, documents, compatibility, logs} = parse(await readFile(path.join(project, 'holdpoint.yaml'), 'utf8')) as Record<'tickets' | 'documents', string[]> & {compatibility: Record<'old' | 'new' | 'api', string[]>; logs: {command: string[]}[]};
	const ask = async ([program, ...words]: readonly string[], environment: Record<string, string> = {}) => execa(program!, words, {cwd: project, env: {DATABASE_URL: url, ...environment}, reject: false});
	const close = async (id: string) => fetch(`${office.url}/tickets/${id}`, {method: 'PUT', body: JSON.stringify({state: 'closed'})});

	expect(await ask([...tickets, 'SHOP-311'])).toMatchObject({exitCode: 1, stdout: expect.stringContaining('SHOP-311: open') as string});
	await close('SHOP-311');
	expect(await ask([...tickets, 'SHOP-311'])).toMatchObject({exitCode: 0});
	expect(await ask([...tickets, 'SHOP-999'])).toMatchObject({exitCode: 1, stdout: 'SHOP-999: the tracker answers 404'});

	expect(await ask([...documents, 'orders', 'orders.cancelled_reason'])).toMatchObject({exitCode: 1, stdout: 'orders.cancelled_reason is not in docs/data-dictionary.md'});
	const dictionary = path.join(project, 'docs/data-dictionary.md');
	await appendFile(dictionary, '| `orders.cancelled_reason` | why |\n');
	expect(await ask([...documents, 'orders.cancelled_reason'])).toMatchObject({exitCode: 1, stdout: expect.stringContaining('not committed') as string});
	await commitFile(project, {file: 'docs/data-dictionary.md', message: 'Reasons'});
	expect(await ask([...documents, 'orders.cancelled_reason'])).toMatchObject({exitCode: 0});

	for (const which of ['old', 'new'] as const) expect(await ask(compatibility[which])).toMatchObject({exitCode: 0});
	expect((await ask(compatibility.api)).stdout).toMatch(/^GET \/orders\/1 \{"id":"1",/);
	await query('ALTER TABLE customers RENAME COLUMN name TO full_name');
	for (const which of ['old', 'new', 'api'] as const) expect((await ask(compatibility[which])).exitCode, which).toBe(1);
	const since = new Date().toISOString();
	expect((await fetch(application.healthUrl)).status).toBe(503);
	expect((await ask(logs[0]!.command, {HOLDPOINT_SINCE: since})).stdout).toMatch(/ ERROR GET \/health 503 .*column c\.name does not exist \(42703\)/);
	expect(await ask([sandbox.python, 'ops/alerts.py', new URL(application.healthUrl).origin])).toMatchObject({exitCode: 1});
	if (sandbox.monitoring?.alertmanager) {
		const {alertmanager} = sandbox.monitoring;
		await eventually('an alert in Alertmanager', async () => ((await (await fetch(`${alertmanager}/api/v2/alerts?active=true`)).json()) as {labels: {alertname: string}}[]).some(each => each.labels.alertname === 'ShopErrors'), 30_000);
	}
	await query('ALTER TABLE customers RENAME COLUMN full_name TO name');
	expect(await ask(compatibility.api)).toMatchObject({exitCode: 0});
});

test('the application says that it fails while the database is away, and recovers; so do its customers', async () => {
	sandbox = await openSandbox({directory: parent, rows: 20_000});
	await sandbox.primary.stop('immediate');
	const failing = await fetch(sandbox.application.healthUrl);
	expect([failing.status, await failing.json()]).toEqual([503, expect.objectContaining({status: 'failing', error: expect.any(String) as string})]);
	await eventually('traffic that fails', () => (sandbox!.traffic.last()?.failed ?? 0) > 0);
	await sandbox.primary.start();
	await eventually('a healthy application', async () => (await fetch(sandbox!.application.healthUrl)).status === 200);
	await eventually('traffic that succeeds', () => (sandbox!.traffic.last()?.done ?? 0) > 0 && sandbox!.traffic.last()?.failed === 0);
});

test.each([
	{signal: 'SIGKILL', sweeps: true},
	{signal: 'SIGINT', sweeps: false},
	{signal: 'SIGHUP', sweeps: false},
] as const)('after $signal nothing is left: swept by the next start $sweeps', async ({signal, sweeps}) => {
	const starter = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), path.join(import.meta.dirname, 'open-sandbox.ts'), parent], {stdio: ['ignore', 'pipe', 'inherit']});
	const [line] = await once(createInterface({input: starter.stdout}), 'line') as [string];
	const {directory, pids} = JSON.parse(line) as {directory: string; pids: [number, number, ...number[]]};
	const [primary, , ...children] = pids;
	starter.kill(signal);
	await once(starter, 'exit');
	await eventually('the children to end by themselves', () => children.every(pid => readProcessIdentity(pid) === null));
	if (sweeps) {
		expect(readProcessIdentity(primary)).not.toBeNull();
		expect(await cleanSandboxes({directory: parent})).toEqual([directory]);
	}
	expect(pids.filter(pid => readProcessIdentity(pid) !== null)).toEqual([]);
	expect(readdirSync(parent)).toEqual(['owner.json']);
});

test('a kept sandbox stays with its servers until it is cleaned up', async () => {
	const kept = await openSandbox({directory: parent, rows: 20_000, keep: true});
	await kept.close();
	expect(await query('SELECT 1 AS one', kept)).toEqual([{one: 1}]);
	expect(await cleanSandboxes({directory: parent})).toEqual([kept.directory]);
	expect(kept.primary.pid).toBeNull();
});

async function expectDone(project: {directory: string}, ...args: string[]): Promise<void> {
	const {exitCode, all} = await runAlembic(project, ...args);
	expect(exitCode, all).toBe(0);
}

async function query(statement: string, from = sandbox!): Promise<unknown[]> {
	const client = await from.primary.connect('shop');
	try {
		return (await client.query(statement)).rows;
	} finally {
		await client.end();
	}
}

/** `alembic check` answers only at head; Alembic's own comparison answers anywhere. */
async function differences(): Promise<string> {
	const {url, python, project} = sandbox!;
	const {stdout} = await execa(python, ['-c', `
import os
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from shop.models import Base, retired_columns
def include(thing, name, type_, reflected, other):
    return type_ != "column" or (thing.table.name, name) not in retired_columns
with create_engine(os.environ["URL"]).connect() as connection:
    print(compare_metadata(MigrationContext.configure(connection, opts={"include_object": include}), Base.metadata))
`], {cwd: project, env: {URL: url.replace('postgresql://', 'postgresql+psycopg://')}});
	return stdout;
}

function revisionsIn(history: string): string[] {
	return [...history.matchAll(/-> ([0-9a-f]{12})/g)].map(([, revision]) => revision!);
}
