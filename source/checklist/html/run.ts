/** The parts of the HTML report that tell of the run: sections, waivers, outcomes with their statements, the way back, backups, rehearsal. */
import {satisfiedStates, type Item} from '../../journal/shapes/item.ts';
import type {Outcome} from '../../journal/shapes/outcome.ts';
import type {RunState} from '../../journal/shapes/run.ts';
import {waysBack} from '../../journal/way-back.ts';
import {html, type Content, type Html} from './html.ts';
import {looks, time, type Tone} from './items.ts';

/** How far each section is, by its share of states. */
export function writeSections(items: readonly Item[]): Html {
	const sections = [...Map.groupBy(items, item => item.section.join(' / '))];
	return html`<table><tr><th>Section</th><th class="right">Satisfied</th><th>State</th></tr>${sections.map(([name, inside]) => {
		// What is open leaves its part of the bar empty.
		const tones = Map.groupBy(inside.filter(item => item.state !== 'open'), item => looks[item.state].tone);
		const order: Tone[] = ['good', 'info', 'soft', 'warn', 'bad'];
		const attention = inside.filter(item => !satisfiedStates.has(item.state) || item.state === 'waived' || item.state === 'warned');
		const words = [...Map.groupBy(attention, item => item.state)].map(([state, list]) => `${list.length} ${state}`).join(', ');
		const share = order.map(tone => html`<i class="${tone}" style="width:${(((tones.get(tone)?.length ?? 0) / inside.length) * 100).toFixed(2)}%"></i>`);
		return html`<tr><td>${name || 'no heading'}</td><td class="right">${inside.filter(item => satisfiedStates.has(item.state)).length} of ${inside.length}</td><td><div class="share">${share}</div><span class="soft">${words}</span></td></tr>`;
	})}</table>`;
}

/** Waivers and what is not satisfied: before everything else. */
export function writeWarnings({items}: RunState): Content {
	const waived = items.filter(item => item.state === 'waived');
	const open = items.filter(item => !satisfiedStates.has(item.state));
	return [
		waived.length > 0 && html`<div class="note is-warn"><p><strong>${waived.length} ${waived.length === 1 ? 'item was' : 'items were'} waived, not proven</strong></p><ul>${waived.map(item => html`<li><a href="#${item.id}">${item.text}</a>: ${item.note ?? 'no reason given'} <span class="soft">(${item.by ?? 'unknown'}, ${time(item.at)})</span></li>`)}</ul></div>`,
		open.length > 0 && html`<details><summary>${open.length} ${open.length === 1 ? 'item is' : 'items are'} not satisfied</summary><ul>${open.map(item => html`<li><a href="#${item.id}">${item.text}</a> <span class="soft">${item.state}${item.required ? '' : ', optional'}${item.stale ? `: ${item.stale}` : ''}</span></li>`)}</ul></details>`,
	];
}

/** What an action did, with its statements along its time. */
export function writeOutcome(outcome: Outcome): Html {
	const {action, status, reason, from, to, seconds, attempts, database, statements, guard, exit} = outcome;
	const facts = [`exit ${exit}`, `${seconds.toFixed(1)} s`, attempts > 1 ? `${attempts} attempts` : ''].filter(Boolean).join(', ');
	return html`<div class="note is-${exit === 0 ? 'good' : 'bad'}"><p><strong>${action} ${status}</strong>${action === 'upgrade' || action === 'downgrade' ? html` <span class="mono">${revisions(from)} → ${revisions(to)}</span>` : ''} <span class="soft">${facts}</span></p><p>${reason}</p>${
		action === 'upgrade' || action === 'downgrade' ? html`<p class="soft">database at <span class="mono">${revisions(database.version)}</span>, ${database.verified ? 'read back' : html`<strong class="bad">not read back</strong>`}</p>` : ''}${
		database.invalidIndexes.length > 0 ? html`<p class="bad">invalid indexes: ${database.invalidIndexes.join(', ')}</p>` : ''}${
		database.left.length > 0 ? html`<p class="bad">left behind: ${database.left.join('; ')}</p>` : ''}${guard.map(act => html`<p class="bad">guard, ${time(act.at)}, ${act.rule}: ${act.reason}; ${act.did}</p>`)}</div>${writeStatements(statements)}`;
}

