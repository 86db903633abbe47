/** What the room tells, taken into the state. Nothing here is guessed: what is on the screen has happened. */
import type {EventOf, JournalEvent} from '../journal/events.ts';
import {fold} from '../journal/fold.ts';
import {markOf, type Mark} from '../journal/marks.ts';
import type {RunState} from '../journal/shapes/run.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import type {Activity, RoomFacts} from '../room/protocol.ts';
import {pointOf, type Point} from '../monitor/series.ts';
import {isWide} from './layout.ts';
import {ordered} from './panels/live/cursor.ts';
import {checklistRows, selectable} from './panels/checklist/state.ts';
import {firstReviewLook} from './panels/review/look.ts';
import {failedOutcome, markLimit, pointLimit, runningMigration, sampleLimit, type Contact, type ConsoleState, type Message, type ReviewAnswer} from './state.ts';

export type RoomAction =
	| {type: 'attached'; run: RunState | null; samples: readonly Sample[]; points?: readonly Point[]; marks?: readonly Mark[]; readOnly: boolean; room: RoomFacts}
	| {type: 'event'; event: JournalEvent}
	| {type: 'samples'; samples: readonly Sample[]}
	| {type: 'blind'; error: string; since: string}
	| {type: 'silent'; since: number | null}
	| {type: 'gone'; reason: string; ended: boolean; since: number}
	| {type: 'activity'; activity: Activity}
	| {type: 'review'; answer: ReviewAnswer}
	| {type: 'contacts'; contacts: readonly Contact[]};

/** The state after news of the room; other actions leave it as it is. */
export function reduceRoom(state: ConsoleState, action: {type: string}): ConsoleState {
	const news = action as RoomAction;
	switch (news.type) {
		case 'attached': {
			const attached = {...state, attached: true, run: news.run, readOnly: state.readOnly || news.readOnly, room: news.room, silentSince: null, gone: null, ended: false, message: warned(news.room) ?? state.message};
			// Whoever comes in the middle of a migration comes to see it; where there is room for one pane only, that is the live view.
			const view = runningMigration(news.run) && !isWide(state) ? {view: 'live' as const, focus: 'live' as const} : {};
			return withCursor(withSamples({...attached, ...view, outcome: news.run?.running ? null : failedOutcome(news.run), samples: [], points: news.points?.slice(0, -1) ?? [], marks: news.marks ?? []}, news.samples));
		}

		case 'event': return withCursor(withEvent(state, news.event));
		case 'samples': return withSamples({...state, blind: null}, news.samples);
		case 'blind': return {...state, blind: {error: news.error, since: news.since}};
		case 'silent': return {...state, silentSince: news.since};
		case 'gone': return {...state, gone: news.reason, ended: news.ended, silentSince: state.silentSince ?? news.since};
		case 'activity': return {...state, activities: withActivity(state.activities, news.activity)};
		case 'review': return {...state, review: news.answer, reviewLook: news.answer.sha256 === state.review?.sha256 ? state.reviewLook : firstReviewLook};
		case 'contacts': return {...state, contacts: news.contacts};
		default: return state;
	}
}

/** What the first screen warns of: logout would end the run, a network file system, a password is missing. */
function warned(room: RoomFacts): Message | null {
	const warnings = [...(room.waitingForCredentials ? ['The room waits for credentials of the database; until then what it shows is old.'] : []), ...room.warnings];
	return warnings.length > 0 ? {text: warnings.join(' '), level: 'warning'} : null;
}

/** Folds an event that comes next; one already in the snapshot is left out. A state of sequence 0 is a preview of a run not yet opened. */
function withEvent(state: ConsoleState, event: JournalEvent): ConsoleState {
	if (state.run && event.seq <= state.run.seq) return state;
	if ((state.run === null || state.run.seq === 0) && event.kind !== 'run-opened') return state;
	const run = fold(state.run, event);
	const mark = markOf(event);
	// What an action said before it began, or while it ran, is not what it does now.
	const said = event.kind === 'action-started' ? event.action : event.kind === 'action-finished' ? event.outcome.action : null;
	const activities = said === null ? state.activities : withActivity(state.activities, {work: said, text: '', done: true});
	const next = {...state, run, activities, ...(mark && {marks: [...state.marks, mark].slice(-markLimit)})};
	if (event.kind === 'action-started') return {...next, outcome: null, message: null, detailWanted: false, ...(followsMe(state, event) && {view: 'live' as const, focus: 'live' as const})};
	if (event.kind === 'action-finished') return {...next, message: null, outcome: failedOutcome(run) === event.outcome ? event.outcome : failedOutcome(run) && state.outcome, focus: state.focus === 'progress' ? 'checklist' : state.focus};
	return next;
}

/** Where there is room for one pane only, whoever starts a migration sees it. */
function followsMe(state: ConsoleState, event: EventOf<'action-started'>): boolean {
	return event.by === state.by && !isWide(state) && (event.action === 'upgrade' || event.action === 'downgrade');
}

/** With samples that come next. */
export function withSamples(state: ConsoleState, samples: readonly Sample[]): ConsoleState {
	const latest = samples.at(-1);
	if (!latest) return state;
	const points = [...state.points, ...samples.map(pointOf)];
	const {past} = state.live;
	// What the ring loses would be a hole between it and the older figures that the room gave.
	const lost = past ? points.slice(0, Math.max(0, points.length - pointLimit)) : [];
	const live = past && lost.length > 0 ? {...state.live, past: {...past, to: lost.at(-1)!.at, points: [...past.points, ...lost].slice(-2 * pointLimit)}} : state.live;
	return ordered({...state, live, samples: [...state.samples, ...samples].slice(-sampleLimit), points: points.slice(-pointLimit)});
}

function withActivity(activities: ConsoleState['activities'], activity: Activity): ConsoleState['activities'] {
	const {[activity.work]: _, ...others} = activities;
	return activity.done ? others : {...others, [activity.work]: activity};
}

/** The cursor stands somewhere as soon as there is a checklist. */
export function withCursor(state: ConsoleState): ConsoleState {
	if (state.cursor !== null || !state.run) return state;
	const first = selectable(checklistRows(state))[0];
	return first ? {...state, cursor: first.key} : state;
}
