/** How the review looks: the findings first, then the SQL with a margin that marks them. */
import type {Finding} from '../../../journal/shapes/review.ts';
import {plural} from '../../parts/figures.ts';
import {line, span, type Line, type Span, type Tone} from '../../parts/line.ts';
import {wrap} from '../../parts/printable.ts';
import {highlight} from '../../parts/sql.ts';
import type {Panel} from '../panel.ts';
import {bySeverity, reviewedLines} from './state.ts';

const toneOf: Record<Finding['level'], Tone> = {error: 'bad', warning: 'warn', info: 'info'};
const markOf: Record<Finding['level'], string> = {error: 'E', warning: 'W', info: 'i'};

export const reviewPanel: Panel = {
	id: 'review',
	title(state) {
		if (!state.review) return [span('SQL review', 'title')];
		const {counts, statements, suppressed} = state.review.review;
		return [
			span('SQL review', 'title'), span(`  ${plural(statements, 'statement')}: `, 'dim'),
			span(plural(counts.error, 'error'), counts.error > 0 ? 'bad' : 'dim'), span(', ', 'dim'),
			span(plural(counts.warning, 'warning'), counts.warning > 0 ? 'warn' : 'dim'), span(`, ${plural(counts.info, 'note')}, ${suppressed} suppressed`, 'dim'),
		];
	},
	needs: state => [state.review, state.activities.review],
	content(state, {width}) {
		const activity = state.activities.review;
		if (!state.review) return {lines: [line(activity && !activity.done ? ` ${activity.text}` : ' s reviews the SQL of the pending revisions; it is shown here.', 'dim')]};
		const {review} = state.review;
		return {
			lines: [
				...(review.findings.length === 0 ? [line(' Nothing was found against it.', 'good')] : bySeverity(review.findings).flatMap(finding => findingLines(finding, width))),
				[],
				...reviewedLines(state.review).flatMap(reviewed => sqlLines(reviewed, width)),
			],
		};
	},
};

function findingLines(finding: Finding, width: number): Line[] {
	const place = [finding.revision, `line ${finding.line}`, finding.table, finding.lock && `takes ${finding.lock}`, finding.measured ? 'measured' : ''].filter(Boolean).join(', ');
	return [
		[span(` ${finding.level} `, toneOf[finding.level]), span(finding.rule, 'strong'), span(`  ${place}`, 'dim')],
		...wrap(finding.message, width - 4).map(row => line(`   ${row}`)),
		...wrap(`fix: ${finding.fix}`, width - 4).map(row => line(`   ${row}`, 'good')),
	];
}

function sqlLines({number, text, findings}: {number: number; text: string; findings: Finding[]}, width: number): Line[] {
	const worst = bySeverity(findings)[0];
	const margin: Span[] = worst ? [span(` ${markOf[worst.level]} `, toneOf[worst.level])] : [span('   ')];
	return [
		[...margin, span(`${String(number).padStart(4)}  `, 'dim'), ...highlight(text)],
		...bySeverity(findings).flatMap(finding => wrap(`${finding.rule}: ${finding.message}`, Math.max(20, width - 12)).map(row => line(`         ^ ${row}`, toneOf[finding.level]))),
	];
}
