/** How the review looks: the SQL with what each statement locks and how large that is, the findings in its margin. */
import type {Finding, StatementLook} from '../../../journal/shapes/review.ts';
import {bytes, count, plural, seconds} from '../../parts/figures.ts';
import {fit, line, span, spread, widthOfLine, type Line, type Span, type Tone} from '../../parts/line.ts';
import {wrap} from '../../parts/printable.ts';
import {highlight} from '../../parts/sql.ts';
import type {ConsoleState} from '../../state.ts';
import type {Panel} from '../panel.ts';
import {bySeverity, reviewRows, type ReviewRow} from './state.ts';

const toneOf: Record<Finding['level'], Tone> = {error: 'bad', warning: 'warn', info: 'info'};
const markOf: Record<Finding['level'], string> = {error: 'E', warning: 'W', info: 'i'};
/** Cursor, mark and line number. */
const margin = 8;

export const reviewPanel: Panel = {
	id: 'review',
	title(state) {
		if (!state.review) return [span('SQL review', 'title')];
		if (state.review.unreviewed) return [span('SQL review', 'title'), span('  the SQL of the plan; it was not reviewed at this moment', 'warn')];
		const {counts, suppressed} = state.review.review;
		return [
			span('SQL review', 'title'), span('  ', 'dim'), ...levelSpans(counts), ...(suppressed > 0 ? [span(`, ${suppressed} silenced`, 'dim')] : []),
			// What was on somebody's screen then is not recorded.
			span(state.replay ? '' : `  ${shareRead(state)}`, 'dim'),
		];
	},
	needs: state => [state.review, state.replay === null, state.reviewLook, state.opened, state.activities.review, state.run?.items],
	content(state, {width, focused}) {
		const activity = state.activities.review;
		if (!state.review) return {lines: [line(activity && !activity.done ? ` ${activity.text}` : state.replay ? ' at this moment of the run there was no plan whose SQL is kept' : ' s reviews the SQL of the pending revisions; it is shown here.', 'dim')]};
		const rows = reviewRows(state.review, state.reviewLook.folded);
		const at = Math.max(0, rows.findIndex(row => row.key === state.reviewLook.at));
		const lines: Line[] = [];
		let cursorRow = 0;
		for (const [index, row] of rows.entries()) {
			if (index === at) cursorRow = lines.length;
			for (const each of linesOf(state, row, width)) lines.push(each);
		}
		if (focused && lines[cursorRow]) lines[cursorRow] = [span(state.glyphs.pointer, 'selected'), ...lines[cursorRow]!.slice(1)];
		return {head: headOf(state, width), lines, cursorRow};
	},
};

/** What holds for the review as a whole. */
export function headOf({review}: ConsoleState, width: number): Line[] {
	return (review!.review.notes ?? []).flatMap(note => wrap(note, width - 2).map(row => line(` ${row}`, 'dim')));
}

/** Which line of the SQL each row of the panel shows; null where it shows another thing. */
export function shownLines(state: ConsoleState, width: number): (number | null)[] {
	return reviewRows(state.review!, state.reviewLook.folded).flatMap(row => linesOf(state, row, width).map(() => (row.kind === 'sql' ? row.number : null)));
}

/** A row looks the same until it is opened or the terminal is another one; there may be ten thousand, and a key waits for all. */
const drawn = new WeakMap<ReviewRow, {width: number; open: boolean; glyphs: ConsoleState['glyphs']; lines: Line[]}>();

/** The lines of a row, behind a place for the cursor. */
function linesOf({opened, glyphs}: ConsoleState, row: ReviewRow, width: number): Line[] {
	const open = opened.has(row.key);
	const last = drawn.get(row);
	if (last && last.width === width && last.open === open && last.glyphs === glyphs) return last.lines;
	const lines = rowLines(row, {width, open, glyphs}).map((spans): Line => [span(' '), ...spans]);
	drawn.set(row, {width, open, glyphs, lines});
	return lines;
}

/** `read 12 of 18 statements`; attesting says the same. */
export function shareRead({review, reviewLook}: Pick<ConsoleState, 'review' | 'reviewLook'>): string {
	return review ? `read ${count(reviewLook.read.size)} of ${plural(review.statements.length, 'statement')}` : 'not reviewed here yet';
}

