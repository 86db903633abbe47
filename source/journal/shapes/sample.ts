/** One reading of the live pane. Unknown values are null, never 0. */
import {z} from 'zod';
import {alarmSchema} from './run.ts';

const known = z.number().nullable();

export const activeSessionSchema = z.object({
	pid: z.number().int(),
	user: z.string().nullable(),
	application: z.string().nullable(),
	client: z.string().nullable(),
	/** pg_stat_activity.state; null where this role may not see it. */
	state: z.string().nullable(),
	/** Since the running (or last) query began. */
	seconds: known,
	transactionSeconds: known,
	waitEvent: z.string().nullable(),
	query: z.string().nullable(),
	blockedBy: z.array(z.number().int()),
	/** This backend is the migration's own. */
	migration: z.boolean(),
	/** pg_stat_activity.backend_start as text, exact: signals are sent only to this (pid, start). */
	backendStart: z.string().nullable(),
	/** Such as `client backend`, `autovacuum worker`, `walsender`. */
	backendType: z.string().nullable(),
	/** Age in transactions of the snapshot it holds, which keeps VACUUM from removing younger dead rows. */
	xminAge: known.optional(),
	/** Parallel workers of its query; absent: none. */
	workers: z.number().int().optional(),
	/** Where it is in another database of the server than the target. */
	database: z.string().optional(),
});
export type ActiveSession = z.infer<typeof activeSessionSchema>;

export const lockWaitSchema = z.object({
	pid: z.number().int(),
	relation: z.string().nullable(),
	mode: z.string(),
	seconds: known,
	blockedBy: z.array(z.number().int()),
	/** pg_locks.locktype: `relation`, `transactionid` and `tuple` (a row), `virtualxid` (a snapshot), `advisory` … */
	kind: z.string().optional(),
});
export type LockWait = z.infer<typeof lockWaitSchema>;

export interface WaitingSession {
	pid: number;
	seconds: number | null;
	mode: string;
	relation: string | null;
	waiting: WaitingSession[];
}
export const waitingSchema: z.ZodType<WaitingSession> = z.lazy(() => z.object({
	pid: z.number().int(),
	seconds: known,
	mode: z.string(),
	relation: z.string().nullable(),
	waiting: z.array(waitingSchema),
}));

export const blockerSchema = z.object({
	/** 0 stands for a prepared transaction. */
	pid: z.number().int(),
	waiting: z.array(waitingSchema),
	/** Everyone who waits below it, directly or not. */
	total: z.number().int(),
});
export type Blocker = z.infer<typeof blockerSchema>;

/** Who waits for one session, directly or not, and would go on if it ended. */
export const behindSchema = z.object({
	sessions: z.number().int(),
	longestSeconds: known,
	/** Their waits added up. */
	sessionSeconds: known,
	/** What they wait for, the most wanted first; at most five. */
	relations: z.array(z.string()),
});
export type Behind = z.infer<typeof behindSchema>;

export const standbySchema = z.object({
	name: z.string(),
	state: z.string().nullable(),
	sync: z.string().nullable(),
	lagBytes: known,
	lagSeconds: known,
	client: z.string().nullable().optional(),
	/** Written here and not sent yet; sent and not flushed there; flushed there and not replayed. */
	unsentBytes: known.optional(),
	unflushedBytes: known.optional(),
	unreplayedBytes: known.optional(),
	/** As the server reports them, of the last commit that the standby acknowledged. */
	flushSeconds: known.optional(),
	replaySeconds: known.optional(),
	/** Since it last gave a sign. */
	replySeconds: known.optional(),
});
export type Standby = z.infer<typeof standbySchema>;

export const progressSchema = z.object({
	pid: z.number().int(),
	command: z.string(),
	phase: z.string(),
	relation: z.string().nullable(),
	done: known,
	total: known,
	unit: z.string().nullable(),
	/** Whom CREATE INDEX CONCURRENTLY waits for. */
	waitsFor: z.number().int().nullable().optional(),
	/** The index that is built, or the partition that is analysed. */
	detail: z.string().nullable().optional(),
	/** Of this phase, at its pace of the latest minute; absent: not known. */
	secondsLeft: z.number().optional(),
});
export type Progress = z.infer<typeof progressSchema>;

/** A table that the plan touches. Nothing here opens the table, so none of it waits for a lock on it. */
export const tableStateSchema = z.object({
	name: z.string(),
	/** As of its last VACUUM, ANALYZE or index build: heap, indexes, TOAST. */
	heapBytes: known,
	indexBytes: known,
	toastBytes: known,
	liveRows: known,
	deadRows: known,
	/** Estimated share of the heap that is free or dead, 0 to 1; null without statistics, for small tables, or without SELECT on it. */
	bloat: known,
	/** Since the statistics were reset. */
	tableScans: known,
	indexScans: known,
	changedRows: known,
	vacuumedAt: z.string().nullable(),
	analyzedAt: z.string().nullable(),
	/** Age of its oldest transaction id. */
	xidAge: known,
});
export type TableState = z.infer<typeof tableStateSchema>;

