/** Another server than the target to take a backup from: proven to hold the target's own data, and how far behind it is. */
import {setTimeout as wait} from 'node:timers/promises';
import {byteWords} from '../journal/byte-words.ts';
import {Refusal} from '../journal/refusal.ts';
import {type AdvisoryKey, queryHolder} from './advisory.ts';
import {describeHost} from './connect-error.ts';
import {type Identity, queryIdentity} from './identity.ts';
import type {Session} from './session.ts';

/** What a backup from elsewhere must be a backup of. */
export interface Original {
	/** On the target itself. */
	session: Session;
	/** An advisory lock that the room holds there. */
	proofKey: AdvisoryKey;
}

export interface DumpSource {
	host: string;
	port: number;
	/** How much WAL of the target was not replayed yet; 0: it had caught up with the moment of the question. */
	behindBytes: number;
	/** Age of the last transaction that was replayed; null when none was since its start, or it has caught up. */
	behindSeconds: number | null;
}

/** So long a standby is given to replay what the target has written when asked. */
const catchUpMs = 3000;

/** Null where the server is the target itself. @throws Refusal 3 when it is neither the target nor a standby of it */
export async function proveSource(session: Session, {session: target, proofKey}: Original): Promise<DumpSource | null> {
	const [from, original] = [await queryIdentity(session), await queryIdentity(target)];
	if (!from.inRecovery && await queryHolder(session, proofKey)) return null;
	const refusal = refuseSource(from, original);
	if (refusal !== null) throw new Refusal(3, `No backup is taken from ${describeHost(session.host)}: ${refusal}.`);
	const {host, port} = session.host;
	return {host, port, ...await queryBehind(session, target)};
}

/** Why a server that is not the live target can't stand for it; null when it is its standby. Pure. */
export function refuseSource(from: Identity, original: Identity): string | null {
	if (from.systemIdentifier === null || original.systemIdentifier === null) return 'the system identifier of one of the two servers is hidden from this role, so that nothing proves that it is a standby of the target; GRANT EXECUTE ON FUNCTION pg_control_system() mends it';
	if (from.systemIdentifier !== original.systemIdentifier) return `it is another server's (system identifier ${from.systemIdentifier}, the target has ${original.systemIdentifier})`;
	if (from.database !== original.database || from.databaseOid !== original.databaseOid) return `it is connected to the database ${from.database}, and the target is ${original.database}`;
	if (!from.inRecovery) return 'it is no standby any more but a primary of its own, whose data have gone another way than the target\'s';
	if (from.timeline !== original.timeline) return `it is on timeline ${from.timeline ?? 'unknown'}, the target on ${original.timeline ?? 'unknown'}: it does not follow this primary`;
	return null;
}

/** As in `3.2 MB of WAL and 40 s`. */
export function describeBehind({behindBytes, behindSeconds}: DumpSource): string {
	return `${byteWords(behindBytes)} of WAL${behindSeconds === null ? '' : ` and ${behindSeconds.toFixed(0)} s`}`;
}

/** Waits a little for the standby to replay what the target has now: most do within milliseconds. */
async function queryBehind(standby: Session, target: Session): Promise<Pick<DumpSource, 'behindBytes' | 'behindSeconds'>> {
	const [written] = await target.query<{lsn: string}>('SELECT pg_current_wal_lsn()::text AS lsn');
	const query = `SELECT greatest(0, pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn()))::float8 AS bytes, extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8 AS seconds`;
	for (const deadline = Date.now() + catchUpMs; ; await wait(50)) {
		const [row] = await standby.query<{bytes: number | null; seconds: number | null}>(query, [written!.lsn]);
		const bytes = row!.bytes ?? 0;
		if (bytes === 0 || Date.now() > deadline) return {behindBytes: bytes, behindSeconds: bytes === 0 ? null : row!.seconds};
	}
}
