/** The report of a run in Markdown: what was done to which database, then the ticked checklist. */
import {satisfiedStates} from '../journal/shapes/item.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {RunState} from '../journal/shapes/run.ts';
import {waysBack} from '../journal/way-back.ts';
import {codeSpan, escapeText} from './escape.ts';
import {exportChecklist, stripExport, wrapReportHead} from './export.ts';

/** Head section and exported checklist. `markdown` is the checklist that the run is pinned to. */
export function renderReport(state: RunState, markdown: string): string {
	const source = stripExport(markdown);
	const eol = /\r\n|\n|\r/.exec(source)?.[0] ?? '\n';
	const sections = [headOf(state), waiversOf(state), openItemsOf(state), actionsOf(state), guardOf(state), wayBackOf(state), backupsOf(state), rehearsalOf(state), blocksOf(state), artifactsOf(state), recordOf(state)];
	return wrapReportHead(sections.filter(lines => lines.length > 0).flatMap((lines, at) => at === 0 ? lines : ['', ...lines]), eol) + exportChecklist(source, state.items);
}

function headOf(state: RunState): string[] {
	const {target, counts} = state;
	const attached = [...new Set(state.consoles.map(console => console.name))];
	const satisfied = state.items.filter(item => satisfiedStates.has(item.state)).length;
	return [
		`# Migration report: ${escapeText(target.database)} on ${escapeText(target.host)}`,
		'',
		`- run: ${codeSpan(state.run)}, ${state.state}${state.outcome ? `: ${escapeText(state.outcome)}` : ''}`,
		`- target: ${codeSpan(`${target.host}:${target.port}/${target.database}`)} as ${codeSpan(target.role)}, ${target.environment === 'unknown' ? 'environment unknown, treated as production' : target.environment}`,
		`- server: PostgreSQL ${escapeText(target.serverVersion)}, system identifier ${codeSpan(target.systemIdentifier)}${target.timeline === undefined ? '' : `, timeline ${target.timeline}`}, URL from ${escapeText(target.source)}`,
		`- path: ${revisions(state.from)} → ${revisions(state.to)}`,
		`- time: ${state.startedAt} to ${state.endedAt ?? 'now (still open)'}`,
		`- attached: ${attached.length > 0 ? attached.map(name => escapeText(name)).join(', ') : 'nobody at the moment'}`,
		`- plan: ${state.plan ? `digest ${codeSpan(state.plan.digest)}, SQL sha256 ${codeSpan(state.plan.sqlSha256)}` : 'none made'}`,
		...approvalsOf(state),
		`- checklist: ${escapeText(state.checklist.title)}, sha256 ${codeSpan(state.checklist.sha256)}; ${satisfied} of ${counts.total} items satisfied (${counts.passed} passed, ${counts.warned} warned, ${counts.attested} attested, ${counts.waived} waived, ${counts['not-applicable']} not applicable)`,
	];
}

/** What nobody has proven stands before what was done. */
function waiversOf(state: RunState): string[] {
	const waived = state.items.filter(item => item.state === 'waived');
	if (waived.length === 0) return [];
	return ['## Waived, not proven', '', ...waived.map(item => `- **${escapeText(item.text)}**: waived by ${escapeText(item.by ?? 'unknown')} at ${item.at ?? 'unknown'}: ${escapeText(item.note ?? 'no reason given')}`)];
}

/** Approvals of other digests than the plan's are kept apart: they approve nothing that ran. */
function approvalsOf(state: RunState): string[] {
	if (state.approvals.length === 0) return ['- approvals: none'];
	return state.approvals.map(approval => {
		const current = approval.digest === state.plan?.digest ? '' : `, of another plan (${codeSpan(approval.digest)})`;
		return `- approved by ${escapeText(approval.by)}, ${approval.signed ? 'signed' : 'claimed, not signed'}, at ${approval.at}${current}`;
	});
}

function actionsOf(state: RunState): string[] {
	const lines = state.actions.map(outcome => describeOutcome(outcome));
	if (state.running) lines.push(`- **${state.running.action} is running** since ${state.running.startedAt}, started by ${escapeText(state.running.by)}`);
	return ['## Actions', '', ...(lines.length > 0 ? lines : ['- none'])];
}

function describeOutcome(outcome: Outcome): string {
	const {database} = outcome;
	const moves = outcome.action === 'upgrade' || outcome.action === 'downgrade';
	const facts = [
		`exit ${outcome.exit}`,
		`${outcome.seconds.toFixed(1)} s`,
		outcome.attempts > 1 ? `${outcome.attempts} attempts` : '',
		moves ? `database at ${revisions(database.version)} ${database.verified ? '(read back)' : '(**not read back**)'}` : '',
		database.invalidIndexes.length > 0 ? `invalid indexes: ${database.invalidIndexes.map(name => codeSpan(name)).join(', ')}` : '',
		database.left.length > 0 ? `left behind: ${database.left.map(text => escapeText(text)).join('; ')}` : '',
	].filter(Boolean);
	return `- **${outcome.action} ${outcome.status}**${moves ? ` ${revisions(outcome.from)} → ${revisions(outcome.to)}` : ''}: ${escapeText(outcome.reason)} (${facts.join(', ')})`;
}

