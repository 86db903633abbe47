/** Plays a tape into the store: on by the clock, or to another moment at once, and with a room that still writes it. */
import type {JournalEvent} from '../../journal/events.ts';
import {markOf, type Mark} from '../../journal/marks.ts';
import {sentenceOf} from '../../journal/sentences.ts';
import type {Sample} from '../../journal/shapes/sample.ts';
import {emptyPoint, pointOf, type Point} from '../../monitor/series.ts';
import {reachMs} from '../panels/live/charts.ts';
import {markLimit, sampleLimit} from '../state.ts';
import type {Store} from '../store.ts';
import {speeds, type Replay} from './state.ts';
import {spanOf, type Tape} from './tape.ts';

export interface Player {
	toggle(): void;
	seek(byMs: number): void;
	/** The next or the last event that matters, or the end of a gap. */
	moment(by: 1 | -1): void;
	faster(by: 1 | -1): void;
	ends(which: 'from' | 'to'): void;
	stop(): void;
}

export interface PlayerOptions {
	/** Its state is a replay's. */
	store: Store;
	tape: Tape;
	/** Milliseconds; given so that tests have a clock of their own. */
	now?: () => number;
}

const tickMs = 200;
const growMs = 1000;
/** Samples are read one by one only so far back; charts of a longer time are drawn from the figures. */
const closeMs = 60_000;
const figuresMs = 31 * 60_000;
/** So many events are looked through for the marks of charts. */
const markedEvents = 5000;

/** Shows where the store's replay stands, and plays on from there if that plays. */
export async function startPlayer({store, tape, now = Date.now}: PlayerOptions): Promise<Player> {
	let at = replayOf(store).at;
	let shown = at;
	let moves = 0;
	let lastTick = now();
	let lastGrowth = now();
	const say = (text: string, level: 'info' | 'error' = 'info'): void => store.dispatch({type: 'message', message: {text, level}});
	const change = (part: Partial<Pick<Replay, 'playing' | 'speed' | 'to'>>): void => store.dispatch({type: 'replay', change: part});
	/** A damaged file stops the replay where it is, with its sentence. */
	const trying = (work: () => void): void => {
		try {
			work();
		} catch (error) {
			fail(error);
		}
	};
	const fail = (error: unknown): void => {
		change({playing: false});
		say(error instanceof Error ? error.message : String(error), 'error');
	};

	const move = async (to: number): Promise<void> => {
		const {from, to: end} = replayOf(store);
		at = Math.max(from, Math.min(end, to));
		const mine = ++moves;
		try {
			const points = await figuresBefore(tape, at);
			if (mine !== moves) return;
			const count = tape.timeline.count(at);
			const recent = [...tape.samples.samples({from: isoOf(points.end), to: isoOf(at)})];
			const newest = recent.at(-1) ?? tape.samples.newestAt(isoOf(at));
			const samples = recent.length > 0 ? recent.slice(-sampleLimit) : newest ? [newest] : [];
			const marks = marksOf(tape.timeline.slice(Math.max(0, count - markedEvents), count)).slice(-markLimit);
			const gap = gapAt(tape, at, newest);
			shown = at;
			const run = tape.timeline.after(count);
			store.dispatch({type: 'replay-moved', at, gap, run, review: tape.review(run), samples, marks, points: [...points.points, ...recent.map(pointOf), ...(gap ? [emptyPoint(at)] : [])]});
		} catch (error) {
			if (mine === moves) fail(error);
		}
	};

	const play = (to: number): void => {
		// A move that is still being read wins.
		if (shown !== at) return;
		const [before, count] = [tape.timeline.count(at), tape.timeline.count(to)];
		const samples = [...tape.samples.samples({from: isoOf(at + 1), to: isoOf(to)})];
		const gap = gapAt(tape, to, samples.at(-1) ?? store.state().samples.at(-1) ?? null);
		at = shown = to;
		const run = tape.timeline.after(count);
		store.dispatch({type: 'replay-played', at, gap, run, review: tape.review(run), samples, marks: marksOf(tape.timeline.slice(before, count))});
	};

	const tick = (): void => trying(() => {
		const time = now();
		const spent = time - lastTick;
		lastTick = time;
		if (time - lastGrowth >= growMs) {
			lastGrowth = time;
			tape.grow();
			const {to} = spanOf(tape);
			if (to > replayOf(store).to) change({to});
		}

		const {playing, speed, to} = replayOf(store);
		if (playing && at < to) play(Math.min(to, at + spent * speed));
	});

	const timer = setInterval(tick, tickMs);
	await move(at);
	return {
		toggle: () => change({playing: !replayOf(store).playing}),
		seek: byMs => void move(at + byMs),
		moment: by => trying(() => {
			const found = tape.timeline.find(at, matters, by < 0);
			const end = by > 0 ? endOfGap(tape, at) : null;
			if (end !== null && (found === null || end < found.moment)) {
				void move(end);
				return say('samples begin here again');
			}

			if (!found) return say(by > 0 ? 'no event that matters comes after this' : 'no event that matters comes before this');
			void move(found.moment);
			say(wordsOf(found.event));
		}),
		faster(by) {
			const {speed} = replayOf(store);
			change({speed: (by > 0 ? speeds.find(each => each > speed) : speeds.findLast(each => each < speed)) ?? speed});
		},
		ends(which) {
			const {from, to} = spanOf(tape);
			change({to, ...(which === 'to' && {playing: true})});
			void move(which === 'to' ? to : from);
		},
		stop: () => clearInterval(timer),
	};
}

/** What one goes to in a replay, one after the other. */
function matters({kind}: JournalEvent): boolean {
	return ['alarm-raised', 'guard-acted', 'statement-started', 'attempt-failed', 'action-started', 'action-held', 'action-continued', 'action-finished', 'cancel-asked', 'backend-cancelled'].includes(kind);
}

function wordsOf(event: JournalEvent): string {
	return event.kind === 'statement-started' ? `statement ${event.number}: ${event.sql.replaceAll(/\s+/g, ' ').trim()}` : sentenceOf(event)?.text ?? event.kind;
}

/** Figures up to where the samples are read one by one, and where that is. */
async function figuresBefore(tape: Tape, at: number): Promise<{points: Point[]; end: number}> {
	const points = (await tape.figures.points({from: at - figuresMs, to: at - closeMs, most: Number.MAX_SAFE_INTEGER})).filter(point => point.at + point.lasts < at - closeMs);
	const last = points.at(-1);
	return {points, end: Math.max(at - closeMs - 10_000, last ? last.at + last.lasts + 1 : 0)};
}

function gapAt(tape: Tape, at: number, newest: Sample | null): Replay['gap'] {
	if (newest && at - Date.parse(newest.at) <= reachMs) return null;
	return {since: newest?.at ?? null, until: tape.samples.nextAfter(isoOf(at))};
}

/** When samples begin again, if there are none now. */
function endOfGap(tape: Tape, at: number): number | null {
	const until = gapAt(tape, at, tape.samples.newestAt(isoOf(at)))?.until ?? null;
	return until === null ? null : Date.parse(until);
}

function marksOf(events: readonly JournalEvent[]): Mark[] {
	return events.flatMap(event => markOf(event) ?? []);
}

function replayOf(store: Store): Replay {
	return store.state().replay!;
}

function isoOf(milliseconds: number): string {
	return new Date(milliseconds).toISOString();
}
