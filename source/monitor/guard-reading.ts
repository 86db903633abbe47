/** What the guard looks at: made from a sample, or from its own quicker reading of the locks. */
import type {ActiveSession, Behind, Sample} from '../journal/shapes/sample.ts';
import type {Backend} from './connection.ts';

/** In each field: undefined is not looked at, null is looked at and unknown. */
export interface GuardReading {
	/** ISO 8601, UTC. */
	at: string;
	/** The migration's backend as it is now; null: it is not there. */
	migration: MigrationNow | null;
	/** Who waits for it. */
	behind: Behind | null;
	/** Empty: none streams from here. */
	standbys?: {name: string; seconds: number | null; bytes: number | null}[];
	connections?: {total: number | null; max: number | null};
	slots?: {name: string; bytes: number | null}[];
	/** Where the server's data is. */
	freeDiskBytes?: number | null;
}

export type NamedSession = Pick<ActiveSession, 'pid' | 'application' | 'user' | 'state' | 'transactionSeconds'>;

export interface MigrationNow {
	pid: number;
	state: string | null;
	/** What it waits for itself, and whom: at most three. */
	waits: {mode: string; relation: string | null; seconds: number | null; blockers: NamedSession[]} | null;
}

export interface Beside {
	/** Null: unknown; undefined: not looked at. */
	freeDiskBytes?: number | null;
	/** application_name of each standby that must be there: the lag of one that is not is unknown. */
	standbys?: readonly string[];
}

/** The guard's reading out of a sample, with what only its caller knows. */
export function guardReading(sample: Sample, migration: Backend | null, {freeDiskBytes, standbys = []}: Beside = {}): GuardReading {
	const session = migration && sample.active.find(each => each.pid === migration.pid && each.migration);
	return {
		at: sample.at,
		migration: session ? {pid: session.pid, state: session.state, waits: readWait(session.pid, sample)} : null,
		behind: sample.behind ?? null,
		standbys: readStandbys(sample, standbys),
		connections: {total: sample.connections.total, max: sample.connections.max},
		slots: sample.slots.map(({name, retainedBytes}) => ({name, bytes: retainedBytes})),
		freeDiskBytes,
	};
}

/** Those that stream, and those that should: the lag of a missing one is unknown. */
export function readStandbys(sample: Sample, expected: readonly string[]): {name: string; seconds: number | null; bytes: number | null}[] {
	const there = sample.replication.map(({name, lagSeconds, lagBytes}) => ({name, seconds: lagSeconds, bytes: lagBytes}));
	return [...there, ...expected.filter(name => !there.some(standby => standby.name === name)).map(name => ({name, seconds: null, bytes: null}))];
}

function readWait(pid: number, sample: Sample): MigrationNow['waits'] {
	const wait = sample.locksWaiting.find(each => each.pid === pid);
	return wait ? {mode: wait.mode, relation: wait.relation, seconds: wait.seconds, blockers: wait.blockedBy.slice(0, 3).map(blocker => sample.active.find(each => each.pid === blocker) ?? unknownSession(blocker))} : null;
}

/** A session of which only the pid is known. */
export const unknownSession = (pid: number): NamedSession => ({pid, application: null, user: null, state: null, transactionSeconds: null});
