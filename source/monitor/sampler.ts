/** The loop that reads the database again and again, on a connection of its own that it opens anew when it is lost. */
import {Refusal} from '../journal/refusal.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import {ConnectError} from '../postgres/connect-error.ts';
import {answerWithinMs, type Backend, type MonitorSession} from './connection.ts';
import {newPollState, queryPoll} from './poll.ts';
import {activityOf, parseActivity} from './queries/activity.ts';
import {makeSample, noMemory, readGraph, type Memory} from './sample.ts';

export interface SamplerOptions {
	/** Opens a session, best with monitorSessionOptions; called again after every loss. */
	connect: () => Promise<MonitorSession>;
	/** From the end of one poll to the start of the next, in milliseconds; null: only `once` reads. */
	intervalMs: number | null;
	/** The migration's own backend: always in the sample, pinned, and asked about who waits for it. */
	migrationBackend: () => Backend | null;
	/** Tables that the plan touches, as its statements name them. */
	tables?: () => readonly string[];
	/** application_name of each standby that must be there. */
	standbys?: readonly string[];
	onSample: (sample: Sample) => void;
	/** A poll that failed: one sentence, and the ISO time since when nothing was read. */
	onFailure: (error: string, since: string) => void;
	/** Milliseconds since 1970. */
	now?: () => number;
}

export interface Sampler {
	/** Takes effect at once; null stops the polls, not the connection. */
	setInterval(ms: number | null): void;
	/** One sample now, or the one under way; told to `onSample` too. @throws Refusal 2 when the database can't be read */
	once(): Promise<Sample>;
	stop(): Promise<void>;
}

/** Starts with a poll at once. Polls never overlap; a failure is told and tried again, sooner at first than later. */
export function startSampler({connect, intervalMs, migrationBackend, tables, standbys, onSample, onFailure, now = Date.now}: SamplerOptions): Sampler {
	let session: MonitorSession | null = null;
	let state = newPollState();
	let memory: Memory = noMemory;
	let polling: Promise<Sample> | null = null;
	let failures = 0;
	let blindSince: string | null = null;
	let retryMs = 0;
	let timer: NodeJS.Timeout | undefined;
	let stopped = false;

	const open = async (): Promise<MonitorSession> => {
		const opened = await connect();
		if (stopped) {
			await opened.close();
			throw new Refusal(2, 'The monitor was stopped.');
		}

		state = newPollState();
		return opened;
	};

	const read = async (): Promise<Sample> => {
		const startedMs = now();
		session ??= await open();
		const askedMs = now();
		const migration = migrationBackend();
		const context = {version: session.versionNumber, migration, ...(tables && {tables: tables()})};
		const poll = await queryPoll({session, context, state});
		const tookMs = now() - askedMs;
		const {graph, progress, memory: next} = readGraph({poll, memory, nowMs: now()});
		memory = next;
		const listed = new Set(poll.activity?.map(row => row.pid));
		// A blocker that does nothing, or is one of ours, is in no list of active sessions, and yet the one to know.
		const missing = graph.blockers.map(blocker => blocker.pid).filter(pid => pid !== 0 && !listed.has(pid)).slice(0, 20);
		if (poll.activity && missing.length > 0) {
			const [rows] = await session.multi(activityOf(missing, context), {timeoutMs: answerWithinMs});
			poll.activity.push(...(rows ?? []).map(parseActivity));
		}

		return makeSample({at: new Date(startedMs).toISOString(), tookMs, poll, graph, progress, memory, migration, refused: state.refused, ...(standbys && {standbys})});
	};

	const fail = (error: unknown, since: string): void => {
		failures++;
		// A wrong password does not mend itself, and some servers lock a role out that keeps trying.
		retryMs = isPassword(error) ? 30_000 : Math.min(250 * 2 ** (failures - 1), 5000);
		blindSince ??= since;
		// A statement that took too long leaves a good connection; anything else is answered with a new one.
		if (!isTimeout(error)) {
			void session?.close();
			session = null;
		}

		if (!stopped) onFailure(sentenceOf(error), blindSince);
	};

	const poll = (): Promise<Sample> => {
		const since = new Date(now()).toISOString();
		polling ??= read().then(
			sample => {
				polling = null;
				failures = 0;
				blindSince = null;
				if (!stopped) onSample(sample);
				return sample;
			},
			(error: unknown) => {
				polling = null;
				fail(error, since);
				throw error;
			},
		);
		return polling;
	};

	const schedule = (): void => {
		clearTimeout(timer);
		if (stopped || intervalMs === null) return;
		timer = setTimeout(() => void tick(), failures === 0 ? intervalMs : retryMs);
	};

	const tick = async (): Promise<void> => {
		await poll().catch((error: unknown) => {
			// Already told to onFailure; what onSample itself threw is a fault of ours and must be seen.
			if (failures === 0) throw error;
		});
		schedule();
	};

	if (intervalMs !== null) void tick();
	return {
		setInterval(ms) {
			intervalMs = ms;
			schedule();
		},
		async once() {
			try {
				return await poll();
			} catch (error) {
				throw error instanceof Refusal ? error : new Refusal(2, `The database can't be read: ${sentenceOf(error)}`);
			}
		},
		async stop() {
			stopped = true;
			clearTimeout(timer);
			// A connection that is only being opened is not waited for; it is closed when it comes.
			if (!session) return;
			await polling?.catch(() => undefined);
			await session?.close();
			session = null;
		},
	};
}

const isTimeout = (error: unknown): boolean => ['57014', '55P03'].includes((error as {code?: string}).code ?? '');

const isPassword = (error: unknown): boolean => error instanceof ConnectError && error.kind === 'password';

function sentenceOf(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return /[.!?]$/.test(message) ? message : `${message}.`;
}