function rowLines(row: ReviewRow, {width, open, glyphs}: {width: number; open: boolean; glyphs: ConsoleState['glyphs']}): Line[] {
	switch (row.kind) {
		case 'revision': return [[span(`${row.folded ? glyphs.folded : glyphs.unfolded} ${row.revision}`, 'title'), span(row.unreviewed ? '' : `  ${plural(row.statements, 'statement')}  `, 'dim'), ...(row.unreviewed ? [] : row.findings.length === 0 ? [span('nothing against it', 'good')] : levelSpans(countLevels(row.findings)))]];
		case 'finding': return findingLines(row.finding, {width, open});
		default: return sqlLines(row, width);
	}
}

function sqlLines({number, text, statement, findings}: ReviewRow & {kind: 'sql'}, width: number): Line[] {
	const worst = findings[0];
	const left: Line = [worst ? span(`${markOf[worst.level]} `, toneOf[worst.level]) : span('  '), span(`${String(number).padStart(4)} `, 'dim'), ...highlight(text)];
	const facts = statement ? factsOf(statement) : [];
	if (facts.length === 0) return [left];
	const right: Line = [span('  '), ...facts];
	const room = width - 1;
	if (widthOfLine(left) + widthOfLine(right) <= room) return [spread(left, right, room)];
	return [left, fit([span(' '.repeat(margin - 1)), ...facts], {width: room, ascii: false})];
}

/** `ACCESS EXCLUSIVE orders  1,200,340 rows, 212 MB  2.1 s`. */
function factsOf({locks, rows, bytes: size, seconds: took}: StatementLook): Span[] {
	if (locks.length === 0) return [];
	const [first, ...more] = locks as [StatementLook['locks'][number], ...StatementLook['locks']];
	return [
		span(first.mode, lockTone(first.mode)), span(` ${first.table}${more.length > 0 ? ` and ${more.length} more` : ''}`),
		span(rows === null && size === null ? '' : `  ${rows === null ? 'rows unknown' : `${count(rows)} rows`}, ${bytes(size)}`, 'dim'),
		...(took === undefined ? [] : [span(`  ${took === null ? 'not measured' : `${seconds(took)} measured`}`, 'info')]),
	];
}

/** Readers kept out, writers kept out, nobody kept out. */
function lockTone(mode: string): Tone {
	if (mode === 'ACCESS EXCLUSIVE') return 'bad';
	return ['EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'SHARE'].includes(mode) ? 'warn' : 'good';
}

function findingLines(finding: Finding, {width, open}: {width: number; open: boolean}): Line[] {
	const inner = Math.max(20, width - margin - 3);
	const indent = ' '.repeat(margin + 1);
	const place = finding.file === undefined ? '' : `${finding.file.split('/').at(-1)}:${finding.line}: `;
	const [first = '', ...rest] = wrap(`${place}${finding.message}${finding.measured ? ' (measured)' : ''}`, inner);
	const more = (label: string, text: string, tone: Tone): Line[] => text.split('\n').flatMap((part, index) => wrap(index === 0 ? `${label}: ${part}` : part, inner).map(row => line(`${indent}${row}`, tone)));
	return [
		[span(`${' '.repeat(margin - 1)}${markOf[finding.level]} `, toneOf[finding.level]), span(first, toneOf[finding.level])],
		...rest.map(row => line(`${indent}${row}`, toneOf[finding.level])),
		...(open ? [line(`${indent}${finding.rule}`, 'strong'), ...more('why', finding.why, 'plain'), ...more('fix', finding.fix, 'good')] : []),
	];
}

function countLevels(findings: readonly Finding[]): Record<Finding['level'], number> {
	const counts = {error: 0, warning: 0, info: 0};
	for (const {level} of bySeverity(findings)) counts[level]++;
	return counts;
}

function levelSpans({error, warning, info}: Record<Finding['level'], number>): Span[] {
	return [
		span(plural(error, 'error'), error > 0 ? 'bad' : 'dim'), span(', ', 'dim'), span(plural(warning, 'warning'), warning > 0 ? 'warn' : 'dim'),
		span(`, ${plural(info, 'note')}`, 'dim'),
	];
}
