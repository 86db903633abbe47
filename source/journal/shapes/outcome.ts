/** What an action did, read back from the database. */
import {z} from 'zod';
import {actionNameSchema, restorePointSchema} from './plan.ts';

export const statementSchema = z.object({
	sql: z.string(),
	seconds: z.number(),
	/** As the driver reports it; absent where it does not know. */
	rows: z.number().int().optional(),
	revision: z.string().optional(),
	sqlstate: z.string().optional(),
});
export type Statement = z.infer<typeof statementSchema>;

export const guardActSchema = z.object({
	at: z.string(),
	rule: z.string(),
	reason: z.string(),
	did: z.string(),
});

export const outcomeSchema = z.object({
	run: z.string(),
	action: actionNameSchema,
	status: z.enum(['done', 'failed', 'cancelled', 'interrupted']),
	/** Exit code of CONTRACT.md that this outcome means. */
	exit: z.number().int(),
	reason: z.string(),
	from: z.array(z.string()),
	to: z.array(z.string()),
	seconds: z.number(),
	revisions: z.array(z.object({revision: z.string(), seconds: z.number()})),
	statements: z.array(statementSchema),
	database: z.object({
		version: z.array(z.string()),
		/** The version and the catalogs were read back after the action's own session had ended. */
		verified: z.boolean(),
		invalidIndexes: z.array(z.string()),
		/** What the action left behind that was not there before and should not be. */
		left: z.array(z.string()),
	}),
	guard: z.array(guardActSchema),
	attempts: z.number().int(),
	/** ISO 8601, UTC; absent where an earlier version wrote it. */
	finishedAt: z.string().optional(),
	/** Made right before the first attempt. */
	restorePoint: restorePointSchema.optional(),
});
export type Outcome = z.infer<typeof outcomeSchema>;
