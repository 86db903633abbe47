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

export const rehearsalSchema = z.object({
	/** What was restored, from when, onto what kind of server. */
	basis: z.string(),
	/** The digest of the plan that was rehearsed. */
	digest: z.string().optional(),
	seconds: z.number(),
	restoreSeconds: z.number(),
	revisions: z.array(z.object({revision: z.string(), up: z.number(), down: z.number(), again: z.number()})),
	statements: z.array(z.object({
		sql: z.string(),
		seconds: z.number(),
		revision: z.string().optional(),
		locks: z.array(z.object({table: z.string(), mode: z.string()})),
		rewrote: z.array(z.string()),
		scanned: z.array(z.string()),
		rows: z.number().nullable(),
		walBytes: z.number().nullable(),
	})),
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
	})),
	check: z.object({clean: z.boolean(), differences: z.array(z.string())}),
	/** What went wrong, one sentence each; empty when ok. */
	problems: z.array(z.string()),
	/** Exit codes of each Alembic run, in order. */
	commands: z.array(z.object({argv: z.array(z.string()), exit: z.number().int().nullable(), seconds: z.number(), output: z.string()})),
	ok: z.boolean(),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;
