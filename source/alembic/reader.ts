/** One Python at the project's side that answers many questions: it has Alembic loaded, and answers each in a copy of itself. */
import {spawn} from 'node:child_process';
import type {Socket} from 'node:net';
import {createInterface} from 'node:readline';
import {parseMarked} from './events.ts';
import {bootstrap, firstLine} from './program.ts';
import type {AlembicProject} from './project.ts';

export interface Answered {
	/** What the sidecar said, in its order. */
	events: unknown[];
	/** The end of its standard error. */
	errors: string;
	/** How it ended in words when that was not well, else null. */
	failure: string | null;
}

export interface Reader {
	/** Resolves when the copy at work on it has ended, or Python as a whole. */
	ask(question: object): Promise<Answered>;
	/** Ends it with whatever it is at work on. */
	kill(): void;
}

/** The questions of one decision follow each other faster; between two decisions there may be hours. */
const idleMs = 5000;
const keptErrors = 8192;

interface Open {
	answered: Answered;
	resolve(answered: Answered): void;
}

/** Starts it. `onEnd` is called when it takes no more questions. Nothing that happens to it throws: the questions are answered with why. */
export function startReader({python: [program, ...rest], directory, environment}: Pick<AlembicProject, 'python' | 'directory' | 'environment'>, onEnd: () => void): Reader {
	// A group of its own: ctrl-C on the terminal is for holdpoint, which says what becomes of the question.
	const child = spawn(program!, [...rest, '-c', bootstrap], {cwd: directory, env: {...environment, PYTHONUNBUFFERED: '1'}, detached: true, stdio: 'pipe'});
	const open = new Map<number, Open>();
	const unsent: object[] = [];
	let errors = '';
	let ready = false;
	let next = 1;
	let idle: NodeJS.Timeout | null = null;

	const write = (line: string) => child.stdin.write(`${line}\n`);
	// At rest it keeps no process of ours alive.
	const hold = (held: boolean) => {
		for (const handle of [child, child.stdin as Socket, child.stdout as Socket, child.stderr as Socket]) handle[held ? 'ref' : 'unref']();
	};
	const rested = () => {
		hold(false);
		idle = setTimeout(() => {
			onEnd();
			child.stdin.end();
		}, idleMs);
		idle.unref();
	};
	const settle = (number: number, last: Partial<Answered>) => {
		const asked = open.get(number);
		open.delete(number);
		asked?.resolve({...asked.answered, ...last});
	};
	const over = (failure: string) => {
		if (idle) clearTimeout(idle);
		onEnd();
		for (const number of open.keys()) settle(number, {errors, failure});
	};
	child.stdin.on('error', () => {});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		errors = (errors + text).slice(-keptErrors);
	});
	createInterface({input: child.stdout, crlfDelay: Infinity}).on('line', line => {
		const [said] = parseMarked(line) as Said[];
		if (!said) return;
		if ('of' in said) {
			if ('event' in said) open.get(said.of)?.answered.events.push(said.event);
			else settle(said.of, {errors: said.errors, failure: said.ended === 0 ? null : describeStatus(said.ended)});
			if (open.size === 0) rested();
		} else if (said.event === 'ready') {
			ready = true;
			for (const question of unsent.splice(0)) write(JSON.stringify(question));
		}
	});
	child.on('error', error => over(error.message));
	child.on('close', (code, signal) => over(signal ? `ended by ${signal}` : `exit code ${code}`));
	write(firstLine({verb: 'serve'}));
	rested();
	return {
		ask: question => new Promise(resolve => {
			if (idle) clearTimeout(idle);
			hold(true);
			const number = next++;
			open.set(number, {answered: {events: [], errors: '', failure: null}, resolve});
			if (ready) write(JSON.stringify({...question, number}));
			else unsent.push({...question, number});
		}),
		kill() {
			if (child.pid) {
				try {
					process.kill(-child.pid, 'SIGKILL');
				} catch {
					// It is gone already, and its end will tell.
				}
			}
		},
	};
}

type Said = {of: number; event: unknown} | {of: number; ended: number; errors: string} | {event: 'ready'};

/** A status as waitpid gives it. */
function describeStatus(status: number): string {
	return status & 0x7F ? `ended by signal ${status & 0x7F}` : `exit code ${status >> 8}`;
}
