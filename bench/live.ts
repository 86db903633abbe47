/** The live pane against pg_activity and psql's \watch: the same server, sessions, terminal and refresh. */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {execa} from 'execa';
import type {Section, Verdict} from './figures.ts';
import {openLoad, runHoldpoint, type Project, type Site} from './site.ts';
import {measureTerminal, silenceMs, type TerminalProgram, type TerminalReading} from './terminal.ts';

const refreshSeconds = 2;
/** From the second row on each of them moves the cursor: at the first, Up would change nothing, and the next refresh would be taken for its answer. */
const [up, down] = ['\u001B[A', '\u001B[B'];

interface Measured extends TerminalReading {
	name: string;
	sessions: number;
	/** What the server spent on this program's statements, for each refresh. */
	serverMs: number;
	statements: number;
}

export async function benchLive(site: Site, {quick, say}: {quick: boolean; say: (text: string) => void}): Promise<Section> {
	const project = await site.project('live');
	const programs = await programsFor(site, project);
	const measured: Measured[] = [];
	for (const sessions of [50, 500, 900]) {
		// What a list of a busy server shows first has run for minutes; begun at different times, no moment is without a change.
		say(`${sessions} sessions, whose queries begin one after the other within a minute`);
		const load = await openLoad(site.cluster, 'live', sessions, {spreadMs: 60_000});
		await wait(settleMs);
		for (const [name, program] of programs) {
			say(`${name} with ${sessions} sessions`);
			measured.push({name, sessions, ...await measure(site, program, {quick})});
			// It would go on asking for a minute, and be counted as the next one's.
			if (name === 'holdpoint') await runHoldpoint(site, project, ['room', 'stop']);
		}
		await load.end();
	}
	await runHoldpoint(site, project, ['room', 'stop']);
	const of = (name: string, sessions: number) => measured.find(each => each.name === name && each.sessions === sessions);
	return {
		title: 'Live pane',
		method: `A terminal of 120×40, a refresh of ${refreshSeconds} s, a fifth of the sessions at work, each at a query of its own, begun one after the other within a minute, the first of them 100 s before, ${windowMs(quick) / 1000} s each after a warm-up of ${warmUpMs / 1000} s. CPU and memory are those of the whole tree of processes, the room's included; server time is what pg_stat_statements counted for that program (planning and execution) for each refresh. Keys: arrows in holdpoint, which move the cursor and ask the server nothing; 1 and 2 in pg_activity, which ask it again. Painted: the last byte before ${silenceMs} ms of silence; a refresh that falls between counts in, so it is an upper bound.`,
		columns: ['program', 'sessions', 'CPU %', 'memory MiB', 'bytes/s', 'server ms/refresh', 'statements/refresh', 'key → first byte ms, median', 'p95', 'key → painted ms, median', 'p95'],
		rows: measured.map(each => [each.name, each.sessions, each.cpuPercent, each.residentMiB, each.bytesPerSecond, each.serverMs, each.statements, each.firstByteMs.median, each.firstByteMs.p95, each.paintedMs.median, each.paintedMs.p95]),
		verdicts: verdictsOf(of),
	};
}

const warmUpMs = 6000;
const settleMs = 40_000;
const windowMs = (quick: boolean) => (quick ? 8000 : 12_000);

