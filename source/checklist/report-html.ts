/** The report of a run as one HTML page: it loads nothing, runs nothing, and reads with scripts switched off. */
import {blockSteps} from '../journal/block-steps.ts';
import {satisfiedStates} from '../journal/shapes/item.ts';
import type {RunState} from '../journal/shapes/run.ts';
import {stripExport} from './export.ts';
import {writeCharts, type Charts} from './html/charts.ts';
import {Html, html} from './html/html.ts';
import {time, writeBlock, writeItem} from './html/items.ts';
import {writeMarkdown} from './html/markdown.ts';
import {revisions, writeOutcome, writePreparation, writeSections, writeWarnings} from './html/run.ts';
import {style} from './html/style.ts';
import {parseChecklist} from './parse.ts';

/** `markdown` is the checklist that the run is pinned to; `charts`: what was recorded around its migrations. */
export function renderHtmlReport(state: RunState, markdown: string, charts: Charts | null = null): string {
	const {target} = state;
	const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Migration report: ${target.database} on ${target.host}</title><style>${new Html(style)}</style></head>
<body>
${writeHead(state)}
${writeWarnings(state)}
${writeSections(state.items)}
<h2>What was done</h2>
${state.actions.length > 0 ? state.actions.map(outcome => writeOutcome(outcome)) : html`<p>No action has ended.</p>`}${state.running ? html`<p class="note is-warn"><strong>${state.running.action} is running</strong> since ${time(state.running.startedAt)}, started by ${state.running.by}</p>` : ''}
${state.guardActs.length > 0 && html`<h3>What the guard did</h3><ul>${state.guardActs.map(act => html`<li>${time(act.at)}, ${act.rule}: ${act.reason}; <strong>${act.did}</strong></li>`)}</ul>`}
${charts && writeCharts(charts)}
${writePreparation(state)}
<h2>The checklist</h2>
${writeChecklist(state, stripExport(markdown))}
${writeRecord(state)}
</body></html>
`;
	return page.text;
}

function writeHead({target, run, state, outcome, from, to, startedAt, endedAt, items, counts, checklist, project}: RunState): Html {
	const environment = target.environment === 'unknown' ? 'unknown, treated as production' : target.environment;
	const satisfied = items.filter(item => satisfiedStates.has(item.state)).length;
	return html`<header><div class="head"><h1>Migration of ${target.database}</h1><span class="badge ${target.environment === 'unknown' ? 'production' : target.environment}">${environment}</span></div>
<p class="soft">${target.host}:${target.port}/${target.database} as ${target.role}, PostgreSQL ${target.serverVersion}</p>
<p><strong>${state === 'open' ? 'The run is still open.' : `${state}: ${outcome ?? ''}`}</strong></p>
<dl class="facts"><dt>path</dt><dd class="mono">${revisions(from)} → ${revisions(to)}</dd><dt>time</dt><dd>${time(startedAt)} to ${endedAt === undefined ? 'now' : time(endedAt)}</dd>
<dt>checklist</dt><dd>${satisfied} of ${counts.total} items satisfied: ${counts.passed} passed, ${counts.warned} warned, ${counts.attested} attested, ${counts.waived} waived, ${counts['not-applicable']} not applicable</dd>
<dt>run</dt><dd class="mono">${run}</dd><dt>server</dt><dd>system identifier <span class="mono">${target.systemIdentifier}</span>${target.timeline === undefined ? '' : `, timeline ${target.timeline}`}, URL from ${target.source}</dd><dt>project</dt><dd class="mono">${project}</dd><dt>follows</dt><dd>${checklist.title}, <span class="mono">sha256 ${checklist.sha256}</span></dd></dl></header>`;
}

function writeChecklist(state: RunState, markdown: string): Html {
	const {items, blocks} = parseChecklist(markdown);
	const known = new Map(state.items.map(item => [item.id, item]));
	const itemAt = new Map(items.map(({line, id}) => [line, known.get(id)]));
	const blockAt = new Map(blocks.map(({line, id}) => [line, state.blocks.find(block => block.id === id)]));
	return writeMarkdown(markdown, {
		item: (line, words, nested) => writeItem(itemAt.get(line), words, nested),
		block(line) {
			const block = blockAt.get(line);
			return block ? writeBlock(blockSteps(block, state)) : null;
		},
	});
}

function writeRecord({artifacts, log, seq, head, run}: RunState): Html {
	return html`<h2>The record</h2>
<details><summary>The last ${log.length} entries of the journal</summary><table>${log.map(({at, by, text, level}) => html`<tr><td class="soft right">${time(at)}</td><td>${by}</td><td class="${level === 'error' ? 'bad' : level === 'warning' ? 'warn' : ''}">${text}</td></tr>`)}</table></details>
<details><summary>${artifacts.length} kept artifacts with their hashes</summary><table>${artifacts.map(({what, path, sha256}) => html`<tr><td>${what}<br><span class="soft mono">${path}</span></td><td class="mono soft">${sha256}</td></tr>`)}</table></details>
<footer>${seq} events, head <span class="mono">${head}</span>. <code>holdpoint verify ${run} --head ${head}</code> proves that nothing was changed or cut off.</footer>`;
}
