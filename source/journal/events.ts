/**
 * The journal's vocabulary: every kind of event with the data it carries.
 * Kinds are past tense and complete; hooks (`notify`) subscribe to the same names.
 */
import {z} from 'zod';
import {backupSchema} from './shapes/backup.ts';
import {blockSchema} from './shapes/block.ts';
import {evidenceSchema, verdictSchema} from './shapes/evidence.ts';
import {itemSchema} from './shapes/item.ts';
import {guardActSchema, outcomeSchema, statementSchema} from './shapes/outcome.ts';
import {actionNameSchema, environmentSchema, planSchema, restorePointSchema, targetSchema} from './shapes/plan.ts';
import {rehearsalSchema} from './shapes/rehearsal.ts';
import {alarmSchema, guardPolicySchema} from './shapes/run.ts';

const revisions = z.array(z.string());
const checklist = z.object({title: z.string(), path: z.string(), sha256: z.string()});

/** The data of each kind of event, beside `seq`, `at`, `kind`, `by` and `previous`. */
export const eventData = {
	/** `items` come open; `checklist` is pinned by its hash, its text is the artifact of that hash. */
	'run-opened': z.object({run: z.string(), project: z.string(), target: targetSchema, from: revisions, to: revisions, checklist, items: z.array(itemSchema), blocks: z.array(blockSchema).optional(), guard: guardPolicySchema}),
	/** A newer version of the checklist was taken on by a person; items keep their state by id. */
	/** A person said, by `--environment`, what the target is from here on. */
	'environment-named': z.object({environment: environmentSchema}),
	'check-started': z.object({item: z.string(), check: z.string()}),
	/** `settled` false: it gathered what a person needs, or could not look yet; the item stays with people. */
	'check-finished': z.object({item: z.string(), check: z.string(), verdict: verdictSchema, context: z.record(z.string(), z.string()), settled: z.boolean().optional()}),
	'item-attested': z.object({item: z.string(), note: z.string(), context: z.record(z.string(), z.string()).optional()}),
	/** `context`: the plan that it was waived for. */
	'item-waived': z.object({item: z.string(), reason: z.string(), context: z.record(z.string(), z.string()).optional()}),
	'item-went-stale': z.object({item: z.string(), reason: z.string()}),
	'plan-made': z.object({plan: planSchema}),
	'plan-approved': z.object({digest: z.string(), approver: z.string(), signed: z.boolean(), signature: z.string().optional()}),
	/** `sealed`: the items whose evidence can't become stale from here on. */
	'action-started': z.object({action: actionNameSchema, from: revisions, to: revisions, digest: z.string().optional(), sealed: z.array(z.string()), unmet: z.array(z.string()), warnings: z.array(z.string()).optional()}),
	/** The migration's session proved that it is on the watched server. */
	'session-proved': z.object({pid: z.number().int(), backendStart: z.string(), attempt: z.number().int(), lockTimeoutMs: z.number().optional()}),
	/** An attempt ended on a lock timeout, everything of it rolled back, and another follows. */
	'attempt-failed': z.object({attempt: z.number().int(), reason: z.string(), lockTimeoutMs: z.number().optional(), nextInMs: z.number()}),
	'revision-started': z.object({revision: z.string()}),
	'statement-started': z.object({sql: z.string(), number: z.number().int(), revision: z.string().optional()}),
	'statement-finished': z.object({statement: statementSchema, number: z.number().int()}),
	/** Its version row was written, though not yet committed. */
	'revision-finished': z.object({revision: z.string(), seconds: z.number()}),
	'revision-committed': z.object({revision: z.string()}),
	'hold-asked': z.object({wanted: z.boolean(), reason: z.string().optional()}),
	'action-held': z.object({reason: z.string()}),
	'action-continued': z.object({reason: z.string()}),
	'cancel-asked': z.object({reason: z.string(), terminate: z.boolean()}),
	'action-finished': z.object({outcome: outcomeSchema}),
	'alarm-raised': z.object({alarm: alarmSchema}),
	'alarm-cleared': z.object({alarm: z.string()}),
	'guard-acted': z.object({act: guardActSchema}),
	'guard-changed': z.object({guard: guardPolicySchema, key: z.string(), value: z.string()}),
	/** `accepted`: what the server answered; not that the backend has stopped. */
	'backend-cancelled': z.object({pid: z.number().int(), backendStart: z.string(), terminate: z.boolean(), accepted: z.boolean(), reason: z.string(), /** The server's, in a sentence. */ answer: z.string().optional()}),
	'backup-taken': z.object({backup: backupSchema}),
	/** Right before an upgrade, where WAL is archived. */
	'restore-point-made': z.object({point: restorePointSchema}),
	'rehearsal-finished': z.object({rehearsal: rehearsalSchema}),
	'review-finished': z.object({sqlSha256: z.string(), counts: z.object({error: z.number(), warning: z.number(), info: z.number()}), suppressed: z.number()}),
	/** A block of the checklist was given to bash as it stands; `child` is its folder below the run's `blocks/`. */
	'block-started': z.object({block: z.string(), sha256: z.string(), child: z.string()}),
	'block-finished': z.object({block: z.string(), exit: z.number().int().nullable(), seconds: z.number(), reason: z.string(), evidence: evidenceSchema}),
	'block-went-stale': z.object({block: z.string(), reason: z.string()}),
	'console-attached': z.object({console: z.string(), readOnly: z.boolean()}),
	'console-detached': z.object({console: z.string()}),
	'room-started': z.object({pid: z.number().int(), host: z.string(), version: z.string()}),
	/** A new room found what an earlier one left. */
	'room-recovered': z.object({found: z.string()}),
	'room-ended': z.object({reason: z.string()}),
	'artifact-kept': z.object({path: z.string(), sha256: z.string(), what: z.string()}),
	'notification-sent': z.object({name: z.string(), moment: z.string(), ok: z.boolean(), detail: z.string()}),
	'run-closed': z.object({outcome: z.string(), unmet: z.array(z.string())}),
	'run-abandoned': z.object({reason: z.string()}),
} as const;

