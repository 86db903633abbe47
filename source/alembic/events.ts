/** What a running migration says, line by line. */
import {z} from 'zod';
import {stepSchema} from './shapes.ts';

const state = z.string().nullable();
const seconds = z.number().nullable();
const revision = z.string().nullable();
const number = z.number().int().nullable();
/** Epoch seconds by the clock of the machine that runs Python. */
const at = z.number();

/** What a statement did to tables that were there before its transaction; only where `measure` was asked for. */
const measuredSchema = z.object({
	/** Every lock that the transaction holds after it; `fresh`: not yet held before it. Modes as pg_locks names them. */
	locks: z.array(z.object({table: z.string(), mode: z.string(), fresh: z.boolean()})),
	/** Their file is another one than before. */
	rewrote: z.array(z.string()),
	/** Read from end to end; null where it can't be told. */
	scanned: z.array(z.string()).nullable(),
	/** Written by the whole server meanwhile. */
	walBytes: z.number(),
	/** It ran outside a transaction, so that its locks are over when it ends. */
	outside: z.boolean(),
});
export type MeasuredStatement = z.infer<typeof measuredSchema>;

/** `state` is the transaction as the driver reports it before or after: IDLE, INTRANS, INERROR, ACTIVE; null where it does not say. */
export const sidecarEventSchema = z.discriminatedUnion('event', [
	z.object({event: z.literal('started'), at, pid: z.number().int(), python: z.string(), alembic: z.string(), sqlalchemy: z.string(), action: z.string(), revision: z.string()}),
	/** A session was proven to be on the live target, holds the lock that keeps a second run out, and has its timeouts. */
	z.object({
		event: z.literal('connected'), at, pid: z.number().int(), backendStart: z.string().nullable(), database: z.string(), role: z.string(), driver: z.string(),
		inRecovery: z.boolean(), serverAddress: z.string().nullable(), serverPort: z.number().int().nullable(), serverVersionNumber: z.number().int(),
		/** Null when no proof was asked for. */
		proven: z.boolean().nullable(), ownLock: z.string().nullable(),
		/** From 1; a second one is a second engine or a new connection of the first. */
		number: z.number().int(),
		/** The driver was told another backend pid than the server's: a proxy or a session pooler is in between. */
		behindProxy: z.boolean(),
		/** client_connection_check_interval is set: a dead client's statement ends. */
		clientCheck: z.boolean(),
	}),
	z.object({event: z.literal('disconnected'), at, pid: z.number().int()}),
	/** Before any statement on that connection; `exit` with code 3 follows. `statements`: how many ran on earlier connections of this run. */
	z.object({event: z.literal('refused'), at, why: z.enum(['wrong-server', 'standby', 'already-running', 'pooler']), text: z.string(), pid: z.number().int(), database: z.string(), serverAddress: z.string().nullable(), serverPort: z.number().int().nullable(), statements: z.number().int()}),
	/** The steps as Alembic will take them, for one database. */
	z.object({
		event: z.literal('plan'), at, rows: z.array(z.string()), steps: z.array(stepSchema), transactionPerMigration: z.boolean(), transactionalDdl: z.boolean(),
		/** SQL ran before context.configure(): all may be rolled back with exit code 0. */
		externalTransaction: z.boolean().nullable(), versionTable: z.string(), versionTableSchema: z.string().nullable(),
	}),
	z.object({event: z.literal('revision'), at, revision: z.string(), action: z.enum(['upgrade', 'downgrade'])}),
	/** Its version row is written; not yet committed. */
	z.object({event: z.literal('revision-end'), at, revision, seconds: z.number(), heads: z.array(z.string())}),
	z.object({
		event: z.literal('statement'), at, number: z.number().int(), sql: z.string(), cut: z.boolean(), pid: number, revision, state, autocommit: z.boolean(), many: z.boolean(), timeoutsLifted: z.boolean(),
		/** It starts when `watching` is ordered, or after 2 s. */
		waits: z.boolean().optional(),
	}),
	z.object({event: z.literal('statement-end'), at, number, seconds: z.number(), rows: number, state, measured: measuredSchema.nullish()}),
	/** The same statement many times over, told once a second from its 21st time on. */
	z.object({event: z.literal('statements-repeated'), at, sql: z.string(), revision, first: z.number().int(), last: z.number().int(), count: z.number().int(), seconds: z.number(), rows: z.number().int(), measured: measuredSchema.nullish()}),
	z.object({event: z.literal('statement-failed'), at, number, seconds, sqlstate: z.string().nullable(), message: z.string(), detail: z.string().nullable(), hint: z.string().nullable(), sql: z.string(), revision, state}),
	/** After the server's answer. `revisions`: those whose version row is now committed; `revision`: the one that goes on. */
	z.object({event: z.literal('commit'), at, pid: number, revisions: z.array(z.string()), revision}),
	z.object({event: z.literal('rollback'), at, pid: number, revisions: z.array(z.string()), revision}),
	/** Of this revision a part is committed: what follows waits for its locks up to the bound, since it could not be tried again. */
	z.object({event: z.literal('patient'), at, revision, lockTimeoutMs: z.number()}),
	/** Held at a safe point: no transaction is open. */
	z.object({event: z.literal('held'), at, where: z.string(), revision}),
	z.object({event: z.literal('continued'), at}),
	/** An order was read from standard input. */
	z.object({event: z.literal('order'), at, word: z.string()}),
	/** Something that this run can't tell. */
	z.object({event: z.literal('not-seen'), at, what: z.string()}),
	/** The last line. Code 0 proves nothing: read the version table. */
	z.object({
		event: z.literal('exit'), at, code: z.number().int(), how: z.enum(['done', 'command-error', 'error', 'system-exit', 'cancelled', 'refused']),
		error: z.object({class: z.string(), message: z.string(), sqlstate: z.string().nullable(), kind: z.string().optional(), file: z.string().optional(), line: z.number().nullish()}).nullable(),
		/** Revisions that ran and whose version row was never committed. */
		uncommitted: z.array(z.string()), seconds,
	}),
]);
export type SidecarEvent = z.infer<typeof sidecarEventSchema>;

/** The event in a line of the child's standard output; null for noise. */
export function parseSidecarLine(line: string): SidecarEvent | null {
	const [value] = parseMarked(line);
	const parsed = sidecarEventSchema.safeParse(value);
	return parsed.success ? parsed.data : null;
}

/** A line of the sidecar's own; anything else on the channel is noise (a container's runtime, a wrapper's banner). */
export function parseMarked(line: string): unknown[] {
	const mark = line.indexOf('\u001e');
	if (mark < 0) return [];
	try {
		return [JSON.parse(line.slice(mark + 1))];
	} catch {
		return [];
	}
}
