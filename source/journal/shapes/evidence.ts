/** What a check saw and what it concluded from it. */
import {z} from 'zod';

export const evidenceSchema = z.object({
	kind: z.enum(['command', 'query', 'finding', 'file', 'digest', 'note']),
	title: z.string(),
	/** The text seen: output, rows, a diff. Already scrubbed of secrets. */
	body: z.string().optional(),
	/** argv of the command that was run, scrubbed. */
	command: z.array(z.string()).optional(),
	exit: z.number().int().nullable().optional(),
	rows: z.number().int().optional(),
	/** Absolute path of the file or kept artifact. */
	path: z.string().optional(),
	sha256: z.string().optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const verdictStatusSchema = z.enum(['passed', 'warned', 'failed', 'errored', 'not-applicable']);
export type VerdictStatus = z.infer<typeof verdictStatusSchema>;

export const verdictSchema = z.object({
	status: verdictStatusSchema,
	/** One sentence: what was found. */
	summary: z.string(),
	/** ISO 8601, UTC. */
	at: z.string(),
	seconds: z.number(),
	evidence: z.array(evidenceSchema),
	/** It speaks of what is over, and does not age. */
	lasting: z.boolean().optional(),
	/** A line of holdpoint.yaml, as an example, with which a machine could prove the item. */
	configure: z.string().optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;
