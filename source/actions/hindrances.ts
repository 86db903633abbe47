/** What is warned of before a migration starts, one rule each: a sentence with what resolves it; pure. */
import type {Settings} from '../config/settings.ts';
import {byteWords} from '../journal/byte-words.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {conflict} from '../monitor/conflicts.ts';
import {secondsText, sessionText} from '../monitor/words.ts';
import type {FreeDisk} from '../postgres/free-disk.ts';
import type {Hindrances} from '../postgres/hindrances.ts';
import type {PoolerAnswer} from '../postgres/pooler.ts';
import {quoteName} from '../review/names.ts';
import type {PlannedLocks} from './planned-locks.ts';

export interface Prospect {
	found: Hindrances;
	planned: PlannedLocks;
	/** What env.py's own session has set, in milliseconds; 0: none. Empty where it could not be read. */
	timeouts: Readonly<Record<string, number>>;
	migrationRole: string;
	guardRole: string;
	settings: Pick<Settings, 'migration' | 'guard' | 'standbys'>;
	/** Of this plan, or null. */
	rehearsal: Rehearsal | null;
	/** How long it takes in all, as rehearsed. */
	estimateSeconds: number | null;
	/** Bytes that the rehearsal says it writes, or null. */
	neededBytes: number | null;
	freeDisk: FreeDisk;
	pooler: PoolerAnswer;
}

/** Whoever holds a lock for less is gone before the ladder is at its end. */
const longSeconds = 5;
/** CREATE INDEX CONCURRENTLY waits for every snapshot; only what would make it wait noticeably is told. */
const oldSeconds = 30;
const largeBytes = 1e9;

/** The sentences, the most pressing first; empty: nothing stands in the way. */
export function describeHindrances(prospect: Prospect): string[] {
	return rules.flatMap(rule => rule(prospect));
}

