/** A run as lists show it, and as everyone folds it from its events. */
import {z} from 'zod';
import {backupSchema} from './backup.ts';
import {blockSchema} from './block.ts';
import {itemCountsSchema, itemSchema} from './item.ts';
import {guardActSchema, outcomeSchema, statementSchema} from './outcome.ts';
import {actionNameSchema, planSchema, restorePointSchema, targetSchema} from './plan.ts';
import {rehearsalSchema} from './rehearsal.ts';

export const runSummarySchema = z.object({
	run: z.string(),
	state: z.enum(['open', 'closed', 'abandoned']),
	target: targetSchema,
	from: z.array(z.string()),
	to: z.array(z.string()),
	startedAt: z.string(),
	endedAt: z.string().optional(),
	outcome: z.string().optional(),
	items: itemCountsSchema,
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const approvalSchema = z.object({
	by: z.string(),
	/** False: claimed only, on the word of whoever sat at the console. */
	signed: z.boolean(),
	at: z.string(),
	digest: z.string(),
	/** Who sent it to the room; absent in records from before signatures. */
	sentBy: z.string().optional(),
	/** By ssh-keygen, armoured. */
	signature: z.string().optional(),
});
export type Approval = z.infer<typeof approvalSchema>;

export const alarmSchema = z.object({alarm: z.string(), level: z.enum(['note', 'warning', 'critical']), text: z.string(), since: z.string()});
export type Alarm = z.infer<typeof alarmSchema>;

/** The limits that the guard acts by; a limit that is null is off. Units in the names. */
export const guardPolicySchema = z.object({
	maxBlockedSessions: z.number().nullable(),
	maxBlockedSeconds: z.number().nullable(),
	maxSessionSeconds: z.number().nullable(),
	maxLagSeconds: z.number().nullable(),
	maxLagBytes: z.number().nullable(),
	minFreeConnectionsPercent: z.number().nullable(),
	maxEstimateFactor: z.number().nullable(),
	minFreeDiskBytes: z.number().nullable(),
	maxRetainedWalBytes: z.number().nullable(),
	/** So many samples running must pass a limit before the guard acts. */
	samples: z.number().int().min(1),
	action: z.enum(['cancel', 'alert']),
});
export type GuardPolicy = z.infer<typeof guardPolicySchema>;

/** An action under way, from its `action-started` to its `action-finished`. */
export const runningActionSchema = z.object({
	action: actionNameSchema,
	startedAt: z.string(),
	by: z.string(),
	from: z.array(z.string()),
	to: z.array(z.string()),
	attempt: z.number().int(),
	/** The migration's backend, once its session has proved where it is. */
	backend: z.object({pid: z.number().int(), backendStart: z.string()}).nullable(),
	revisions: z.array(z.object({
		revision: z.string(),
		startedAt: z.string(),
		/** Seconds, once its version row was written; committed only with `committed`. */
		seconds: z.number().nullable(),
		committed: z.boolean(),
	})),
	statement: z.object({sql: z.string(), startedAt: z.string(), number: z.number().int()}).nullable(),
	/** The newest that have finished, as the log: the journal has them all. */
	statements: z.array(statementSchema),
	/** Number of the last statement of this attempt that the journal has; a new room goes on after it. */
	lastStatement: z.number().int(),
	/** ISO time since when it is held at a safe point, or null. */
	heldSince: z.string().nullable(),
	holdWanted: z.boolean(),
	/** Whose wish that is, a person's before the guard's; absent: nobody's. */
	holdAsked: z.object({by: z.string(), reason: z.string().optional()}).optional(),
	/** Who or what asked for its end. */
	cancelWanted: z.string().nullable(),
	note: z.string().nullable(),
});
export type RunningAction = z.infer<typeof runningActionSchema>;

/** RunSummary's fields, but `items` are the items themselves, and `counts` their counts. */
export const runStateSchema = runSummarySchema.omit({items: true}).extend({
	items: z.array(itemSchema),
	counts: itemCountsSchema,
	/** Sequence number of the last event folded; decisions carry it. */
	seq: z.number().int(),
	/** sha256 of the last line of the journal. */
	head: z.string(),
	/** The project's folder, absolute. */
	project: z.string(),
	/** The checklist's shell blocks, in its order. */
	blocks: z.array(blockSchema),
	checklist: z.object({title: z.string(), path: z.string(), sha256: z.string()}),
	plan: planSchema.optional(),
	/** Where the last planned upgrade leads: what the checks before it are about, also while a downgrade is planned. */
	aim: z.array(z.string()),
	approvals: z.array(approvalSchema),
	actions: z.array(outcomeSchema),
	running: runningActionSchema.nullable(),
	backups: z.array(backupSchema),
	/** The newest one: made right before the last upgrade. */
	restorePoint: restorePointSchema.optional(),
	rehearsal: rehearsalSchema.optional(),
	consoles: z.array(z.object({name: z.string(), since: z.string(), readOnly: z.boolean()})),
	guard: guardPolicySchema,
	/** As it was before it was first changed in this run. */
	guardWas: guardPolicySchema.optional(),
	/** Those of its keys that are another than then, as in holdpoint.yaml. */
	guardChanged: z.array(z.string()).optional(),
	guardActs: z.array(guardActSchema),
	alarms: z.array(alarmSchema),
	artifacts: z.array(z.object({path: z.string(), sha256: z.string(), what: z.string()})),
	/** The latest events in one sentence each, newest last; bounded. */
	log: z.array(z.object({seq: z.number().int(), at: z.string(), by: z.string(), text: z.string(), level: z.enum(['info', 'warning', 'error'])})),
});
export type RunState = z.infer<typeof runStateSchema>;
