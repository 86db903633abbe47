/** What is looked for before a migration starts: what would make it fail, or make others suffer, for certain or perhaps. */
import type {DatabaseReading} from '../alembic/shapes.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {backupKey, ownKey, queryHolder} from '../postgres/advisory.ts';
import {queryHindrances} from '../postgres/hindrances.ts';
import {queryPooler} from '../postgres/pooler.ts';
import {queryRunningDumps} from '../postgres/running-dumps.ts';
import type {ActionContext} from './context.ts';
import {queryFreeDisk} from './disk.ts';
import {describeHindrances} from './hindrances.ts';
import {readPlannedLocks} from './planned-locks.ts';

/** @throws Refusal 3; nothing was changed */
export async function refuseWhenUnsafe(context: ActionContext, plan: Plan): Promise<void> {
	const session = await context.session();
	const {database} = plan.target;
	const holder = await queryHolder(session, ownKey(database));
	if (holder) throw new Refusal(3, `A migration of ${database} is already at work: backend ${holder.pid} (${holder.application ?? 'unknown application'}${holder.since ? `, since ${holder.since}` : ''}); wait for its end.`);
	const backup = await queryHolder(session, backupKey(database));
	if (backup) throw new Refusal(3, `A backup of ${database} is being taken (backend ${backup.pid}); its locks and the migration's would wait for each other. Wait for its end.`);
	const [dump] = await queryRunningDumps(session);
	if (dump) throw new Refusal(3, `pg_dump is at work on ${database} (backend ${dump.pid}); it holds a lock on every table, so that the migration, and everyone behind it, would wait. Wait for its end.`);
	const pooler = await queryPooler(session);
	if (pooler.kind === 'transaction') throw new Refusal(3, `${pooler.reason} Behind a transaction pooler the locks that keep a second run out would be fiction; give a direct URL with --database, and env.py too.`);
}

export interface Ahead {
	/** The plan's SQL. */
	sql: string;
	/** What env.py's own session said. */
	database: Pick<DatabaseReading, 'role' | 'timeouts'>;
	/** Of this plan, or null. */
	rehearsal: Rehearsal | null;
	estimateSeconds: number | null;
}

/** What a person should know before the start, one sentence each with what resolves it. Only they decide to wait. */
export async function lookAhead(context: Pick<ActionContext, 'settings' | 'session' | 'conninfo'>, {sql, database, rehearsal, estimateSeconds}: Ahead): Promise<string[]> {
	try {
		const session = await context.session();
		const [planned, {user: guardRole}, freeDisk, pooler] = await Promise.all([readPlannedLocks(sql, rehearsal), context.conninfo('guard'), queryFreeDisk(context), queryPooler(session)]);
		const roles = {migrationRole: database.role, guardRole};
		const found = await queryHindrances(session, {relations: [...planned.relations.keys()], ...roles});
		return describeHindrances({found, planned, ...roles, timeouts: database.timeouts ?? {}, settings: context.settings, rehearsal, estimateSeconds, neededBytes: rehearsal && bytesNeeded(rehearsal), freeDisk, pooler});
	} catch (error) {
		return [`What would hinder the migration could not be looked at: ${(error as Error).message}`];
	}
}

/** A rewritten table lies there twice until the commit, and whatever is written is in the WAL too. Null: nothing of it was measured. */
function bytesNeeded({statements, sizes = []}: Rehearsal): number | null {
	const wal = statements.map(({walBytes}) => walBytes).filter(bytes => bytes !== null);
	const rewritten = statements.flatMap(({rewrote}) => rewrote.map(table => sizes.find(size => size.table === table)?.bytes ?? 0));
	const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
	return wal.length === 0 && rewritten.length === 0 ? null : sum(wal) + Math.max(sum(wal), sum(rewritten));
}
