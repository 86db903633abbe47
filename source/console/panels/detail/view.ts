/** How an item, its verdict and its evidence look. */
import type {Evidence} from '../../../journal/shapes/evidence.ts';
import type {Item} from '../../../journal/shapes/item.ts';
import {ago, plural, seconds} from '../../parts/figures.ts';
import {line, span, type Line, type Tone} from '../../parts/line.ts';
import {wrap} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import type {BlockStep} from '../../../journal/block-steps.ts';
import {itemStateOf, toneOfState, type Glyphs} from '../../theme.ts';
import type {Panel} from '../panel.ts';
import {detailOf} from './state.ts';

export const detailPanel: Panel = {
	id: 'detail',
	title: () => [span('Detail and evidence', 'title')],
	needs: state => [state.run?.items, state.run?.blocks, state.run?.actions, state.run?.running, state.cursor, state.now - (state.now % 60_000)],
	content(state, {width}) {
		const detail = detailOf(state);
		if (detail.kind === 'nothing') return {lines: [line(' Move with the arrows; Enter runs a check.', 'dim')]};
		if (detail.kind === 'item') return {lines: itemLines(detail.item, {width: width - 1, state}).map(row => [span(' '), ...row])};
		if (detail.kind === 'step') return {lines: stepLines(detail.step, {width: width - 1, glyphs: state.glyphs}).map(row => [span(' '), ...row])};
		const lines = [
			...text(detail.title, width - 1, 'strong'),
			detail.counts.flatMap(({state: itemState, count}) => [span(`${count} ${itemState}   `, toneOfState[itemState])]),
			[],
			...detail.items.filter(item => ['failed', 'errored', 'stale', 'warned'].includes(item.state)).flatMap(item => [
				...text(`${state.glyphs.marks[item.state]} ${item.text}`, width - 1, toneOfState[item.state]),
				...text(`  ${item.stale ?? item.verdict?.summary ?? ''}`, width - 1, 'dim'),
			]),
		];
		return {lines: lines.map(row => [span(' '), ...row])};
	},
};

function itemLines(item: Item, {width, state}: {width: number; state: ConsoleState}): Line[] {
	return [
		...text(item.text, width, 'strong'),
		[span(`${state.glyphs.marks[item.state].trim() || '-'} ${item.state}`, toneOfState[item.state]), span(item.at ? `, ${ago(item.at, state.now)}` : '', 'dim'), span(item.sealed ? ', sealed' : '', 'dim'), span(item.required ? '' : ', optional', 'dim')],
		...(item.holds.length > 0 ? [line(`needed before ${item.holds.join(' and ')}`, 'dim')] : []),
		...(item.stale ? text(`stale: ${item.stale}`, width, 'warn') : []),
		...wordLines(item, width),
		...verdictLines(item, {width, glyphs: state.glyphs, now: state.now}),
		...howLines(item, width),
	];
}

function stepLines({command, title, state, ran, summary, output, starts}: BlockStep, {width, glyphs}: {width: number; glyphs: Glyphs}): Line[] {
	const item = state === null ? null : itemStateOf[state];
	const what = starts?.kind === 'action' ? `! starts ${starts.action}, which asks first` : starts?.kind === 'check' ? '! runs this check' : state === 'running' ? '! ends the block, after asking' : '! runs the whole block, after showing its text';
	return [
		...text(command ?? `# ${title}`, width, 'strong'),
		...(command !== null && title !== null ? text(`# ${title}`, width, 'dim') : []),
		...(item === null ? [] : [[span(`${glyphs.marks[item].trim() || '-'} ${state === 'open' ? 'not yet' : state}`, toneOfState[item])]]),
		...(ran === null ? [] : text(`ran  ${ran}`, width, 'info')),
		...text(summary, width, state === 'failed' ? 'bad' : state === 'stale' ? 'warn' : 'plain'),
		...(output === null ? [] : [[], ...wrap(output.trimEnd(), width - 2).map(row => [span(glyphs.pipe, 'dim'), span(row)])]),
		...(starts === null ? [] : [[], ...text(what, width, 'dim')]),
	];
}

function wordLines(item: Item, width: number): Line[] {
	return item.by || item.note ? text(`${item.by ?? 'unknown'}: ${item.note ?? ''}`, width, item.state === 'waived' ? 'warn' : 'good') : [];
}

function verdictLines(item: Item, {width, glyphs, now}: {width: number; glyphs: Glyphs; now: number}): Line[] {
	const {verdict} = item;
	if (!verdict) return [];
	return [
		...text(verdict.summary, width, verdict.status === 'passed' || verdict.status === 'not-applicable' ? 'plain' : toneOfState[verdict.status]),
		line(`seen ${ago(verdict.at, now)}, took ${seconds(verdict.seconds)}`, 'dim'),
		...verdict.evidence.flatMap(evidence => evidenceLines(evidence, {width, glyphs})),
	];
}

function evidenceLines(evidence: Evidence, {width, glyphs}: {width: number; glyphs: Glyphs}): Line[] {
	const facts = [
		evidence.exit === undefined ? '' : `exit ${evidence.exit ?? 'unknown'}`,
		evidence.rows === undefined ? '' : plural(evidence.rows, 'row'),
		evidence.sha256 ? `sha256 ${evidence.sha256.slice(0, 12)}` : '',
	].filter(fact => fact !== '').join(', ');
	return [
		[],
		[span(`${evidence.kind}  `, 'info'), span(evidence.title, 'strong'), span(facts ? `  ${facts}` : '', 'dim')],
		...(evidence.command ? text(`$ ${evidence.command.join(' ')}`, width, 'dim') : []),
		...(evidence.path ? text(evidence.path, width, 'dim') : []),
		...(evidence.body ? wrap(evidence.body.trimEnd(), width - 2).map(row => [span(glyphs.pipe, 'dim'), span(row)]) : []),
	];
}

/** What can be done about it, by its keys. */
function howLines(item: Item, width: number): Line[] {
	const ways = [item.check ? `Enter runs ${item.check}` : 'no check is bound to it', 't attests it', 'w waives it'];
	return [[], ...text(ways.join(', '), width, 'dim')];
}

function text(words: string, width: number, tone: Tone): Line[] {
	return wrap(words, width).map(row => line(row, tone));
}