/** How near the database with the oldest transaction ids is to a forced VACUUM. */
export const wraparoundSchema = z.object({
	database: z.string(),
	xidAge: z.number(),
	multixactAge: known,
	/** From this age on autovacuum freezes, whatever its settings are: autovacuum_freeze_max_age. */
	freezeAge: z.number(),
});
export type Wraparound = z.infer<typeof wraparoundSchema>;

export const preparedSchema = z.object({
	gid: z.string(),
	owner: z.string(),
	database: z.string(),
	seconds: known,
	xidAge: known,
});
export type Prepared = z.infer<typeof preparedSchema>;

export const sampleSchema = z.object({
	at: z.string(),
	server: z.object({version: z.string(), role: z.enum(['primary', 'standby']), uptimeSeconds: known,
		/** It grows by one when a standby is promoted. */
		timeline: known.optional(),
		/** As text; read every so many polls. */
		systemIdentifier: z.string().optional(),
	}),
	active: z.array(activeSessionSchema),
	locksWaiting: z.array(lockWaitSchema),
	blockers: z.array(blockerSchema),
	replication: z.array(standbySchema),
	slots: z.array(z.object({
		name: z.string(), active: z.boolean(), retainedBytes: known,
		kind: z.string().optional(), database: z.string().nullable().optional(),
		/** `reserved`, `extended`, `unreserved`, `lost`: from 13 on. */
		walStatus: z.string().nullable().optional(),
		/** What may still be written before the slot is lost; null: no limit is set. */
		safeBytes: known.optional(),
		xminAge: known.optional(),
		/** Why nobody can read from it any more, in the server's words: `wal_removed`, `rows_removed`, `wal_level_insufficient`, `idle_timeout`; `conflicting` where it says no more. */
		invalidated: z.string().nullable().optional(),
		/** Since nobody reads from it: from 17 on. */
		inactiveSeconds: known.optional(),
	})),
	/** Standbys that must be there by the configuration, and are not. */
	missingStandbys: z.array(z.string()).optional(),
	progress: z.array(progressSchema),
	connections: z.object({total: known, max: known, active: known, idle: known, idleInTransaction: known, waiting: known}),
	/** Per second, since the sample before; null in the first one and after a reset of the counters. */
	rates: z.object({
		commits: known, rollbacks: known, tuplesWritten: known, walBytes: known,
		tuplesRead: known.optional(), tempBytes: known.optional(), deadlocks: known.optional(),
		/** Of the blocks asked for, the share found in shared buffers, 0 to 1. */
		cacheHit: known.optional(),
		/** Milliseconds that the server was busy for each transaction, waits included; from 14 on. */
		transactionMs: known.optional(),
		/** Not per second: how many began in the last 15 minutes, by their time and because WAL had filled max_wal_size, and how long one of them wrote in the mean. */
		checkpointsTimed: known.optional(),
		checkpointsRequested: known.optional(),
		checkpointSeconds: known.optional(),
	}),
	/** Prepared transactions of all databases, the oldest first; at most 20. */
	prepared: z.array(preparedSchema).optional(),
	/** Read every so many polls, at `at`; absent: no plan. */
	tables: z.object({at: z.string(), list: z.array(tableStateSchema)}).optional(),
	wraparound: wraparoundSchema.extend({at: z.string()}).optional(),
	/** Where the server's WAL is, in bytes from 0/0. */
	walPosition: known.optional(),
	/** Who waits for the migration; null while there is none. */
	behind: behindSchema.nullable().optional(),
	/** Alarms that are up, with the figures of this moment; the journal has them as they were raised. */
	alarms: z.array(alarmSchema).optional(),
	/** What this role may not see, one sentence each with the GRANT that mends it. */
	hidden: z.array(z.string()),
	/** Which of its lists are empty because the server refuses to tell. */
	refused: z.array(z.enum(['replication', 'slots', 'progress', 'prepared', 'activity'])).optional(),
	tookMs: z.number(),
});
export type Sample = z.infer<typeof sampleSchema>;

/** What a panel may know of something that is read again and again: never an old value shown as a new one. */
export type Reading<T> =
	| {kind: 'none'}
	| {kind: 'fresh'; value: T}
	| {kind: 'failed'; error: string; since: string; last?: T};
