/** Where the steps of supervised blocks take their state from: items with their verdicts, outcomes, backups, the rehearsal. */
import type {BlockStep, StepState} from './block-steps.ts';
import type {Evidence} from './shapes/evidence.ts';
import type {ItemState} from './shapes/item.ts';
import type {Difference} from './shapes/rehearsal.ts';
import type {RunState} from './shapes/run.ts';

export type Told = Pick<BlockStep, 'state' | 'ran' | 'summary' | 'output' | 'starts'>;

const stateOfItem: Record<ItemState, StepState> = {
	open: 'open', running: 'running', passed: 'done', warned: 'done', attested: 'done', waived: 'done', 'not-applicable': 'done', failed: 'failed', errored: 'failed', stale: 'stale',
};

/** From the item that a check is bound to; without one in this checklist the line is a person's. */
export function fromItem(run: RunState, check: string): Told {
	const item = run.items.find(each => each.check === check);
	if (!item) return {state: null, ran: null, summary: `no item of this checklist is bound to ${check}, which would do it`, output: null, starts: null};
	const evidence = item.verdict?.evidence ?? [];
	const commands = evidence.flatMap(({command}) => (command ? [command.join(' ')] : []));
	return {
		state: stateOfItem[item.state],
		ran: commands.length > 0 ? commands.join('; ') : `check ${check}`,
		summary: item.stale ?? item.verdict?.summary ?? (item.note ? `${item.state} by ${item.by ?? 'unknown'}: ${item.note}` : `not checked yet: ${item.text}`),
		output: evidence.length > 0 ? evidence.map(printed).join('\n') : null,
		starts: {kind: 'check', item: item.id},
	};
}

/** From the last outcome of an action; `version`: only what was read back after it. */
export function fromAction(run: RunState, action: 'upgrade' | 'downgrade', part: 'whole' | 'version' = 'whole'): Told {
	const starts = {kind: 'action' as const, action};
	const at = run.actions.findLastIndex(each => each.action === action);
	const outcome = run.actions[at];
	const ran = part === 'version' ? 'the version table, read back on another session' : `alembic ${action} ${(run.running?.action === action ? run.running.to : outcome?.to ?? (run.plan?.action === action ? run.plan.to : [])).join(' ') || 'TARGET'}, supervised`;
	if (run.running?.action === action) return {state: 'running', ran, summary: `runs since ${run.running.startedAt.slice(11, 19)} UTC, attempt ${run.running.attempt}`, output: statements(run.running.statements), starts};
	if (!outcome) return {state: 'open', ran, summary: `no ${action} has run`, output: null, starts};
	const undone = run.actions.slice(at + 1).find(each => (each.action === 'upgrade' || each.action === 'downgrade') && each.action !== action && each.status === 'done');
	const version = `the database is at ${outcome.database.version.join(', ') || 'base'}`;
	const summary = part === 'version' ? (outcome.database.verified ? `${version} (read back)` : 'the version could not be read back') : `${outcome.status} in ${outcome.seconds.toFixed(1)} s: ${outcome.reason}`;
	return {
		state: undone ? 'stale' : part === 'version' ? (outcome.database.verified ? 'done' : 'failed') : outcome.exit === 0 ? 'done' : 'failed',
		ran, summary: undone ? `${summary}; an ${undone.action} came after it` : summary, output: part === 'version' ? null : statements(outcome.statements), starts,
	};
}

/** From the last backup: that it was taken, and that its table of contents was read. */
export function fromBackup(run: RunState, part: 'taken' | 'listed'): Told {
	const starts = {kind: 'action' as const, action: 'backup' as const};
	const backup = run.backups.at(-1);
	const ran = part === 'taken' ? `pg_dump --format=${backup?.format ?? 'directory'}` : `pg_restore --list${backup?.verified.read ? ', and every block read' : ''}`;
	if (run.running?.action === 'backup') return {state: 'running', ran, summary: `runs since ${run.running.startedAt.slice(11, 19)} UTC`, output: null, starts};
	if (!backup) return {state: 'open', ran, summary: 'no backup was taken', output: null, starts};
	const stale = run.items.find(item => item.check === 'backup.completed' && item.state === 'stale')?.stale;
	const read = backup.verified.read ? 'listed and read in full' : 'listed only';
	const fact = part === 'taken' ? `${backup.tables} tables, ${backup.bytes} bytes, at ${backup.finishedAt}` : backup.verified.list ? `${backup.tables} tables, ${read}` : 'its table of contents could not be read';
	return {
		state: stale ? 'stale' : part === 'listed' && !backup.verified.list ? 'failed' : 'done', ran, summary: stale ? `${fact}; ${stale}` : fact,
		output: [backup.path, backup.sha256 ? `sha256 ${backup.sha256}` : backup.manifest ? `hashes in ${backup.manifest}` : ''].filter(Boolean).join('\n'), starts,
	};
}

