/** What headless commands share: a room to speak to, its progress on stderr, signals that cancel rather than kill. */
import {createInterface, type Interface} from 'node:readline/promises';
import {Refusal} from '../journal/refusal.ts';
import {sentenceOf} from '../journal/sentences.ts';
import type {Entered} from '../room/enter.ts';
import type {RoomClient} from '../room/protocol.ts';
import type {Call} from './command.ts';
import {steerBySignals} from './signals.ts';

export interface WithRoomOptions {
	mode?: 'in-process' | 'detached';
	/** For actions: other shells can steer it, and what an earlier room left is settled first. */
	acts?: boolean;
	/** Something will be planned at once. */
	plans?: boolean;
	/** Says on stderr what happens while it happens: lines for people, or JSON lines. */
	progress?: 'text' | 'json';
}

/** Nobody wonders before. */
const patienceMs = 2000;

/** Enters the room of the target, lets `work` speak to it, and leaves. */
export async function withRoom<T>(call: Call, {mode = 'in-process', acts, plans, progress}: WithRoomOptions, work: (client: RoomClient, entered: Entered) => Promise<T>): Promise<T> {
	if (plans && mode === 'in-process') (await import('../room/head-start.ts')).startPythons(call);
	const entered = await enter(call, {mode, acts});
	const stopTelling = progress ? await tellProgress(call, entered.client, progress) : () => {};
	const stopSignals = acts ? steerBySignals(call, entered) : () => {};
	try {
		return await Promise.race([work(entered.client, entered), lost(entered)]);
	} finally {
		stopSignals();
		stopTelling();
		await entered.leave();
	}
}

/** Enters the room of the target; on a terminal says what that waits for, when it is more than a moment. */
export async function enter({settings, environment, output}: Call, {mode, acts}: {mode: 'in-process' | 'detached'; acts?: boolean}): Promise<Entered> {
	const patience = settings.interactive ? setTimeout(() => output.talk(`Waiting for env.py of ${settings.project} to say where it connects, and for that server …`), patienceMs) : undefined;
	const ask = async (question: string) => {
		clearTimeout(patience);
		return askPassword(question);
	};
	try {
		// Loaded late: its hundred modules come in while Python loads its own.
		const {enterRoom} = await import('../room/enter.ts');
		return await enterRoom({settings, environment, mode, program: programOf(), acts, askPassword: settings.interactive ? ask : null});
	} finally {
		clearTimeout(patience);
	}
}

/** On a terminal an action must outlive it; elsewhere no process is left behind. */
export function actionMode({settings}: Call): 'in-process' | 'detached' {
	return settings.interactive ? 'detached' : 'in-process';
}

/** The runtime, its options and the entry: how this very program was started. */
export function programOf(): string[] {
	return [process.execPath, ...process.execArgv, process.argv[1] as string];
}

async function lost({client, inProcess}: Entered): Promise<never> {
	const reason = await client.gone;
	if (inProcess) return new Promise(() => {});
	throw new Refusal(5, `The room is gone (${reason}); whatever it was doing is settled from the database at the next attach.`);
}

async function tellProgress(call: Call, client: RoomClient, progress: 'text' | 'json'): Promise<() => void> {
	const {output} = call;
	const stop = client.listen(push => {
		if (push.push === 'event') {
			const {event} = push;
			const kind = progressKinds[event.kind];
			if (progress === 'json') {
				if (kind) output.talk(JSON.stringify({at: event.at, kind, event: event.kind, text: sentenceOf(event)?.text ?? null}));
			} else if (event.kind !== 'artifact-kept' && event.kind !== 'room-started') {
				const sentence = sentenceOf(event);
				if (sentence) output.talk(`${event.at.slice(11, 19)} ${sentence.text}`);
			}
		} else if (push.push === 'activity' && progress === 'text' && push.activity.work !== 'guard' && !push.activity.done) {
			output.talk(`         ${push.activity.text}${push.activity.share === undefined ? '' : ` (${Math.round(push.activity.share * 100)} %)`}`);
		}
	});
	await client.ask('attach', {});
	return stop;
}

/** CONTRACT.md's kinds of progress. */
const progressKinds: Partial<Record<string, string>> = {
	'action-started': 'action', 'action-finished': 'action', 'attempt-failed': 'action', 'session-proved': 'action', 'cancel-asked': 'action',
	'revision-started': 'revision', 'revision-finished': 'revision', 'revision-committed': 'revision',
	'statement-started': 'statement', 'statement-finished': 'statement',
	'guard-acted': 'guard', 'guard-changed': 'guard', 'alarm-raised': 'guard', 'alarm-cleared': 'guard', 'backend-cancelled': 'guard',
	'action-held': 'hold', 'action-continued': 'hold', 'hold-asked': 'hold',
};

/** As psql does: on the terminal, without echo. */
export async function askPassword(question: string): Promise<string> {
	const muted = createInterface({input: process.stdin, output: undefined, terminal: true});
	process.stderr.write(question);
	try {
		return await answerTo(muted, '');
	} finally {
		muted.close();
		process.stderr.write('\n');
	}
}

/** A question on the terminal; the answer trimmed. */
export async function askLine(question: string): Promise<string> {
	const line = createInterface({input: process.stdin, output: process.stderr});
	try {
		return (await answerTo(line, question)).trim();
	} finally {
		line.close();
	}
}

/** @throws Refusal 3 for Ctrl-C, and for the end of the input, which readline leaves without an answer */
async function answerTo(line: Interface, question: string): Promise<string> {
	const refused = new Refusal(3, 'Nobody answered the question; nothing was changed.');
	const closed = new Promise<never>((_, reject) => line.once('close', () => reject(refused)));
	return Promise.race([line.question(question).catch(() => Promise.reject(refused)), closed]);
}