/** Each statement at its place in the time that all took. */
function writeStatements(statements: Outcome['statements']): Content {
	if (statements.length === 0) return '';
	const total = statements.reduce((sum, each) => sum + each.seconds, 0) || 1;
	let begun = 0;
	return html`<table><tr><th class="right">Seconds</th><th class="lane">When</th><th>Statement</th></tr>${statements.map(({sql, seconds, revision, rows, sqlstate}) => {
		const left = (begun / total) * 100;
		begun += seconds;
		return html`<tr><td class="right">${seconds.toFixed(2)}</td><td class="lane"><span${sqlstate ? html` class="bad"` : ''} style="margin-left:${left.toFixed(2)}%;width:${((seconds / total) * 100).toFixed(2)}%"></span></td><td>${short(sql)} <span class="soft">${[revision, rows === undefined ? '' : `${rows} ${rows === 1 ? 'row' : 'rows'}`, sqlstate ? `failed with ${sqlstate}` : ''].filter(Boolean).join(', ')}</span></td></tr>`;
	})}</table>`;
}

/** Plan, approvals, way back, backups, rehearsal. */
export function writePreparation({plan, approvals, backups, rehearsal}: RunState): Content {
	const ways = waysBack({rehearsal, backups});
	return [
		html`<h2>Plan and approvals</h2>`,
		plan ? html`<dl class="facts"><dt>digest</dt><dd class="mono">${plan.digest}</dd><dt>SQL</dt><dd class="mono">sha256 ${plan.sqlSha256}</dd>${plan.commitPoints.map(point => html`<dt>commit point</dt><dd>after <code>${point.after}</code>: ${point.why}; a later failure leaves ${point.then}</dd>`)}</dl><table><tr><th>Revision</th><th>What it does</th></tr>${plan.revisions.map(({revision, doc}) => html`<tr><td><code>${revision}</code></td><td>${doc}</td></tr>`)}</table>` : html`<p>No plan was made.</p>`,
		approvals.length === 0 ? html`<p>No approvals.</p>` : html`<ul>${approvals.map(({by, signed, at, digest}) => html`<li>approved by <strong>${by}</strong>, ${signed ? 'signed' : 'claimed, not signed'}, ${time(at)}${digest === plan?.digest ? '' : html`, <span class="warn">of another plan</span> <span class="mono">${digest.slice(0, 16)}</span>`}</li>`)}</ul>`,
		html`<h2>The way back</h2><ul>${ways.map(({kind, seconds, loses}) => html`<li><strong>${kind}</strong>: ${seconds === undefined ? 'never measured' : `${seconds.toFixed(1)} s measured`}${loses ? `, loses ${loses}` : ''}</li>`)}</ul>`,
		backups.length > 0 && html`<h2>Backups</h2>${backups.map(backup => html`<dl class="facts"><dt>where</dt><dd class="mono">${backup.path}</dd><dt>what</dt><dd>${backup.format}, ${backup.tables} tables, ${backup.bytes} bytes, ${time(backup.finishedAt)}, WAL position ${backup.lsn ?? 'unknown'}</dd><dt>verified</dt><dd>${backup.verified.restore ? `restored and compared, ${backup.verified.restore.differences.length} differences` : backup.verified.read ? 'read in full' : backup.verified.list ? 'listed only' : 'not verified'}</dd>${backup.sha256 ? html`<dt>sha256</dt><dd class="mono">${backup.sha256}</dd>` : ''}</dl>`)}`,
		rehearsal && html`<h2>Rehearsal</h2><p><strong class="${rehearsal.ok ? 'good' : 'bad'}">${rehearsal.ok ? 'passed' : 'failed'}</strong> in ${rehearsal.seconds.toFixed(1)} s, of which ${rehearsal.restoreSeconds.toFixed(1)} s restoring, on ${rehearsal.basis}</p>${rehearsal.problems.length > 0 ? html`<ul>${rehearsal.problems.map(problem => html`<li class="bad">${problem}</li>`)}</ul>` : ''}<table><tr><th>Revision</th><th class="right">up, s</th><th class="right">down, s</th><th class="right">up again, s</th></tr>${rehearsal.revisions.map(({revision, up, down, again, ran}) => html`<tr><td><code>${revision}</code></td><td class="right">${up.toFixed(2)}</td><td class="right">${ran?.down === false ? 'did not run' : down.toFixed(2)}</td><td class="right">${ran?.again === false ? 'did not run' : again.toFixed(2)}</td></tr>`)}</table>`,
	];
}

/** Revisions by name; none is the empty database. */
export function revisions(ids: readonly string[]): string {
	return ids.join(', ') || 'base';
}

function short(sql: string): Html {
	const line = sql.replace(/\s+/g, ' ').trim();
	return line.length <= 140 ? html`<code>${line}</code>` : html`<details><summary class="mono">${line.slice(0, 140)}…</summary><pre>${sql}</pre></details>`;
}