/** From the restore of the last backup, tried by itself or as the beginning of the rehearsal. */
export function fromRestore(run: RunState, role: 'scratch' | 'restore'): Told {
	const starts = {kind: 'action' as const, action: 'rehearse' as const};
	const ran = role === 'scratch' ? 'a scratch server for the restore, removed afterwards' : 'pg_restore into the scratch server, compared with the original';
	if (run.running?.action === 'rehearse') return {state: 'running', ran, summary: `the rehearsal runs since ${run.running.startedAt.slice(11, 19)} UTC`, output: null, starts};
	const restore = run.backups.at(-1)?.verified.restore;
	if (restore) return {state: restore.differences.length > 0 ? 'failed' : 'done', ran, summary: `${restore.tables} tables in ${restore.seconds.toFixed(1)} s, ${restore.rowsCompared.toLocaleString('en-US')} rows compared, ${restore.differences.length} differences`, output: restore.differences.join('\n') || null, starts};
	if (run.rehearsal) return {state: outdated(run) ? 'stale' : 'done', ran, summary: `restored in ${run.rehearsal.restoreSeconds.toFixed(1)} s for the rehearsal`, output: run.rehearsal.basis, starts};
	return {state: 'open', ran, summary: 'no backup was restored yet', output: null, starts};
}

/** From the rehearsal: the `number`th run of Alembic on the copy, or the schema after so many of them. */
export function fromRehearsal(run: RunState, {kind, number}: {kind: 'command' | 'schema'; number: number}): Told {
	const starts = {kind: 'action' as const, action: 'rehearse' as const};
	const {rehearsal} = run;
	const command = rehearsal?.commands[number];
	const after = (['nothing', 'the upgrade', 'the downgrade', 'the second upgrade'] as const)[number] ?? 'it';
	const ran = kind === 'command' ? command?.argv.join(' ') ?? 'alembic on a restored copy' : `the catalogs of the copy after ${after}, compared`;
	if (run.running?.action === 'rehearse') return {state: 'running', ran, summary: `the rehearsal runs since ${run.running.startedAt.slice(11, 19)} UTC`, output: null, starts};
	if (!rehearsal) return {state: 'open', ran, summary: 'not rehearsed yet', output: null, starts};
	const stale = outdated(run);
	const told = (good: boolean, summary: string, output: string | null): Told => ({state: stale ? 'stale' : good ? 'done' : 'failed', ran, summary: stale ? `${summary}; ${stale}` : summary, output, starts});
	if (kind === 'command') return command ? told(command.exit === 0, `exit ${command.exit ?? 'unknown'} after ${command.seconds.toFixed(1)} s, on ${rehearsal.basis}`, command.output || null) : {state: 'open', ran, summary: `the rehearsal did not come to it: ${rehearsal.problems[0] ?? 'unknown why'}`, output: null, starts};
	if (rehearsal.commands.length < number) return {state: 'open', ran, summary: 'the rehearsal did not come to it', output: null, starts};
	if (number === 1) return told(rehearsal.check.clean, rehearsal.check.clean ? 'the upgraded copy is as the models say' : 'the upgraded copy is not as the models say', rehearsal.check.differences.join('\n') || null);
	const found = number === 2 ? rehearsal.schema.afterDowngrade : rehearsal.schema.afterSecondUpgrade;
	return told(found.length === 0, found.length === 0 ? `after ${after} the schema is as it should be` : `after ${after} ${found.length} objects differ`, found.map(difference).join('\n') || null);
}

/** Why the rehearsal is about something else than what is planned; null while it is not. */
function outdated({rehearsal, plan, actions}: RunState): string | null {
	if (!rehearsal?.digest || plan?.action !== 'upgrade' || actions.some(each => each.action === 'upgrade' && each.status === 'done')) return null;
	return rehearsal.digest === plan.digest ? null : 'it was of another plan than the one that stands';
}

function difference({object, kind, before, after}: Difference): string {
	return `${kind} ${object}${before === undefined ? '' : `\n  before: ${before}`}${after === undefined ? '' : `\n  after:  ${after}`}`;
}

function statements(list: readonly {sql: string; seconds: number; sqlstate?: string | undefined}[]): string | null {
	return list.map(({sql, seconds, sqlstate}) => `${seconds.toFixed(2)} s  ${sqlstate ? `${sqlstate}  ` : ''}${sql}`).join('\n') || null;
}

function printed({title, body, path}: Evidence): string {
	return [title, ...(path ? [path] : []), ...(body ? [body] : [])].join('\n');
}
