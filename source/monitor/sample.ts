/** Makes the sample that everyone sees out of what one poll read and what is remembered of those before. */
import type {ActiveSession, Progress, Sample, Wraparound} from '../journal/shapes/sample.ts';
import {buildLockGraph, type LockGraph} from './blocking.ts';
import type {Backend} from './connection.ts';
import {readLag} from './lag.ts';
import {followProgress, type SeenProgress} from './pace.ts';
import type {Poll, RefusedQueries} from './poll.ts';
import type {ActivityRow} from './queries/activity.ts';
import {pollQueries} from './queries/index.ts';
import type {TableRow} from './queries/tables.ts';
import {baseline, checkpoints, rates, type Counters} from './rates.ts';
import {fillWaits, type SeenWaits} from './waits.ts';

/** What one poll needs of earlier ones. */
export interface Memory {
	/** In the order of time; of the same start of the server only. */
	counters: readonly Counters[];
	waits: SeenWaits;
	progress: SeenProgress;
	/** What is not read in each poll, as it was last read. */
	seldom: Seldom;
}

interface Seldom {
	tables?: {at: string; list: TableRow[]};
	wraparound?: Wraparound & {at: string};
	server?: string;
}

export const noMemory: Memory = {counters: [], waits: new Map(), progress: new Map(), seldom: {}};

/** Long enough to tell the age of a lag; a longer one is shown as at least this many polls. */
const mostCounters = 900;
const mostLocksWaiting = 200;

/** The lock graph of a poll, how long its commands still take, and the memory for the next one. */
export function readGraph({poll, memory, nowMs}: {poll: Poll; memory: Memory; nowMs: number}): {graph: LockGraph; progress: Progress[]; memory: Memory} {
	const {counters} = poll.instance;
	const before = memory.counters.at(-1)?.started === counters.started ? memory.counters : [];
	const {rows, seen} = fillWaits({rows: poll.contested ?? [], seen: memory.waits, nowMs});
	const leaders = new Map((poll.activity ?? []).flatMap(row => row.leader === null || row.leader === row.pid ? [] : [[row.pid, row.leader] as const]));
	const followed = followProgress({rows: poll.progress ?? [], seen: memory.progress, nowMs});
	return {graph: buildLockGraph(rows, leaders), progress: followed.rows, memory: {counters: [...before, counters].slice(-mostCounters), waits: seen, progress: followed.seen, seldom: readSeldom(poll, memory.seldom, nowMs)}};
}

/** An answer stays until the next one, with the time when it was true. */
function readSeldom({tables, wraparound, server}: Poll, before: Seldom, nowMs: number): Seldom {
	const at = new Date(nowMs).toISOString();
	return {...before, ...(tables && {tables: {at, list: tables}}), ...(wraparound && {wraparound: {at, ...wraparound}}), ...(server && {server})};
}

export interface SampleParts {
	/** ISO 8601, UTC. */
	at: string;
	tookMs: number;
	poll: Poll;
	graph: LockGraph;
	progress: Progress[];
	/** With this poll's counters as the last. */
	memory: Memory;
	migration: Backend | null;
	refused: RefusedQueries;
	/** application_name of each standby that must be there. */
	standbys?: readonly string[];
}

const lists = ['replication', 'slots', 'progress', 'prepared', 'activity'] as const;

/** Pure: the same parts make the same sample. */
export function makeSample({at, tookMs, poll, graph, progress, memory, migration, refused, standbys = []}: SampleParts): Sample {
	const {instance} = poll;
	const {tables, wraparound, server} = memory.seldom;
	const earlier = memory.counters.slice(0, -1);
	const missing = standbys.filter(name => !poll.replication?.some(standby => standby.name === name));
	const workers = Map.groupBy((poll.activity ?? []).filter(row => row.leader !== null && row.leader !== row.pid), row => row.leader);
	const active = (poll.activity ?? []).filter(row => row.leader === null || row.leader === row.pid).map(row => describeSession(row, graph, workers.get(row.pid)?.length ?? 0));
	const migrates = migration !== null && (poll.activity === null || active.some(session => session.migration));
	return {
		at,
		server: {version: instance.version, role: instance.standby ? 'standby' : 'primary', uptimeSeconds: instance.uptimeSeconds, timeline: instance.timeline, ...(server && {systemIdentifier: server})},
		active,
		locksWaiting: graph.waits.slice(0, mostLocksWaiting),
		blockers: graph.blockers,
		replication: [...poll.receiver ?? [], ...(poll.replication ?? []).map(row => readLag(row, memory.counters))],
		slots: poll.slots ?? [],
		...(missing.length > 0 && poll.replication && !instance.standby && {missingStandbys: missing}),
		progress,
		connections: {...instance.connections, waiting: poll.contested === null ? null : graph.waits.length},
		rates: {...rates(baseline(earlier, instance.counters), instance.counters), ...checkpoints(earlier, instance.counters)},
		...(poll.prepared && {prepared: poll.prepared}),
		...(tables && {tables: {at: tables.at, list: tables.list.map(({readable: _, ...table}) => table)}}),
		...(wraparound && {wraparound}),
		walPosition: instance.counters.walPosition,
		behind: migrates ? graph.behind(migration.pid) : null,
		hidden: nameHidden(poll, {refused, tables: tables?.list ?? []}),
		...(lists.some(name => refused.has(name)) && {refused: lists.filter(name => refused.has(name))}),
		tookMs,
	};
}

function describeSession(row: ActivityRow, graph: LockGraph, workers: number): ActiveSession {
	return {
		pid: row.pid,
		user: row.user,
		application: row.application,
		client: row.client,
		state: row.state,
		seconds: row.seconds,
		transactionSeconds: row.transactionSeconds,
		waitEvent: row.waitEvent,
		query: row.query,
		blockedBy: graph.blockedBy(row.pid),
		migration: row.migration,
		backendStart: row.backendStart,
		backendType: row.backendType,
		...(row.xminAge !== null && {xminAge: row.xminAge}),
		...(row.database !== null && {database: row.database}),
		...(workers > 0 && {workers}),
	};
}

function nameHidden({instance, replication}: Poll, {refused, tables}: {refused: RefusedQueries; tables: readonly TableRow[]}): string[] {
	const unread = tables.filter(table => !table.readable).map(({name}) => name);
	const grant = `GRANT pg_monitor TO ${instance.role};`;
	return [
		...instance.sees ? [] : [`Sessions of other roles: their state, query and transaction times, the progress of their commands, and the counts by state, are hidden from ${instance.role}: ${grant}`],
		...instance.sees || !replication?.length ? [] : [`How far the standbys are is hidden from ${instance.role}: ${grant}`],
		...unread.length === 0 ? [] : [`The estimated bloat of ${unread.join(', ')} needs SELECT: GRANT SELECT ON ${unread.join(', ')} TO ${instance.role};`],
		...[...refused].map(([name, {reason}]) => `The server refuses to tell about ${pollQueries[name].shows}: ${reason}.${grantFor(reason, instance.role)}`),
	];
}

/** The right that the server's own words name, where they are English. */
function grantFor(reason: string, role: string): string {
	const [, kind, name] = /^permission denied for (view|table|relation|function) (\S+)$/.exec(reason) ?? [];
	if (name === undefined) return '';
	return ` GRANT ${kind === 'function' ? 'EXECUTE ON FUNCTION' : 'SELECT ON'} ${name} TO ${role};`;
}
