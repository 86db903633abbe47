/** A fenced shell block of the checklist: its lines as steps, and what became of it where it was run as it stands. */
import {z} from 'zod';
import {evidenceSchema} from './evidence.ts';

export const blockRunSchema = z.object({
	state: z.enum(['running', 'done', 'failed', 'stale']),
	by: z.string(),
	startedAt: z.string(),
	/** The folder of its process below the run's `blocks/`. */
	child: z.string(),
	finishedAt: z.string().optional(),
	seconds: z.number().optional(),
	/** Null: it did not end by itself. */
	exit: z.number().int().nullable().optional(),
	/** How it ended, in a few words. */
	reason: z.string().optional(),
	evidence: evidenceSchema.optional(),
	/** Why what it did no longer counts. */
	stale: z.string().optional(),
});

export const blockSchema = z.object({
	/** Stable: nearest heading without its number, a slash, `block`. */
	id: z.string(),
	section: z.array(z.string()),
	/** `bash`, `sh`, `shell` or `zsh`. */
	language: z.string(),
	/** So many items of the document stand before it. */
	after: z.number().int(),
	/** The item that it stands in. */
	item: z.string().optional(),
	/** Line of the document on which its fence opens, from 1. */
	line: z.number().int(),
	text: z.string(),
	/** Of the text as the document has it. */
	sha256: z.string(),
	/** A remark has no command; a command may have no comment above it. */
	steps: z.array(z.object({title: z.string().nullable(), command: z.string().nullable()})),
	run: blockRunSchema.optional(),
});
export type Block = z.infer<typeof blockSchema>;
