/** What a failed action means: told from its outcome, which was read back from the database, and from the newest sample. */
import type {Outcome} from '../../../journal/shapes/outcome.ts';
import type {RunState} from '../../../journal/shapes/run.ts';
import {bytes, plural, revisions, seconds} from '../../parts/figures.ts';
import type {Tone} from '../../parts/line.ts';
import type {ConsoleState} from '../../state.ts';

export interface Words {
	words: string;
	tone: Tone;
}

/** The invalid indexes of a failed action that nobody has dropped since. */
export function stillInvalid(run: RunState | null, {database}: Outcome): string[] {
	const dropped = (run?.actions ?? []).filter(({action, status}) => action === 'maintain' && status === 'done').flatMap(({statements}) => statements.map(({sql}) => sql));
	return database.invalidIndexes.filter(index => !dropped.some(sql => sql === `DROP INDEX CONCURRENTLY ${index}` || (sql.startsWith('DROP INDEX CONCURRENTLY ') && sql.endsWith(`.${index}`))));
}

/** Revision, invalid indexes and what was left, with how sure that is. */
export function databaseWords({database, from, to}: Outcome, invalid = database.invalidIndexes): Words[] {
	const same = database.version.join() === from.join();
	const reached = database.version.join() === to.join();
	const version = `revision ${revisions(database.version)}: ${same ? 'the same as before' : reached ? 'the one that was wanted' : `between ${revisions(from)} and ${revisions(to)}`}`;
	return [
		database.verified
			? {words: `${version}, read back after the session had ended`, tone: same ? 'good' : 'warn'}
			: {words: `unknown: it could not be read back; last known was ${revisions(database.version)}`, tone: 'bad'},
		...database.invalidIndexes.map(index => (invalid.includes(index) ? {words: `invalid index ${index}: it is written to but never read, and in the way of another try`, tone: 'bad' as const} : {words: `the invalid index ${index} was dropped since`, tone: 'good' as const})),
		...database.left.map(words => ({words: `left behind: ${words}`, tone: 'bad' as const})),
		...(database.verified && database.invalidIndexes.length + database.left.length === 0 ? [{words: 'no invalid index and nothing else was left behind', tone: 'good' as const}] : []),
	];
}

/** Whether a session of the migration is still at work. */
export function runsStill(state: ConsoleState): Words[] {
	if (state.run?.running) return [{words: `${state.run.running.action} since ${state.run.running.startedAt.slice(11, 19)} UTC, by ${state.run.running.by}`, tone: 'warn'}];
	const sample = state.samples.at(-1);
	if (!sample || state.blind) return [{words: 'unknown: there are no fresh figures of the database', tone: 'bad'}];
	// Figures from before its end still have its session.
	if (state.outcome?.finishedAt !== undefined && sample.at <= state.outcome.finishedAt) return [{words: 'being looked at …', tone: 'plain'}];
	const sessions = sample.active.filter(session => session.migration);
	if (sessions.length === 0) return [{words: 'no session of the migration', tone: 'good'}];
	return sessions.map(session => ({words: `pid ${session.pid} for ${seconds(session.seconds)}: ${session.query ?? 'query not to be seen'}`, tone: 'bad' as const}));
}

export interface ChoiceAfter {
	key: string;
	says: string;
	consequence: string;
	command?: string;
}

/** The ways on, each with its consequence and its command. */
export function choicesAfter(state: ConsoleState, outcome: Outcome): ChoiceAfter[] {
	const moved = outcome.database.version.join() !== outcome.from.join();
	const backup = state.run?.backups.at(-1);
	const [invalid] = stillInvalid(state.run, outcome);
	const kept = outcome.database.left.length === 0 ? '' : '; what was left behind is still there, and may make it fail again';
	return [
		...(invalid === undefined ? [] : [{
			key: 'D', says: `drop the invalid index ${invalid}`, consequence: 'concurrently: it waits for older transactions on the table and keeps nobody waiting; then u tries again',
			command: `holdpoint maintain --drop-invalid ${invalid}`,
		}]),
		{
			key: 'u', says: 'upgrade again',
			consequence: moved ? `begins where the database is now, at ${revisions(outcome.database.version)}${kept}` : kept === '' ? 'begins from the start, as nothing was kept' : `begins from the start${kept}`,
			command: `holdpoint upgrade ${outcome.action === 'upgrade' ? outcome.to.join(' ') : 'head'}`,
		},
		...(moved && outcome.action === 'upgrade' ? [{
			key: 'd', says: `downgrade to ${revisions(outcome.from)}`, consequence: 'runs downgrade() of what was committed; values written into new columns since are lost',
			command: `holdpoint downgrade ${outcome.from[0] ?? 'base'}`,
		}] : []),
		...(outcome.restorePoint && moved ? [{
			key: ' ', says: 'restore to the named point', consequence: `${outcome.restorePoint.name}, made at ${outcome.restorePoint.lsn} right before: the whole server goes back to it, from a base backup and the archived WAL`,
			command: `recovery_target_name = '${outcome.restorePoint.name}'`,
		}] : []),
		...(backup ? [{
			key: ' ', says: 'restore the backup', consequence: `of ${backup.startedAt.slice(0, 16).replace('T', ' ')} UTC (${bytes(backup.bytes)}, ${plural(backup.tables, 'table')}): everything written since is lost`,
			command: `pg_restore -d NEW_DATABASE ${backup.path}`,
		}] : [{key: ' ', says: 'restore a backup', consequence: 'none was taken in this run'}]),
		{key: 'Esc', says: 'look around first', consequence: 'nothing is changed; the journal (5) tells what happened, 2 what the database does'},
	];
}
