/** What is looked for right before a migration starts: what would make it fail, or make others suffer, for certain. */
import {Refusal} from '../journal/refusal.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import {backupKey, ownKey, queryHolder} from '../postgres/advisory.ts';
import {queryPooler} from '../postgres/pooler.ts';
import {queryRunningDumps} from '../postgres/running-dumps.ts';
import type {ActionContext} from './context.ts';

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
