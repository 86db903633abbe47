/** The sandbox's own copy of the sample project, with the database's URL in alembic.ini and a holdpoint.yaml. */
import {chmod, cp, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {stringify} from 'yaml';

interface Placement {
	/** Where the copy goes. */
	project: string;
	/** `postgresql://…`. */
	url: string;
	python: string;
	healthUrl: string;
	/** Orders in the large table. */
	rows: number;
	backups: string;
	/** The file that what is told to the team goes to, a JSON line each. */
	channel: string;
}

export async function writeProject({project, url, python, healthUrl, rows, backups, channel}: Placement): Promise<void> {
	await cp(path.join(import.meta.dirname, 'shop'), project, {recursive: true, filter: source => !source.includes('__pycache__')});
	const ini = path.join(project, 'alembic.ini');
	const driverUrl = url.replace('postgresql://', 'postgresql+psycopg://').replaceAll('%', '%%');
	await writeFile(ini, (await readFile(ini, 'utf8')).replace(/^sqlalchemy\.url =$/m, `sqlalchemy.url = ${driverUrl}`));
	await chmod(ini, 0o600);
	await writeFile(path.join(project, 'holdpoint.yaml'), configuration({python, healthUrl, rows, backups, channel}));
}

/** Every key is one of CONTRACT.md's; the lock settings let the guard, and not a retry, be what ends a blocked migration. */
function configuration({python, healthUrl, rows, backups, channel}: Pick<Placement, 'python' | 'healthUrl' | 'rows' | 'backups' | 'channel'>): string {
	const start = new Date();
	const end = new Date(start.getTime() + 4 * 3_600_000);
	return `# The sandbox: a shop that pretends to be in production.\n${stringify({
		environment: 'production',
		alembic: {python},
		standbys: ['replica1'],
		backup: {directory: backups},
		migration: {lock_timeout: '10s', lock_ladder: ['10s'], lock_retries: 0},
		window: {start: minuteOf(start), end: minuteOf(end), timezone: 'UTC'},
		rollback_plan: 'Downgrade to the revision before the upgrade; if that fails, restore the backup of this run and replay the orders of the last minutes from the payment provider. Decision: DBA on call.',
		// A room that a killed demo left ends soon.
		room: {idle_minutes: 2},
		// A little below what is loaded, so that the table counts as large.
		large_table_rows: Math.floor(rows * 0.8),
		smoke: [{name: 'shop health', url: healthUrl, expect: '"status":"ok"'}],
		// A file stands for the team's chat.
		notify: [{name: 'team channel', command: ['sh', '-c', 'cat >> "$0"', channel], on: ['run-opened', 'plan-approved', 'action-started', 'action-finished', 'guard-acted']}],
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