function wayBackOf({rehearsal, backups, restorePoint}: RunState): string[] {
	return ['## The way back', '', ...waysBack({rehearsal, backups, restorePoint}).map(({kind, to, seconds, loses}) => `- ${kind}${to === undefined ? '' : ` to the restore point ${codeSpan(to)}`}: ${seconds === undefined ? 'never measured' : `${seconds.toFixed(1)} s measured`}${loses ? `, loses ${escapeText(loses)}` : ''}`)];
}

/** Blocks of the user's own; the others are in the actions and checks that stand for them. */
function blocksOf({blocks}: RunState): string[] {
	const ran = blocks.filter(({run}) => run !== undefined);
	if (ran.length === 0) return [];
	return ['## Blocks given to bash', '', ...ran.map(({id, sha256, run}) => `- ${codeSpan(id)} **${run!.state}** by ${escapeText(run!.by)} at ${run!.startedAt}${run!.seconds === undefined ? '' : ` in ${run!.seconds.toFixed(1)} s`}: ${escapeText(run!.stale ?? run!.reason ?? 'still running')}, text sha256 ${codeSpan(sha256)}${run!.evidence?.path ? `, output ${codeSpan(run!.evidence.path)}` : ''}`)];
}

function backupsOf(state: RunState): string[] {
	if (state.backups.length === 0) return [];
	return ['## Backups', '', ...state.backups.map(backup => {
		const {verified} = backup;
		const grade = verified.restore ? `restored and compared (${verified.restore.differences.length} differences)` : verified.read ? 'read in full' : verified.list ? 'listed only' : 'not verified';
		const hash = backup.sha256 ? `, sha256 ${codeSpan(backup.sha256)}` : backup.manifest ? `, hashes in ${codeSpan(backup.manifest)}` : '';
		const size = backup.format === 'external' ? `taken by ${escapeText(backup.tool ?? 'another tool')}` : `${backup.format}${backup.source ? ` from the standby ${codeSpan(`${backup.source.host}:${backup.source.port}`)}` : ''}, ${backup.bytes} bytes, ${backup.tables} tables`;
		const globals = backup.globals ? `, roles ${backup.globals.path === null ? 'not backed up' : `in ${codeSpan(backup.globals.path)}`}` : '';
		const archived = backup.archived ? `, a forced WAL switch ${backup.archived.why === null ? `archived after ${backup.archived.seconds?.toFixed(1) ?? '?'} s` : `not archived: ${escapeText(backup.archived.why)}`}` : '';
		return `- ${codeSpan(backup.path)}, ${size}, finished ${backup.finishedAt}, WAL position ${backup.lsn ?? 'unknown'}, ${grade}${hash}${globals}${archived}`;
	})];
}

function rehearsalOf({rehearsal}: RunState): string[] {
	if (!rehearsal) return [];
	const problems = rehearsal.problems.map(problem => `- ${escapeText(problem)}`);
	return ['## Rehearsal', '', `- **${rehearsal.ok ? 'passed' : 'failed'}** in ${rehearsal.seconds.toFixed(1)} s, on ${escapeText(rehearsal.basis)}`, ...problems];
}

function guardOf(state: RunState): string[] {
	if (state.guardActs.length === 0) return [];
	return ['## What the guard did', '', ...state.guardActs.map(act => `- ${act.at} ${escapeText(act.rule)}: ${escapeText(act.reason)}; ${escapeText(act.did)}`)];
}

function openItemsOf(state: RunState): string[] {
	const open = state.items.filter(item => !satisfiedStates.has(item.state));
	if (open.length === 0) return ['## Open items', '', '- none'];
	return ['## Open items', '', ...open.map(item => `- ${item.state}${item.required ? '' : ' (optional)'}: ${escapeText(item.text)} (${codeSpan(item.id)})${item.stale ? `, stale: ${escapeText(item.stale)}` : ''}`)];
}

function artifactsOf(state: RunState): string[] {
	if (state.artifacts.length === 0) return [];
	return ['## Kept artifacts', '', ...state.artifacts.map(artifact => `- ${escapeText(artifact.what)}: ${codeSpan(artifact.path)}, sha256 ${codeSpan(artifact.sha256)}`)];
}

function recordOf(state: RunState): string[] {
	return ['## Record', '', `- journal: ${state.seq} events, head ${codeSpan(state.head)}; \`holdpoint verify ${state.run} --head ${state.head}\` proves that nothing was changed or cut off`];
}

function revisions(ids: readonly string[]): string {
	return ids.length > 0 ? ids.map(id => codeSpan(id)).join(', ') : 'empty database';
}
