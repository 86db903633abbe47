/** What doctor looks at on the server: rights, poolers, room for the action, the programs that must fit its version. */
import path from 'node:path';
import type {Settings} from '../../config/settings.ts';
import {byteWords} from '../../journal/byte-words.ts';
import {findDumpPrograms} from '../../postgres/dump.ts';
import {queryPooler} from '../../postgres/pooler.ts';
import {findServerPrograms} from '../../postgres/programs.ts';
import {quoteName} from '../../review/names.ts';
import type {TargetLink} from '../../room/target-link.ts';
import {freeBytes, nearestFolder} from './machine.ts';
import {examined, type Problem} from './problem.ts';

interface Server {
	settings: Settings;
	target: TargetLink;
	/** The role that env.py connects as; null when it could not be asked. */
	migrationRole: string | null;
}

export async function examineServer(server: Server): Promise<Problem[]> {
	const problems: Problem[] = [];
	for (const examine of [examineRights, examineRoles, examinePooler, examineTools, examineSpace, examineActivity, examineEnvironment]) problems.push(...await examined(() => examine(server)));
	return problems;
}

async function examineRights({settings, target, migrationRole}: Server): Promise<Problem[]> {
	const {identity} = target;
	const problems: Problem[] = [];
	if (!identity.seesAll && settings.roles.monitor === null) problems.push({level: 'warning', what: `The role ${identity.role} sees only its own sessions: what blocks the migration may stay hidden.`, fix: `GRANT pg_monitor TO ${quoteName(identity.role)}, or name another role in \`roles: {monitor: …}\`.`});
	if (settings.roles.guard === null && migrationRole !== null && !identity.superuser) {
		const [row] = await (await target.session()).query<{may: boolean}>(`SELECT pg_has_role(current_user, $1, 'USAGE') OR (pg_has_role(current_user, 'pg_signal_backend', 'USAGE') AND pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = $1)) AS may`, [migrationRole]);
		if (row?.may === false) problems.push({level: 'error', what: `The role ${identity.role} may not cancel the sessions of ${migrationRole}: the guard could not act.`, fix: `GRANT pg_signal_backend, pg_monitor TO ${quoteName(identity.role)}, or GRANT ${quoteName(migrationRole)}, or name a role that may in \`roles: {guard: …}\`.`});
	}
	return problems;
}

/** Roles of their own must be able to connect before they are needed. */
async function examineRoles({settings, target}: Server): Promise<Problem[]> {
	const named = (['monitor', 'guard', 'backup'] as const).filter(role => settings.roles[role] !== null);
	const found = await Promise.all(named.map(role => examined(async () => {
		await (await target.openSession(role)).close();
		return [];
	})));
	return found.flat();
}

async function examinePooler({target}: Server): Promise<Problem[]> {
	const {kind, reason} = await queryPooler(await target.session());
	if (kind === 'transaction') return [{level: 'error', what: reason, fix: 'Give --database or `database` a direct connection, past the pooler.'}];
	return kind === 'session' ? [{level: 'info', what: reason, fix: 'A direct connection is surer: give --database one.'}] : [];
}

async function examineTools({settings, target}: Server): Promise<Problem[]> {
	const major = Math.floor(target.identity.versionNumber / 10_000);
	const dumps = settings.backup.external === null ? examined(async () => {
		const {warning} = await findDumpPrograms(major);
		return warning === null ? [] : [{level: 'warning', what: warning, fix: `Install the client programs of version ${major} (Debian, Ubuntu: apt-get install postgresql-client-${major}).`}];
	}) : [];
	// A rehearsal, and a backup's test restore, run on a server of their own.
	const copies = settings.rehearsal.local || settings.rehearsal.url === null ? examined(async () => {
		await findServerPrograms(major);
		return [];
	}, 'warning') : [];
	return (await Promise.all([dumps, copies])).flat();
}

async function examineSpace({settings, target}: Server): Promise<Problem[]> {
	if (settings.backup.external !== null) return [];
	const [row] = await (await target.session()).query<{bytes: string}>('SELECT pg_database_size(current_database())::text AS bytes');
	const folder = settings.backup.directory ?? path.join(settings.stateDir, 'runs');
	const free = freeBytes(nearestFolder(folder));
	// A compressed dump is smaller than its database; one that is larger than what is free is still worth a word.
	if (!row || free > Number(row.bytes)) return [];
	return [{level: 'warning', what: `The database has ${byteWords(Number(row.bytes))}, and ${folder} has ${byteWords(free)} left for a backup.`, fix: 'Make room, or name another folder in `backup: {directory: …}`.'}];
}

async function examineActivity({settings, target}: Server): Promise<Problem[]> {
	const session = await target.session();
	const [row] = await session.query<{used: number; most: number; reserved: number; oldest: string | null; prepared: number; standbys: string[] | null}>(`SELECT
		(SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' OR backend_type IS NULL) AS used,
		current_setting('max_connections')::int AS most, current_setting('superuser_reserved_connections')::int AS reserved,
		(SELECT round(extract(epoch FROM max(now() - xact_start)))::text FROM pg_stat_activity WHERE state LIKE 'idle in transaction%') AS oldest,
		(SELECT count(*)::int FROM pg_prepared_xacts) AS prepared,
		(SELECT array_agg(application_name::text) FROM pg_stat_replication WHERE state = 'streaming') AS standbys`);
	if (!row) return [];
	const problems: Problem[] = [];
	const free = row.most - row.reserved - row.used;
	if (free < 10) problems.push({level: 'warning', what: `Only ${Math.max(0, free)} of ${row.most} connections are free.`, fix: 'End some sessions before the migration; it and its watch need about six.'});
	if (row.oldest !== null && Number(row.oldest) > 60) problems.push({level: 'warning', what: `A session has been idle in a transaction for ${row.oldest} s: whatever it locked, a migration will wait for.`, fix: '`holdpoint monitor --once` shows it; end it before the migration.'});
	if (row.prepared > 0) problems.push({level: 'warning', what: `${row.prepared} prepared ${row.prepared === 1 ? 'transaction keeps its' : 'transactions keep their'} locks until somebody ends them.`, fix: 'Look at pg_prepared_xacts; COMMIT PREPARED or ROLLBACK PREPARED.'});
	const missing = settings.standbys.filter(name => !row.standbys?.includes(name));
	if (missing.length > 0 && target.identity.seesAll) problems.push({level: 'warning', what: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not streaming from this server.`, fix: 'Bring the standby back, or correct `standbys` in holdpoint.yaml.'});
	return problems;
}

async function examineEnvironment({target}: Server): Promise<Problem[]> {
	const {environment, host, database} = target.target;
	if (environment !== 'unknown') return [];
	return [{level: 'info', what: `Which environment ${database} on ${host} is, nothing says: it counts as production.`, fix: 'Name it in `environment` of holdpoint.yaml, or with --environment.'}];
}
