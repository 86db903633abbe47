/** The sandbox's own copy of the sample project: a git repository, with the database's URL in alembic.ini and a holdpoint.yaml. */
import {chmod, cp, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {stringify} from 'yaml';
import {writeHistory} from './history.ts';

export interface Placement {
	/** Where the copy goes. */
	project: string;
	/** `postgresql://…`. */
	url: string;
	python: string;
	/** Base URLs. */
	shop: string;
	office: string;
	/** Null where the machine does not have it. */
	prometheus: string | null;
	alertmanager: string | null;
	/** The application's log. */
	log: string;
	/** Orders in the large table. */
	rows: number;
	backups: string;
}

/** `history`: whether git was there to write one. */
export async function writeProject(placement: Placement): Promise<{history: boolean}> {
	const {project, url} = placement;
	await cp(path.join(import.meta.dirname, 'shop'), project, {recursive: true, filter: source => !source.includes('__pycache__')});
	const ini = path.join(project, 'alembic.ini');
	const driverUrl = url.replace('postgresql://', 'postgresql+psycopg://').replaceAll('%', '%%');
	await writeFile(ini, (await readFile(ini, 'utf8')).replace(/^sqlalchemy\.url =$/m, `sqlalchemy.url = ${driverUrl}`));
	await chmod(ini, 0o600);
	await writeFile(path.join(project, 'holdpoint.yaml'), configuration(placement), {mode: 0o600});
	return {history: await writeHistory(project)};
}

/** Every key is one of CONTRACT.md's; the lock settings let the guard, and not a retry, be what ends a blocked migration. */
function configuration({python, shop, office, prometheus, alertmanager, log, rows, backups}: Placement): string {
	const start = new Date();
	const end = new Date(start.getTime() + 4 * 3_600_000);
	const tests = (what: string) => [process.execPath, '--import', import.meta.resolve('tsx'), path.join(import.meta.dirname, 'application-tests.ts'), what];
	const ops = (script: string, ...words: string[]) => [python, `ops/${script}.py`, ...words];
	return `# The sandbox: a shop that pretends to be in production.\n${stringify({
		environment: 'production',
		alembic: {python},
		standbys: ['replica1'],
		backup: {directory: backups},
		migration: {lock_timeout: '10s', lock_ladder: ['10s'], lock_retries: 0},
		window: {start: minuteOf(start), end: minuteOf(end), timezone: 'UTC'},
		rollback_plan: 'docs/rollback.md',
		// A room that a killed demo left ends soon.
		room: {idle_minutes: 2},
		// A little below what is loaded, so that the table counts as large.
		large_table_rows: Math.floor(rows * 0.8),
		smoke: [
			{name: 'front page', url: `${shop}/health`, expect: '"status":"ok"'},
			{name: 'an order', url: `${shop}/orders/1`, expect: '/"customer":"Customer \\d+"/'},
		],
		compatibility: {old: tests('released'), new: tests('next'), api: tests('api')},
		// ISO times compare as text.
		logs: [{name: 'shop-api', command: ['awk', '$1 >= ENVIRON["HOLDPOINT_SINCE"]', log], errors: ' ERROR '}],
		...(prometheus === null ? {} : {metrics: {prometheus, queries: {
			'failed requests a second': 'sum(rate(shop_requests_total{class="5xx"}[15s]))',
			'slow requests a second': 'sum(rate(shop_slow_requests_total[15s]))',
		}}}),
		...(alertmanager === null ? {checks: [{name: 'shop.alerts', command: ops('alerts', shop), item: 'tasks.alerts'}]} : {alerts: {alertmanager}}),
		tickets: ops('tickets', office),
		documents: ops('documents'),
		notify: [{name: 'team channel', webhook: `${office}/channel`, on: ['run-opened', 'plan-approved', 'action-started', 'action-finished', 'guard-acted']}],
		contacts: [
			{role: 'DBA On-Call', contact: '#dba-oncall, +49 30 5550 101', escalation: 'Database issues'},
			{role: 'Backend Lead', contact: '#shop-backend, +49 30 5550 102', escalation: 'Application issues'},
			{role: 'Infrastructure', contact: '#infrastructure, +49 30 5550 103', escalation: 'Connection/network'},
		],
	})}`;
}

/** `2026-05-01 22:00`, in UTC. */
function minuteOf(moment: Date): string {
	return moment.toISOString().slice(0, 16).replace('T', ' ');
}
