/** Items, blocks and their evidence as the HTML report shows them, at their place in the document. */
import type {BlockStep, StepState} from '../../journal/block-steps.ts';
import type {Evidence} from '../../journal/shapes/evidence.ts';
import type {Item, ItemState} from '../../journal/shapes/item.ts';
import {bounded, commandLine} from '../escape.ts';
import {html, type Content, type Html} from './html.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'soft';

export const looks: Record<ItemState, {mark: string; tone: Tone}> = {
	open: {mark: '☐', tone: 'soft'}, running: {mark: '»', tone: 'info'}, passed: {mark: '✓', tone: 'good'}, warned: {mark: '!', tone: 'warn'}, failed: {mark: '✗', tone: 'bad'}, errored: {mark: '✗', tone: 'bad'},
	attested: {mark: '✓', tone: 'info'}, waived: {mark: 'W', tone: 'warn'}, 'not-applicable': {mark: '–', tone: 'soft'}, stale: {mark: '~', tone: 'bad'},
};
const stepLooks: Record<StepState, {mark: string; tone: Tone}> = {open: looks.open, running: looks.running, done: looks.passed, failed: looks.failed, stale: looks.stale};
const evidenceCharacters = 40_000;

/** `2026-03-01 10:00:00 UTC`; what is no time is shown as it is. */
export function time(at: string | undefined): string {
	return at === undefined ? 'unknown' : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(at) ? `${at.slice(0, 10)} ${at.slice(11, 19)} UTC` : at;
}

/** An item of the document; undefined: the run knows nothing of it. */
export function writeItem(item: Item | undefined, words: Html, nested: Html): Html {
	const {mark, tone} = looks[item?.state ?? 'open'];
	const said = item && [
		item.by ? html` <span class="soft">by ${item.by}</span>` : '',
		item.required ? '' : html` <span class="soft">optional</span>`,
		item.stale ? html`<br><span class="bad">stale: ${item.stale}</span>` : '',
		item.note ? html`<br><span class="${item.state === 'waived' ? 'warn' : 'soft'}">${item.note}</span>` : '',
	];
	return html`<li id="${item?.id ?? ''}"><span class="mark ${tone}" title="${item?.state ?? 'unknown'}">${mark}</span>${words} <span class="badge ${tone}">${item?.state ?? 'unknown'}</span>${said}${item?.verdict ? details(item) : ''}${nested}</li>`;
}

function details({verdict, check, sealed, state}: Item): Content {
	const {summary, at, seconds, evidence} = verdict!;
	const other = verdict!.status === state ? '' : `${verdict!.status}: `;
	return html`<details><summary>${other}${summary}</summary><div class="evidence"><p class="soft">${check ? html`check <code>${check}</code>, ` : ''}${time(at)}, took ${seconds.toFixed(1)} s${sealed ? ', sealed when the action started' : ''}</p>${evidence.map(each => writeEvidence(each))}</div></details>`;
}

/** One piece of evidence with what was seen. */
export function writeEvidence({kind, title, command, exit, rows, path, sha256, body}: Evidence): Html {
	const facts = [exit === undefined ? '' : `exit ${exit ?? 'unknown'}`, rows === undefined ? '' : `${rows} ${rows === 1 ? 'row' : 'rows'}`].filter(Boolean).join(', ');
	return html`<p><span class="soft">${kind}</span> <strong>${title}</strong>${facts ? html` <span class="soft">${facts}</span>` : ''}</p>${
		command ? html`<p><code>${commandLine(command)}</code></p>` : ''}${path ? html`<p class="soft mono">${path}</p>` : ''}${sha256 ? html`<p class="soft mono">sha256 ${sha256}</p>` : ''}${
		body?.trim() ? html`<pre>${bounded(body, 400, evidenceCharacters)}</pre>` : ''}`;
}

/** A shell block as its lines with what stands for each. */
export function writeBlock(steps: readonly BlockStep[]): Html {
	return html`<ul class="items">${steps.map(({title, command, state, ran, summary, output}) => {
		const look = state === null ? {mark: '', tone: 'soft'} : stepLooks[state];
		return html`<li><span class="mark ${look.tone}">${look.mark}</span>${title ? html`<span class="soft"># ${title}</span>${command === null ? '' : html`<br>`}` : ''}${command === null ? '' : html`<code>${command}</code>`} ${state === null ? '' : html`<span class="badge ${look.tone}">${state === 'open' ? 'not yet' : state}</span>`}${
			ran === null ? '' : html`<details><summary>${summary}</summary><div class="evidence"><p class="soft">ran: ${ran}</p>${output?.trim() ? html`<pre>${bounded(output, 400, evidenceCharacters)}</pre>` : ''}</div></details>`}</li>`;
	})}</ul>`;
}