function verdictsOf(of: (name: string, sessions: number) => Measured | undefined): Verdict[] {
	const own = of('holdpoint', 500)!;
	const ratio = (goal: string, value: (each: Measured) => number, sessions: number, limit: number): Verdict => {
		const [ours, theirs] = [value(of('holdpoint', sessions)!), of('pg_activity', sessions)];
		if (!theirs) return {goal, found: 'pg_activity is not installed here', reached: null};
		const share = ours / value(theirs);
		return {goal, found: `${share.toFixed(2)} × pg_activity's`, reached: share <= limit};
	};
	return [
		{goal: 'Key press to painted frame with 500 sessions, p95 ≤ 25 ms', found: `${own.paintedMs.p95.toFixed(0)} ms`, reached: own.paintedMs.p95 <= 25},
		ratio('Terminal bytes with 500 sessions ≤ ¼ of pg_activity\'s', each => each.bytesPerSecond, 500, 0.25),
		ratio('Client CPU of room and console with 500 sessions below pg_activity\'s', each => each.cpuPercent, 500, 1),
		ratio('Client CPU with 50 sessions ≤ 1.5 × pg_activity\'s', each => each.cpuPercent, 50, 1.5),
		ratio('Server time a refresh with 500 sessions ≤ ½ of pg_activity\'s', each => each.serverMs, 500, 0.5),
		(() => {
			const growth = of('holdpoint', 900)!.serverMs / of('holdpoint', 50)!.serverMs;
			return {goal: 'Server time from 50 to 900 sessions no worse than linear (18 ×)', found: `${growth.toFixed(1)} ×`, reached: growth <= 18};
		})(),
	];
}

async function programsFor(site: Site, project: Project): Promise<[string, TerminalProgram][]> {
	const {cluster, folder} = site;
	const watchFile = path.join(folder, 'watch.sql');
	await writeFile(watchFile, `SELECT pid, usename, state, wait_event, now() - query_start AS since, left(query, 60) AS query FROM pg_stat_activity WHERE state <> 'idle' ORDER BY query_start\n\\watch ${refreshSeconds}\n`);
	const env = {PGPASSWORD: cluster.superuser.password, PGCONNECT_TIMEOUT: '10'};
	const list: [string, TerminalProgram][] = [
		['holdpoint', {
			argv: site.holdpoint, cwd: project.directory, env: site.environment, ready: /Code Review/, first: ['2', down, down], keys: [down, up], end: 'q',
			others: async () => [(JSON.parse((await runHoldpoint(site, project, ['room', 'status', '--json'])).stdout) as {pid: number}).pid],
		}],
		['holdpoint monitor', {argv: [...site.holdpoint, 'monitor'], cwd: project.directory, env: site.environment, ready: /pg_sleep/, first: [down, down], keys: [down, up], end: 'q'}],
		['psql \\watch', {argv: ['psql', '-X', '-P', 'pager=off', '-h', '127.0.0.1', '-p', String(cluster.port), '-U', cluster.superuser.name, '-d', 'live', '-f', watchFile], env, ready: /pg_sleep/, keys: [' '], end: '\u0003'}],
	];
	const pgActivity = await execa('pg_activity', ['--version'], {reject: false});
	if (pgActivity.exitCode === 0) {
		list.push(['pg_activity', {argv: ['pg_activity', '-h', '127.0.0.1', '-p', String(cluster.port), '-U', cluster.superuser.name, '-d', 'live', '--refresh', String(refreshSeconds)], env, ready: /Running queri/, keys: ['2', '1'], end: 'q'}]);
	}
	return list;
}

async function measure(site: Site, program: TerminalProgram, {quick}: {quick: boolean}): Promise<Omit<Measured, 'name' | 'sessions'>> {
	let [serverMs, statements, started] = [0, 0, 0];
	const reading = await measureTerminal(program, {
		warmUpMs, windowMs: windowMs(quick), presses: program.argv[0] === 'psql' ? 0 : quick ? 10 : 60,
		during: {
			async start() {
				await site.admin.query('SELECT pg_stat_statements_reset()');
				started = performance.now();
			},
			async stop() {
				const {rows: [row]} = await site.admin.query<{ms: number; calls: number}>('SELECT coalesce(sum(total_exec_time + total_plan_time), 0)::float8 AS ms, coalesce(sum(calls), 0)::float8 AS calls FROM pg_stat_statements WHERE toplevel AND query NOT LIKE \'%pg_stat_statements%\'');
				const refreshes = (performance.now() - started) / 1000 / refreshSeconds;
				[serverMs, statements] = [row!.ms / refreshes, row!.calls / refreshes];
			},
		},
	});
	return {...reading, serverMs, statements};
}