const rules: ((prospect: Prospect) => string[])[] = [
	function guard({found, migrationRole, guardRole}) {
		if (found.mayCancel === true) return [];
		const why = found.mayCancel === null ? `it is not known whether ${guardRole} may cancel the sessions of ${migrationRole}` : `${guardRole} may not cancel the sessions of ${migrationRole}`;
		return [`The guard can't act: ${why}. The promise that the migration can't take the service down unseen is off. GRANT pg_signal_backend, pg_monitor TO ${quoteName(guardRole)}, or name another role in roles.guard (for a superuser's migration a superuser).`];
	},
	function sight({found: {sight: {sees, role}}}) {
		return sees ? [] : [`What other roles' sessions do is hidden from ${role}: old transactions, VACUUMs to prevent wraparound and how far standbys are behind can't be looked for. GRANT pg_monitor TO ${role}.`];
	},
	function owner({found, planned, migrationRole}) {
		const strange = found.tables.filter(({wanted, mayAlter}) => !mayAlter && wanted.some(name => planned.relations.get(name)?.alters));
		return strange.length === 0 ? [] : [`The role ${migrationRole} does not own ${strange.map(({table, owner}) => `${table} (${owner} does)`).join(', ')}, and can't alter it: the migration will fail. Let env.py connect as the owner, or GRANT its role.`];
	},
	function dumps({found}) {
		return found.dumps.map(({pid, seconds}) => `pg_dump is at work (pid ${pid}, for ${secondsText(seconds)}) and holds a lock on every table: the start is refused until it has ended. Wait for its end, or C on it in the live pane (2).`);
	},
	function pooler({pooler}) {
		if (pooler.kind === 'none') return [];
		return [pooler.kind === 'transaction' ? `${pooler.reason} The start is refused: give a direct URL with --database, and env.py too.` : `${pooler.reason} If it ends a connection of its own accord, the migration ends with it; a direct URL in env.py avoids that.`];
	},
	function holders(prospect) {
		const {found} = prospect;
		const blocking = found.holders.filter(({wraparound, autovacuum, table, mode, transactionSeconds}) => !wraparound && !autovacuum && isInTheWay(prospect, table, mode) && (transactionSeconds === null || transactionSeconds >= longSeconds));
		return groupBy(blocking, ({pid}) => String(pid)).map(([first, ...others]) => `${sessionText(first)} holds ${[first, ...others].map(({mode, table}) => `${mode} on ${table}`).join(', ')}: the migration would wait for it, and everyone behind the migration. Wait for its end, or ${first.state === 'active' ? 'c' : 'C'} on it in the live pane (2).`);
	},
	function prepared(prospect) {
		return groupBy(prospect.found.prepared, ({gid}) => gid).map(each => {
			const blocking = each.filter(({table, mode}) => table !== null && mode !== null && isInTheWay(prospect, table, mode));
			const {gid, seconds} = each[0];
			const end = `COMMIT PREPARED or ROLLBACK PREPARED '${gid.replaceAll("'", "''")}' by who prepared it`;
			return blocking.length > 0
				? `The prepared transaction ${gid}, ${secondsText(seconds)} old, holds ${blocking.map(({mode, table}) => `${mode} on ${table}`).join(', ')}: the migration would wait for it for ever. ${end} ends it.`
				: seconds >= oldSeconds ? `The prepared transaction ${gid} is ${secondsText(seconds)} old; it keeps its locks and holds VACUUM back. ${end} ends it.` : null;
		}).filter(sentence => sentence !== null);
	},
	function wraparound(prospect) {
		const vacuums = prospect.found.holders.filter(({wraparound, table, mode}) => wraparound && isInTheWay(prospect, table, mode));
		return vacuums.map(({pid, table, transactionSeconds}) => `An autovacuum to prevent wraparound works on ${table} (pid ${pid}, for ${secondsText(transactionSeconds)}) and does not give way: the migration would wait for its end. The live pane (2) shows how far it is.`);
	},
	function snapshots({found, planned}) {
		if (!planned.concurrently) return [];
		const old = found.transactions.filter(({transactionSeconds}) => transactionSeconds === null || transactionSeconds >= oldSeconds);
		const [first] = old;
		return first === undefined ? [] : [`CONCURRENTLY waits for every transaction that is open when it starts: ${sessionText(first)}${old.length > 1 ? ` and ${old.length - 1} more` : ''}. It holds nobody up meanwhile; C on it in the live pane (2) if it must not wait.`];
	},
	function published({found}) {
		const out = groupBy(found.published, ({publication}) => publication).map(each => `The publication ${each[0].publication} replicates ${each.map(({table}) => table).join(', ')} logically, and no change of schema: make it on the subscriber too, additions there first.`);
		return found.subscribed.length === 0 ? out : [...out, `A subscription writes into ${found.subscribed.map(({table}) => table).join(', ')}: its worker waits and fails when the schema no longer fits; ALTER SUBSCRIPTION … DISABLE holds it meanwhile.`];
	},
	function slots({found}) {
		return found.slots.filter(({retainedBytes}) => retainedBytes === null || retainedBytes > 0).map(({name, retainedBytes, invalidated}) => invalidated !== null
			? `The replication slot ${name} is invalidated (${invalidated}): its reader can't go on and must be set up anew. pg_drop_replication_slot('${name}') takes it away.`
			: `Nobody reads from the replication slot ${name}, which keeps ${retainedBytes === null ? 'an unknown amount' : byteWords(retainedBytes)} of WAL, and all that the migration writes. Start its reader, or pg_drop_replication_slot('${name}').`);
	},
	function standbys({found, settings: {standbys, guard, migration: {throttle}}}) {
		const limits = [...(guard.maxLagSeconds === null && guard.maxLagBytes === null ? [] : ['guard.max_lag']), ...(throttle.lagSeconds === null && throttle.lagBytes === null ? [] : ['migration.throttle'])];
		const missing = standbys.filter(name => !found.standbys.some(standby => standby.name === name));
		if (missing.length > 0) return [`${missing.join(' and ')} ${missing.length === 1 ? 'does' : 'do'} not stream from this server, so that ${missing.length === 1 ? 'its' : 'their'} lag is unknown${throttle.lagSeconds === null && throttle.lagBytes === null ? '' : ' and a data migration will be held (p lets it go on)'}. Mend it first, or take the name out of standbys in holdpoint.yaml.`];
		const behind = found.standbys.flatMap(({name, seconds, bytes}) => {
			const over = (most: {lagSeconds: number | null; lagBytes: number | null}): boolean => (seconds ?? 0) > (most.lagSeconds ?? Infinity) || (bytes ?? 0) > (most.lagBytes ?? Infinity);
			const is = `${name} is ${[seconds === null ? '' : secondsText(seconds), bytes === null ? '' : byteWords(bytes)].filter(Boolean).join(' and ')} behind already`;
			if (over({lagSeconds: guard.maxLagSeconds, lagBytes: guard.maxLagBytes})) return [`${is}, more than guard.max_lag allows: the guard would cancel the migration. Wait until it has caught up.`];
			return over(throttle) ? [`${is}, more than migration.throttle allows: the migration will be held at its first safe point until that is half of it (p lets it go on).`] : [];
		});
		if (behind.length > 0) return behind;
		return limits.length > 0 && found.standbys.length === 0 ? [`No standby streams from this server: ${limits.join(' and ')} ${limits.length === 1 ? 'has' : 'have'} nothing to judge.`] : [];
	},
	function disk({neededBytes, freeDisk, settings}) {
		const least = settings.guard.minFreeDiskBytes;
		const need = neededBytes === null ? '' : `, and the migration writes about ${byteWords(neededBytes)} by its rehearsal`;
		if (freeDisk.bytes === null) return least !== null || (neededBytes ?? 0) > largeBytes ? [`How much disk is free is not known (${freeDisk.where})${need}${least === null ? '' : '; the guard can\'t judge min_free_disk_bytes'}. guard.free_disk in holdpoint.yaml names a command that prints the bytes.`] : [];
		return (neededBytes ?? 0) > freeDisk.bytes - (least ?? 0) ? [`${byteWords(freeDisk.bytes)} of disk are free (${freeDisk.where})${need}${least === null ? '' : `; the guard cancels under ${byteWords(least)}`}. Make room first.`] : [];
	},
	function timeouts({timeouts, migrationRole, estimateSeconds}) {
		const {transaction_timeout: whole = 0, idle_in_transaction_session_timeout: idle = 0, idle_session_timeout: session = 0} = timeouts;
		const mend = (name: string) => `ALTER ROLE ${migrationRole} SET ${name} = 0 switches it off.`;
		return [
			...(whole > 0 && (estimateSeconds === null || estimateSeconds * 1000 > whole / 2) ? [`transaction_timeout is ${secondsText(whole / 1000)} for ${migrationRole}${estimateSeconds === null ? '' : ` and the migration takes about ${secondsText(estimateSeconds)}`}: a longer transaction is killed. ${mend('transaction_timeout')}`] : []),
			...(idle > 0 && idle < 60_000 ? [`idle_in_transaction_session_timeout is ${secondsText(idle / 1000)} for ${migrationRole}: Python that works longer between two statements is killed. ${mend('idle_in_transaction_session_timeout')}`] : []),
			...(session > 0 ? [`idle_session_timeout is ${secondsText(session / 1000)} for ${migrationRole}: a migration that is held (p) for longer is killed. ${mend('idle_session_timeout')}`] : []),
		];
	},
	function statementTimeout({settings: {migration: {statementTimeoutMs}}, rehearsal}) {
		const longest = (rehearsal?.statements ?? []).filter(({sql}) => !/\bconcurrently\b/i.test(sql)).map(({sql, seconds, estimateSeconds}) => ({sql, seconds: estimateSeconds ?? seconds})).sort((a, b) => b.seconds - a.seconds)[0];
		if (!longest || statementTimeoutMs === 0 || longest.seconds * 1000 < statementTimeoutMs) return [];
		return [`migration.statement_timeout is ${secondsText(statementTimeoutMs / 1000)}, and one statement takes about ${secondsText(longest.seconds)} by the rehearsal: it would be ended (${longest.sql.replaceAll(/\s+/g, ' ').slice(0, 60)}). Raise it in holdpoint.yaml.`];
	},
];

/** A lock on the table that some statement of the plan would wait for. */
function isInTheWay({found, planned}: Prospect, table: string, mode: string): boolean {
	const wanted = found.tables.find(each => each.table === table)?.wanted ?? [];
	return wanted.some(name => [...planned.relations.get(name)?.modes ?? []].some(each => conflict(each, mode)));
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): [T, ...T[]][] {
	const groups = new Map<string, [T, ...T[]]>();
	for (const row of rows) {
		const group = groups.get(keyOf(row));
		if (group) group.push(row);
		else groups.set(keyOf(row), [row]);
	}

	return [...groups.values()];
}
