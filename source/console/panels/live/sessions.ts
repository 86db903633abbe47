/** The sessions that do something, in the chosen order, those idle in a transaction among them, the migration pinned on top. */
import type {ActiveSession} from '../../../journal/shapes/sample.ts';
import {count, lasting, plural} from '../../parts/figures.ts';
import {line, span, type Line, type Tone} from '../../parts/line.ts';
import {pad, padStart, printable} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import type {Space} from '../panel.ts';
import {isIdleInTransaction, sessions, shownSample} from './state.ts';
import type {ViewContent} from './view-content.ts';

/** Below this width the query matters more than who runs it. */
const compactColumns = 90;

/** A heading and a line for each session; `cursor` is the line of the chosen one. */
export function sessionLines(state: ConsoleState, options: {width: number; limit: number; focused: boolean}): ViewContent {
	const all = sessions(state);
	if (all.length === 0) return {lines: [line(state.filters.live ? ' no session matches; Esc takes the filter away' : ' no session is active', 'dim')]};
	const shown = all.slice(0, options.limit);
	const compact = options.width < compactColumns;
	const cursor = shown.findIndex(session => session.pid === state.pid);
	return {
		lines: [
			line(` ${padStart('pid', 7)} ${padStart('since', 7)}  ${pad('state', compact ? 20 : 24)} ${pad('who', compact ? 11 : 22)} query`, 'dim'),
			...shown.map((session, index) => sessionLine(session, {selected: index === cursor, focused: options.focused, compact, pointer: state.glyphs.pointer})),
			...(all.length > shown.length ? [line(`   and ${plural(all.length - shown.length, 'session')} more (2 shows all)`, 'dim')] : []),
		],
		...(cursor >= 0 && {cursor: cursor + 1}),
	};
}

/** The view of the sessions alone; of more than a sample holds it says so. */
export function allSessionLines(state: ConsoleState, _: unknown, {width, focused}: Space): ViewContent {
	const drawn = sessionLines(state, {width, focused, limit: Number.POSITIVE_INFINITY});
	const {active, connections} = shownSample(state)!;
	const busy = (connections.active ?? 0) + (connections.idleInTransaction ?? 0);
	// Our own and background processes are counted otherwise: only a clear difference is one.
	return busy > active.length && active.length >= 200 ? {...drawn, lines: [...drawn.lines, line(` these are the ${active.length} with the longest transactions, of ${count(busy)} sessions that are active or in a transaction`, 'dim')]} : drawn;
}

function sessionLine(session: ActiveSession, {selected, focused, compact, pointer}: {selected: boolean; focused: boolean; compact: boolean; pointer: string}): Line {
	const idle = isIdleInTransaction(session);
	const age = idle ? session.transactionSeconds : session.seconds;
	const state = session.blockedBy.length > 0 ? `waits for ${session.blockedBy.join(',')}` : session.waitEvent?.startsWith('Lock') ? 'waits for a lock' : stateWords(session) ?? 'not to be seen';
	const tone: Tone = session.blockedBy.length > 0 ? 'warn' : idle ? 'warn' : session.state === null ? 'dim' : 'good';
	const spans: Line = [
		span(selected ? pointer : ' ', 'key'),
		span(padStart(String(session.pid), 7)),
		span(` ${padStart(lasting(age), 7)}`, (age ?? 0) > 60 ? 'warn' : 'plain'),
		span(`  ${pad(printable(state), compact ? 20 : 24)} `, tone),
		span(`${pad(printable(compact ? shortWho(session) : whoIs(session)), compact ? 11 : 22)} `, session.migration ? 'info' : 'plain'),
		span((session.query ?? 'query not to be seen').replaceAll(/\s+/g, ' ').trim(), session.query === null ? 'dim' : 'plain'),
	];
	return selected && focused ? spans.map(({text}) => span(text, 'selected')) : spans;
}

/** Its state, with what an active session waits for other than the client, in the server's words, or with how many workers it has. */
function stateWords({state, waitEvent, workers}: ActiveSession): string | null {
	if (state !== 'active') return state;
	if (workers !== undefined) return `active, ${plural(workers, 'worker')}`;
	return waitEvent !== null && !waitEvent.startsWith('Client:') ? `active, ${waitEvent}` : state;
}

/** As much of it as says the most in few columns. */
export function shortWho(session: ActiveSession): string {
	return session.migration || session.backendType !== 'client backend' ? whoIs(session) : session.database === undefined ? session.application || session.user || 'unknown' : `in ${session.database}`;
}

/** `MIGRATION`, else the application and its user, else what kind of process it is; and its database where that is not the target. */
export function whoIs({migration, application, user, backendType, database}: Pick<ActiveSession, 'migration' | 'application' | 'user' | 'backendType' | 'database'>): string {
	if (migration) return 'MIGRATION';
	const who = backendType !== null && backendType !== 'client backend' ? backendType : [application, user].filter(Boolean).join(', ') || 'unknown';
	return database === undefined ? who : `${who} in ${database}`;
}
