/** The sessions that do something, longest first, those idle in a transaction among them, the migration pinned on top. */
import type {ActiveSession} from '../../../journal/shapes/sample.ts';
import {plural, seconds} from '../../parts/figures.ts';
import {line, span, type Line, type Tone} from '../../parts/line.ts';
import {pad, padStart, printable} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import {sessions} from './state.ts';

/** Below this width the query matters more than who runs it. */
const compactColumns = 90;

/** A heading and a line for each session; `cursor` is the line of the chosen one. */
export function sessionLines(state: ConsoleState, options: {width: number; limit: number; focused: boolean}): {lines: Line[]; cursor?: number} {
	const all = sessions(state);
	if (all.length === 0) return {lines: [line(state.filters.live ? ' no session matches; Esc takes the filter away' : ' no session is active', 'dim')]};
	const shown = all.slice(0, options.limit);
	const cursor = shown.findIndex(session => session.pid === state.pid);
	return {
		lines: [
			line(` ${padStart('pid', 7)} ${padStart('since', 11)}  ${pad('state', options.width < compactColumns ? 16 : 20)} ${options.width < compactColumns ? '' : `${pad('who', 18)} `}query`, 'dim'),
			...shown.map((session, index) => sessionLine(session, {selected: index === cursor, focused: options.focused, compact: options.width < compactColumns, pointer: state.glyphs.pointer})),
			...(all.length > shown.length ? [line(`   and ${plural(all.length - shown.length, 'session')} more (2 shows all)`, 'dim')] : []),
		],
		...(cursor >= 0 && {cursor: cursor + 1}),
	};
}

function sessionLine(session: ActiveSession, {selected, focused, compact, pointer}: {selected: boolean; focused: boolean; compact: boolean; pointer: string}): Line {
	const idle = session.state?.startsWith('idle in transaction') ?? false;
	const age = idle ? session.transactionSeconds : session.seconds;
	const state = session.blockedBy.length > 0 ? `waits for ${session.blockedBy.join(',')}` : session.waitEvent?.startsWith('Lock') ? 'waits for a lock' : idle && compact ? 'idle in transact' : session.state ?? 'not to be seen';
	const tone: Tone = session.blockedBy.length > 0 ? 'warn' : idle ? 'warn' : session.state === null ? 'dim' : 'good';
	const who = session.migration ? 'MIGRATION' : session.application || session.user || session.backendType || 'unknown';
	const spans: Line = [
		span(selected ? pointer : ' ', 'key'),
		span(padStart(String(session.pid), 7)),
		span(` ${padStart(seconds(age), 11)}`, (age ?? 0) > 60 ? 'warn' : 'plain'),
		span(`  ${pad(state, compact ? 16 : 20)} `, tone),
		...(compact && !session.migration ? [] : [span(compact ? 'MIGRATION ' : `${pad(printable(who), 18)} `, session.migration ? 'info' : 'plain')]),
		span((session.query ?? 'query not to be seen').replaceAll(/\s+/g, ' ').trim(), session.query === null ? 'dim' : 'plain'),
	];
	return selected && focused ? spans.map(({text}) => span(text, 'selected')) : spans;
}
