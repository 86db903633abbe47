/** What is open for long: transactions, prepared ones, and the age of transaction ids with the VACUUM that it forces. */
import type {ActiveSession, Sample} from '../../../journal/shapes/sample.ts';
import {count, lasting, plural} from '../../parts/figures.ts';
import {flow} from '../../parts/flow.ts';
import {line, span, type Line} from '../../parts/line.ts';
import {pad, padStart, printable} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import type {Space} from '../panel.ts';
import {shortWho, whoIs} from './sessions.ts';
import {fitsFilter, seesOthers} from './state.ts';
import type {ViewContent} from './view-content.ts';

/** Longer than any that a web application should have. */
const longSeconds = 60;

export function transactionView(state: ConsoleState, sample: Sample, {width, focused}: Space): ViewContent {
	const byPid = new Map(sample.active.map(session => [session.pid, session]));
	const open = state.pidOrder.flatMap(pid => byPid.get(pid) ?? []).filter(session => session.transactionSeconds !== null && fitsFilter(session, state.filters.live));
	const before = [...preparedLines(sample, width), ...wraparoundLines(sample, width)];
	const cursor = open.findIndex(({pid}) => pid === state.pid);
	return {
		lines: [
			...before,
			open.length === 0 ? line(seesOthers(sample) ? ' no transaction is open' : ' no transaction of this role is open; those of other roles are not to be seen', 'dim') : line(` ${padStart('pid', 7)} ${padStart('open for', 8)} ${padStart('holds back', 11)}  ${pad('state', 20)} ${pad('who', width < 100 ? 11 : 22)} query`, 'dim'),
			...open.map((session, index) => transactionLine(session, {width, pointer: index === cursor ? state.glyphs.pointer : ' ', selected: index === cursor && focused})),
		],
		...(cursor >= 0 && {cursor: before.length + 1 + cursor}),
	};
}

/** Whether anything here deserves a look. */
export function hasOldTransactions(sample: Sample): boolean {
	return sample.active.some(session => (session.transactionSeconds ?? 0) > longSeconds && !session.migration) || (sample.prepared?.length ?? 0) > 0 || wraparounds(sample).length > 0 || isAgeing(sample);
}

function transactionLine(session: ActiveSession, {width, pointer, selected}: {width: number; pointer: string; selected: boolean}): Line {
	const age = session.transactionSeconds;
	const spans: Line = [
		span(pointer, 'key'), span(padStart(String(session.pid), 7)), span(` ${padStart(lasting(age), 8)}`, (age ?? 0) > longSeconds ? 'warn' : 'plain'), span(` ${padStart(session.xminAge === undefined ? '' : session.xminAge === null ? 'unknown' : plural(session.xminAge, 'xid'), 11)}`, 'dim'),
		span(`  ${pad(session.state ?? 'not to be seen', 20)} `), span(width < 100 ? `${pad(printable(shortWho(session)), 11)} ` : `${pad(printable(whoIs(session)), 22)} `, session.migration ? 'info' : 'plain'),
		span((session.query ?? 'query not to be seen').replaceAll(/\s+/g, ' ').trim(), 'dim'),
	];
	return selected ? spans.map(({text}) => span(text, 'selected')) : spans;
}

function preparedLines({prepared}: Sample, width: number): Line[] {
	return (prepared ?? []).flatMap(({gid, owner, database, seconds: since, xidAge}) => flow([
		span('prepared ', 'warn'), span(gid, 'strong'), span(`  by ${owner} in ${database}, ${lasting(since)} ago, ${count(xidAge)} xids old`), span('  keeps its locks until COMMIT PREPARED or ROLLBACK PREPARED', 'dim'),
	], {width}));
}

function wraparoundLines(sample: Sample, width: number): Line[] {
	const {wraparound} = sample;
	const running = wraparounds(sample);
	return [
		...(wraparound ? flow([
			span('transaction ids  ', 'dim'), span(`the oldest are ${count(wraparound.xidAge)} old, in ${wraparound.database}`, isAgeing(sample) ? 'warn' : 'plain'),
			span(`; from ${count(wraparound.freezeAge)} on VACUUM is forced (${Math.floor(wraparound.xidAge / wraparound.freezeAge * 100)} %)`, 'dim'),
		], {width}) : []),
		...running.map(({pid, query, seconds: since}) => line(` pid ${pid} runs ${query} for ${lasting(since)}: it gives way to nobody, and DDL on its table waits`, 'warn')),
		...(running.length > 0 ? [line(`   ${plural(running.length, 'VACUUM')} to prevent wraparound: wait for the end rather than cancel, or it begins again`, 'dim')] : []),
	];
}

const wraparounds = (sample: Sample): ActiveSession[] => sample.active.filter(({backendType, query}) => backendType === 'autovacuum worker' && (query?.includes('(to prevent wraparound)') ?? false));

const isAgeing = ({wraparound}: Sample): boolean => wraparound !== undefined && wraparound.xidAge > wraparound.freezeAge * 0.9;
