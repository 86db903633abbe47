/** Everything that the console knows: what the room told, and where the person is looking. */
import type {Item} from '../journal/shapes/item.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {Review, StatementLook} from '../journal/shapes/review.ts';
import type {RunningAction, RunState} from '../journal/shapes/run.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import type {Mark} from '../journal/marks.ts';
import type {Point} from '../monitor/series.ts';
import type {Activity, RoomFacts} from '../room/protocol.ts';
import type {Dialog} from './dialogs/dialog.ts';
import {firstLook, type LiveLook} from './panels/live/look.ts';
import {firstReviewLook, type ReviewLook} from './panels/review/look.ts';
import type {Replay} from './replay/state.ts';
import {unicodeGlyphs, type Glyphs} from './theme.ts';

export const viewIds = ['checklist', 'live', 'review', 'rehearsal', 'journal', 'contacts'] as const;
export type ViewId = (typeof viewIds)[number];

/** Parts of the screen that can have the focus. */
export type PaneId = 'checklist' | 'detail' | 'progress' | 'live' | 'review' | 'rehearsal' | 'journal' | 'contacts' | 'outcome';

export interface Message {
	text: string;
	level: 'info' | 'warning' | 'error';
}

export interface ReviewAnswer {
	review: Review;
	sql: string;
	/** Of that SQL. */
	sha256: string;
	/** Each statement with what it locks. */
	statements: readonly StatementLook[];
	/** The SQL alone is known: no findings does not say that there are none. */
	unreviewed?: true;
}

export interface Contact {
	role: string;
	contact: string;
	escalation: string;
}

export interface ConsoleState {
	/** As folded; null until the room has answered, or when nothing was opened yet. */
	run: RunState | null;
	/** The room has answered. */
	attached: boolean;
	/** Newest last, bounded by `sampleLimit`. */
	samples: readonly Sample[];
	/** The figures of the latest samples, newest last, bounded by `pointLimit`. */
	points: readonly Point[];
	/** Moments of the migrations, for charts. */
	marks: readonly Mark[];
	/** Polls fail since then: the figures on screen are old. */
	blind: {error: string; since: string} | null;
	/** The room gives no sign: everything on screen is old. Milliseconds of the last sign. */
	silentSince: number | null;
	/** Why the room is gone for good. */
	gone: string | null;
	/** It said that it would end: nothing is wrong. */
	ended: boolean;
	room: RoomFacts | null;
	/** What is shown is a recording; null: it is the present. */
	replay: Replay | null;
	/** The room, or the person's own `--read-only`, forbids decisions. */
	readOnly: boolean;
	/** Who sits here. */
	by: string;
	activities: Readonly<Record<string, Activity>>;
	review: ReviewAnswer | null;
	contacts: readonly Contact[] | null;

	view: ViewId;
	focus: PaneId;
	dialog: Dialog | null;
	message: Message | null;
	/** A failed action's screen is open. */
	outcome: Outcome | null;
	/** Detail instead of progress while an action runs. */
	detailWanted: boolean;
	/** Titles of folded sections, joined by a newline. */
	folded: ReadonlySet<string>;
	/** Keys of the lines of shell blocks whose output is open in the list. */
	opened: ReadonlySet<string>;
	/** Key of the row under the checklist's cursor: an item's id, or a section's path. */
	cursor: string | null;
	/** The pid under the live pane's cursor; null while nobody chooses there. */
	pid: number | null;
	/** Order of the live pane's rows, kept while somebody chooses. */
	pidOrder: readonly number[];
	/** How the live state is looked at. */
	live: LiveLook;
	/** How the review is read. */
	reviewLook: ReviewLook;
	filters: Readonly<Partial<Record<PaneId, string>>>;
	/** First row shown of each pane. */
	tops: Readonly<Partial<Record<PaneId, number>>>;
	/** Milliseconds; moves each minute, and each second while something runs. */
	now: number;
	rows: number;
	columns: number;
	glyphs: Glyphs;
	color: boolean;
}

/** A sample of a busy server is 100 kB, and only the newest is looked at. */
export const sampleLimit = 3;
/** Half an hour of a busy room's samples. */
export const pointLimit = 1800;
export const markLimit = 300;

/** The state before the room has answered. */
export function initialState(given: Partial<ConsoleState>): ConsoleState {
	return {
		run: null, attached: false, samples: [], points: [], marks: [], blind: null, silentSince: null, gone: null, ended: false, room: null, replay: null, readOnly: false, by: '', activities: {}, review: null, contacts: null,
		view: 'checklist', focus: 'checklist', dialog: null, message: null, outcome: null, detailWanted: false, folded: new Set(), opened: new Set(), cursor: null, pid: null, pidOrder: [], live: firstLook, reviewLook: firstReviewLook,
		filters: {}, tops: {}, now: 0, rows: 24, columns: 80, glyphs: unicodeGlyphs, color: true,
		...given,
	};
}

/** The command with which one comes back to the run. */
export const comeBack = (run: RunState | null): string => run && run.seq > 0 ? `holdpoint attach ${run.run}` : 'holdpoint';

/** Nothing on screen may be taken for the present. */
export function isOld(state: ConsoleState): boolean {
	return state.gone !== null || state.silentSince !== null;
}

/** The moment that everything on screen is of, in milliseconds: what ran then may have ended since. */
export function knownAt(state: Pick<ConsoleState, 'silentSince' | 'now'>): number {
	return state.silentSince ?? state.now;
}

/** The item under the cursor. */
export function currentItem(state: ConsoleState): Item | undefined {
	return state.run?.items.find(item => item.id === state.cursor);
}

/** An action, or a long piece of work of the room, is under way. */
export function isBusy(state: ConsoleState): boolean {
	return Boolean(state.run?.running) || Object.values(state.activities).some(activity => !activity.done);
}

/** The running action when it moves the database along its revisions. */
export function runningMigration(run: RunState | null): RunningAction | null {
	const running = run?.running ?? null;
	return running?.action === 'upgrade' || running?.action === 'downgrade' ? running : null;
}

/** An unknown environment counts as production. */
export function inProduction(state: ConsoleState): boolean {
	const environment = state.run?.target.environment ?? 'unknown';
	return environment === 'production' || environment === 'unknown';
}

/** The last migration did not end as wished. */
export function failedOutcome(run: RunState | null): Outcome | null {
	const last = run?.actions.findLast(outcome => outcome.action === 'upgrade' || outcome.action === 'downgrade');
	return last && last.exit !== 0 ? last : null;
}
