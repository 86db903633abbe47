/** The checklist as it was written, with its boxes ticked and the evidence under each item. */
import type {Evidence} from '../journal/shapes/evidence.ts';
import {satisfiedStates, type Item} from '../journal/shapes/item.ts';
import {bounded, codeSpan, commandLine, escapeHtml, escapeText, oneLine} from './escape.ts';
import {parseChecklist, type ChecklistItem} from './parse.ts';

/** Each of these lines is HTML for itself, by the comment that it begins with: what follows is Markdown again, without an empty line that would loosen the list. */
const begins = '<!-- holdpoint evidence --><details>';
const ends = '<!-- /holdpoint evidence --></details>';
const reportBegins = '<!-- holdpoint report -->';
const reportEnds = '<!-- /holdpoint report -->';

/**
 * The source byte for byte, except the boxes of the given items (ticked when satisfied, else empty)
 * and a marked, folded block of evidence under each that has any. What an earlier export added is replaced,
 * so that exporting an export changes nothing. Items are matched by id; others stay as they are.
 */
export function exportChecklist(markdown: string, items: readonly Item[]): string {
	const source = stripExport(markdown);
	const eol = /\r\n|\n|\r/.exec(source)?.[0] ?? '\n';
	const known = new Map(items.map(item => [item.id, item]));
	let written = '';
	let done = 0;
	const edits = parseChecklist(source).items.flatMap(place => {
		const item = known.get(place.id);
		return item ? editsOf(place, item, eol) : [];
	}).sort((one, other) => one.from - other.from);
	for (const edit of edits) {
		written += source.slice(done, edit.from) + (edit.text(source[edit.from]) ?? source.slice(edit.from, edit.to));
		done = edit.to;
	}
	return written + source.slice(done);
}

/** The document without what `exportChecklist` and `renderReport` added. Boxes stay as they are. */
export function stripExport(markdown: string): string {
	const withoutHead = markdown.startsWith(reportBegins)
		? markdown.replace(/^<!-- holdpoint report -->[\s\S]*?<!-- \/holdpoint report -->(?:\r\n|\n|\r){0,2}/, '')
		: markdown;
	return withoutHead.replace(/(?:\r\n|\n|\r)[ \t>]*<!-- holdpoint evidence -->[\s\S]*?[\r\n][ \t>]*<!-- \/holdpoint evidence -->(?:<\/details>)?(?=[\r\n]|$)/g, '');
}

/** A head for a report: marked, so that `stripExport` finds it again. `lines` are Markdown. */
export function wrapReportHead(lines: readonly string[], eol: string): string {
	return [reportBegins, '', ...lines, '', reportEnds, '', ''].join(eol);
}

interface Edit {
	from: number;
	to: number;
	/** What to write in place of the text there; undefined: leave it. */
	text: (there: string | undefined) => string | undefined;
}

function editsOf(place: ChecklistItem, item: Item, eol: string): Edit[] {
	const satisfied = satisfiedStates.has(item.state);
	const tick: Edit = {
		from: place.checkbox,
		to: place.checkbox + 1,
		text: there => /[xX]/.test(there ?? '') === satisfied ? undefined : satisfied ? 'x' : ' ',
	};
	const lines = describeItem(item);
	if (lines.length === 0) return [tick];
	const block = [`${begins}<summary>${escapeHtml(oneLine(summaryOf(item)))}</summary>`, ...lines, ends].map(line => eol + (line === '' ? place.indent.trimEnd() : place.indent + line)).join('');
	return [tick, {from: place.end, to: place.end, text: () => block}];
}

/** What is known of an item, in lines of Markdown; none for one that nobody has touched. */
function describeItem(item: Item): string[] {
	if (item.state === 'open' && !item.verdict && !item.stale && !item.by) return [];
	const who = item.by ? ` by ${escapeText(item.by)}` : '';
	const when = item.at ?? item.verdict?.at;
	const lines = [`- **${item.state}**${who}${when ? ` at ${escapeText(when)}` : ''}${item.sealed ? ', sealed' : ''}`];
	if (item.verdict) {
		const check = item.check ? `${codeSpan(item.check)} ` : '';
		lines.push(`- check ${check}**${item.verdict.status}** at ${escapeText(item.verdict.at)} in ${item.verdict.seconds.toFixed(1)} s: ${escapeText(item.verdict.summary)}`);
	}
	if (item.note) lines.push(`- ${item.state === 'waived' ? 'reason' : 'note'}: ${escapeText(item.note)}`);
	if (item.stale) lines.push(`- stale: ${escapeText(item.stale)}`);
	return [...lines, ...(item.verdict?.evidence ?? []).flatMap(evidence => [describeEvidence(evidence), ...bodyOf(evidence)])];
}

/** What is read while the rest is folded. */
function summaryOf({state, by, verdict, note, stale}: Item): string {
	return [`${state}${by ? ` by ${by}` : ''}`, stale ?? (state === 'attested' || state === 'waived' ? note : undefined) ?? verdict?.summary].filter(Boolean).join(': ');
}

/** In a `pre` nothing is Markdown: no fence, box, heading or comment of an output can mean anything. */
function bodyOf({body}: Evidence): string[] {
	return body?.trim() ? `<pre>${escapeHtml(bounded(body))}</pre>`.split('\n') : [];
}

function describeEvidence(evidence: Evidence): string {
	const facts = [
		evidence.command && codeSpan(commandLine(evidence.command)),
		evidence.exit === undefined ? undefined : `exit ${evidence.exit ?? 'unknown'}`,
		evidence.rows === undefined ? undefined : `${evidence.rows} rows`,
		evidence.path && codeSpan(evidence.path),
		evidence.sha256 && `sha256 ${codeSpan(evidence.sha256)}`,
	].filter(Boolean);
	return `- ${evidence.kind}: ${escapeText(evidence.title)}${facts.length > 0 ? `: ${facts.join(', ')}` : ''}`;
}
