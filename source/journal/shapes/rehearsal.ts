/** A rehearsal on a restored copy: up, down, up, with what was compared. */
import {z} from 'zod';

export const differenceSchema = z.object({
	/** Such as `index public.ix_orders_status`. */
	object: z.string(),
	kind: z.enum(['missing', 'extra', 'changed']),
	before: z.string().optional(),
	after: z.string().optional(),
});
export type Difference = z.infer<typeof differenceSchema>;

/** A configured command that ran on the copy: `old` the released application, `new` the one to be released, `api` what asks its API. */
export const applicationRunSchema = z.object({
	which: z.enum(['old', 'new', 'api']),
	/** The schema that the copy had. */
	schema: z.enum(['old', 'new']),
	argv: z.array(z.string()),
	exit: z.number().int().nullable(),
	seconds: z.number(),
	output: z.string(),
	ok: z.boolean(),
	/** Why it is ok or not, in a few words. */
	reason: z.string(),
});
export type ApplicationRun = z.infer<typeof applicationRunSchema>;

const statementOfUsersSchema = z.object({query: z.string(), calls: z.number(), problem: z.string()});

export const compatibilitySchema = z.object({
	applications: z.array(applicationRunSchema),
	/** Lines of the answers that only one schema gave, `-` old and `+` new; absent when the API was not asked on both. */
	api: z.array(z.string()).optional(),
	/** The target's most frequent statements, planned on the copy before and after the upgrade. */
	statements: z.object({
		/** Planned before the upgrade, and so compared. */
		planned: z.number().int(),
		/** Fine before the upgrade and refused after it. */
		broken: z.array(statementOfUsersSchema),
		/** Refused before the upgrade too, so that they say nothing. */
		unclear: z.array(statementOfUsersSchema),
		/** Why there are none. */
		missing: z.string().optional(),
	}).optional(),
});
export type Compatibility = z.infer<typeof compatibilitySchema>;

export const rehearsalSchema = z.object({
	/** What was restored, from when, onto what kind of server. */
	basis: z.string(),
	/** The digest of the plan that was rehearsed. */
	digest: z.string().optional(),
	seconds: z.number(),
	restoreSeconds: z.number(),
	/** `ran`: a run that did not happen, or never came to this revision, has 0 seconds and false. */
	revisions: z.array(z.object({revision: z.string(), up: z.number(), down: z.number(), again: z.number(), ran: z.object({up: z.boolean(), down: z.boolean(), again: z.boolean()}).optional()})),
	statements: z.array(z.object({
		sql: z.string(),
		seconds: z.number(),
		/** How often it ran, where its repetitions are told in one, with their seconds and rows together; absent: once. */
		times: z.number().int().optional(),
		revision: z.string().optional(),
		/** The strongest mode on each table that was there before: taken by it, or held by its transaction while it worked on that table. */
		locks: z.array(z.object({table: z.string(), mode: z.string()})),
		/** Tables whose file is another one than before; a TRUNCATE counts. */
		rewrote: z.array(z.string()),
		/** Tables read from end to end. */
		scanned: z.array(z.string()),
		rows: z.number().nullable(),
		/** Null where other sessions write on the same server. */
		walBytes: z.number().nullable(),
		/** What of locks, rewrites and scans is not known or only sampled, and why; absent: they are as listed. */
		unmeasured: z.string().optional(),
		/** For the target's size when its backup was taken; null where the copy held too little to tell. */
		estimateSeconds: z.number().nullable().optional(),
		estimateBasis: z.string().optional(),
	})),
	/** The copy's tables that the statements worked on, before the upgrade: what the estimate compares with. Bytes without indexes. */
	sizes: z.array(z.object({table: z.string(), rows: z.number().nullable(), bytes: z.number()})).optional(),
	/** Where the upgrade did otherwise than `alembic upgrade --sql` had said: one sentence each. */
	unpromised: z.array(z.string()).optional(),
	/** What was looked at on the copy's server before the restore, with what was found: one line each. */
	fit: z.array(z.string()).optional(),
	compatibility: compatibilitySchema.optional(),
	/** Where the copy differs from the original for want of something on its server: one sentence each. */
	warnings: z.array(z.string()).optional(),
	schema: z.object({
		afterDowngrade: z.array(differenceSchema),
		afterSecondUpgrade: z.array(differenceSchema),
	}),
	data: z.array(z.object({
		table: z.string(),
		before: z.string(),
		after: z.string(),
		equal: z.boolean(),
		loses: z.string().optional(),
		/** What the downgrade makes of a row that is written after the upgrade, or why that was not tried. */
		written: z.string().optional(),
		/** The same in a word; `changed`: the row is there without some of its values, or with others. */
		fate: z.enum(['stays', 'changed', 'gone', 'fails', 'not tried']).optional(),
		/** What of the table was not compared, and why. */
		notCompared: z.string().optional(),
	})),
	check: z.object({clean: z.boolean(), differences: z.array(z.string())}),
	/** What went wrong, one sentence each; empty when ok. */
	problems: z.array(z.string()),
	/** Exit codes of each Alembic run, in order. */
	commands: z.array(z.object({argv: z.array(z.string()), exit: z.number().int().nullable(), seconds: z.number(), output: z.string()})),
	ok: z.boolean(),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;