export type EventKind = keyof typeof eventData;
export const eventKinds = Object.keys(eventData) as EventKind[];
export type EventData<K extends EventKind> = z.infer<(typeof eventData)[K]>;

/** What every line of the journal has. */
export interface EventFrame {
	/** From 1, without gaps. */
	seq: number;
	/** ISO 8601, UTC, milliseconds. */
	at: string;
	/** The person, or `holdpoint` where nobody decided. */
	by: string;
	/** sha256 of the line before, without its newline; 64 zeros in the first. */
	previous: string;
}

export type JournalEvent = {[K in EventKind]: EventFrame & {kind: K} & EventData<K>}[EventKind];
export type EventOf<K extends EventKind> = EventFrame & {kind: K} & EventData<K>;

const frame = {seq: z.number().int().min(1), at: z.string(), by: z.string(), previous: z.string().length(64)};

const kindSchema = z.enum(eventKinds as [EventKind, ...EventKind[]]);

/** Made once for each kind: to make one takes longer than to read a thousand events with it. */
const eventSchemas = new Map<EventKind, z.ZodType>();

function schemaOf(kind: EventKind): z.ZodType {
	const known = eventSchemas.get(kind);
	if (known) return known;
	const made = z.looseObject({...frame, kind: z.literal(kind), ...eventData[kind].shape});
	eventSchemas.set(kind, made);
	return made;
}

/** Reads one parsed line as an event. @throws ZodError when it is none. */
export function parseEvent(value: unknown): JournalEvent {
	return schemaOf(kindSchema.parse((value as {kind?: unknown} | null)?.kind)).parse(value) as JournalEvent;
}
