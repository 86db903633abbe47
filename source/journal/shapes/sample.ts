/** One reading of the live pane. Unknown values are null, never 0. */
import {z} from 'zod';

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
});
export type Progress = z.infer<typeof progressSchema>;

export const sampleSchema = z.object({
	at: z.string(),
	server: z.object({version: z.string(), role: z.enum(['primary', 'standby']), uptimeSeconds: known}),
	active: z.array(activeSessionSchema),
	locksWaiting: z.array(lockWaitSchema),
	blockers: z.array(blockerSchema),
	replication: z.array(standbySchema),
	slots: z.array(z.object({name: z.string(), active: z.boolean(), retainedBytes: known})),
	progress: z.array(progressSchema),
	connections: z.object({total: known, max: known, active: known, idle: known, idleInTransaction: known, waiting: known}),
	/** Per second, since the sample before; null in the first one and after a reset of the counters. */
	rates: z.object({commits: known, rollbacks: known, tuplesWritten: known, walBytes: known}),
	/** Who waits for the migration; null while there is none. */
	behind: behindSchema.nullable().optional(),
	/** What this role may not see, one sentence each with the GRANT that mends it. */
	hidden: z.array(z.string()),
	tookMs: z.number(),
});
export type Sample = z.infer<typeof sampleSchema>;

/** What a panel may know of something that is read again and again: never an old value shown as a new one. */
export type Reading<T> =
	| {kind: 'none'}
	| {kind: 'fresh'; value: T}
	| {kind: 'failed'; error: string; since: string; last?: T};
