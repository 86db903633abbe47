/** Findings as a compiler tells them: the line, a caret, why, and what to do. */
import path from 'node:path';
import type {Finding, Level, Review} from '../finding.ts';

const colours: Record<Level | 'dim' | 'bold', [number, number]> = {error: [31, 39], warning: [33, 39], info: [36, 39], dim: [2, 22], bold: [1, 22]};

/** @param options.color escape codes for a terminal. `options.compact`: without why and fix. */
export function formatPretty(review: Review, {color = false, compact = false}: {color?: boolean; compact?: boolean} = {}): string {
	const paint = (kind: keyof typeof colours, text: string) => color ? `\u001B[${colours[kind][0]}m${text}\u001B[${colours[kind][1]}m` : text;
	const blocks = review.findings.map(finding => formatFinding(finding, paint, compact));
	const notes = (review.notes ?? []).map(note => paint('dim', `note: ${printable(note)}`));
	return `${[...blocks, [...notes, summarise(review)].join('\n')].join('\n\n')}\n`;
}

/** Such as `12 statements reviewed: 1 error, 2 warnings, 0 infos; 1 suppressed`. */
export function summarise({statements, counts, suppressed}: Review): string {
	const silenced = suppressed > 0 ? `; ${suppressed} suppressed` : '';
	return `${count(statements, 'statement')} reviewed: ${count(counts.error, 'error')}, ${count(counts.warning, 'warning')}, ${count(counts.info, 'info')}${silenced}`;
}

function formatFinding(finding: Finding, paint: (kind: keyof typeof colours, text: string) => string, compact: boolean): string {
	const lines = [`${paint(finding.level, `${finding.level}[${finding.rule}]`)} ${paint('bold', printable(finding.message))}`];
	const gutter = String(finding.line).length;
	const origin = finding.origin && finding.file === undefined ? `${path.basename(finding.origin.file)}:${finding.origin.line}` : undefined;
	const from = [finding.revision === undefined ? undefined : `revision ${finding.revision}`, origin].filter(Boolean).join(', ');
	lines.push(`${' '.repeat(gutter)}--> ${printable(finding.file ?? 'SQL')}:${finding.line}:${finding.column}${from && ` (${printable(from)})`}`);
	if (finding.source !== undefined) {
		const source = printable(finding.source);
		lines.push(`${finding.line} | ${source}`);
		// A tab before the caret stays a tab, so that the caret stands where the terminal put the word.
		const before = [...source].slice(0, finding.column - 1).map(char => char === '\t' ? '\t' : ' ').join('');
		if (finding.column <= 300) lines.push(`${' '.repeat(gutter)} | ${before}${paint(finding.level, '^')}`);
	}
	if (finding.lock !== undefined) lines.push(`  ${paint('dim', 'lock:')} ${finding.lock} on ${printable(finding.table ?? '')}${finding.measured ? ' (measured)' : ''}`);
	if (!compact) {
		lines.push(`  ${paint('dim', 'why:')} ${finding.why}`);
		lines.push(`  ${paint('dim', 'fix:')} ${printable(finding.fix).replaceAll('\n', '\n       ')}`);
	}
	return lines.join('\n');
}

/** Control characters of a script must not reach the terminal. */
function printable(text: string): string {
	return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '\uFFFD');
}

function count(number: number, word: string): string {
	return `${number.toLocaleString('en-US')} ${word}${number === 1 ? '' : 's'}`;
}
