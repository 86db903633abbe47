/** Runs a migration as the room does, for tests: standard input stays open for orders, events are collected. */
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {parseSidecarLine, type SidecarEvent} from '../../source/alembic/events.ts';
import {migrationInvocation, type MigrationTask} from '../../source/alembic/invocation.ts';
import type {AlembicProject} from '../../source/alembic/project.ts';
import {pythonPath} from '../servers.ts';

/** As openProject would say it, without the start of Python that asking costs. */
export function projectIn(directory: string): AlembicProject {
	return {directory, python: [pythonPath], versions: {python: '', alembic: '', sqlalchemy: ''}, ini: null, section: 'alembic', arguments: [], environment: process.env as Record<string, string>};
}

export interface Migrating {
	events: SidecarEvent[];
	say(order: string): void;
	/** Resolves with the first such event, also one that came already. */
	until<E extends SidecarEvent['event']>(event: E): Promise<Extract<SidecarEvent, {event: E}>>;
	ended: Promise<{code: number | null; errors: string}>;
	/** All such events so far. */
	all<E extends SidecarEvent['event']>(event: E): Extract<SidecarEvent, {event: E}>[];
	kill(): void;
}

export function migrating(task: Partial<MigrationTask> & Pick<MigrationTask, 'project'>): Migrating {
	const {argv, environment, directory, firstLine} = migrationInvocation({action: 'upgrade', revision: 'head', lockTimeoutMs: 5000, statementTimeoutMs: 60_000, ...task});
	const child = spawn(argv[0]!, argv.slice(1), {cwd: directory, env: environment, stdio: ['pipe', 'pipe', 'pipe']});
	const events: SidecarEvent[] = [];
	const waiting: {event: string; resolve: (event: SidecarEvent) => void; reject: (error: Error) => void}[] = [];
	let errors = '';
	child.stderr.on('data', data => {
		errors += data;
	});
	child.stdin.write(`${firstLine}\n`);
	createInterface({input: child.stdout}).on('line', line => {
		const event = parseSidecarLine(line);
		if (!event) throw new Error(`Not an event: ${line}`);
		events.push(event);
		for (const one of waiting) if (one.event === event.event) one.resolve(event);
	});
	const ended = new Promise<{code: number | null; errors: string}>(resolve => {
		child.on('close', code => {
			for (const one of waiting) one.reject(new Error(`It ended without ${one.event}: ${JSON.stringify(events.at(-1))}\n${errors}`));
			resolve({code, errors});
		});
	});
	return {
		events,
		ended,
		say: order => child.stdin.write(`${order}\n`),
		until: async event => (events.find(one => one.event === event) ?? await new Promise<SidecarEvent>((resolve, reject) => {
			waiting.push({event, resolve, reject});
		})) as never,
		all: event => events.filter(one => one.event === event) as never,
		kill: () => child.kill('SIGKILL'),
	};
}
