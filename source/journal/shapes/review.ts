/** What the SQL review says. The types are the review's own; these schemas hold them to CONTRACT.md. */
import {z} from 'zod';

export const findingSchema = z.object({
	rule: z.string(),
	level: z.enum(['error', 'warning', 'info']),
	message: z.string(),
	why: z.string(),
	fix: z.string(),
	/** Number of the statement in its file, from 1. */
	statement: z.number().int(),
	file: z.string().optional(),
	line: z.number().int(),
	column: z.number().int(),
	endLine: z.number().int().optional(),
	revision: z.string().optional(),
	/** The operation of the migration's Python that the statement comes from; `line` is then one of the SQL. */
	origin: z.object({file: z.string(), line: z.number().int(), endLine: z.number().int()}).optional(),
	table: z.string().optional(),
	lock: z.string().optional(),
	measured: z.boolean().optional(),
	url: z.string().optional(),
	/** The line of SQL that `line` names, cut at 300 characters. */
	source: z.string().optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** A statement as the review read it: where it stands, what it locks, and how large that is. */
export interface StatementLook {
	/** As findings name it. */
	number: number;
	line: number;
	endLine: number;
	revision?: string;
	/** Strongest first, one for each table. */
	locks: {table: string; mode: string}[];
	/** Of the largest table that it locks; null: unknown. */
	rows: number | null;
	bytes: number | null;
	/** As the rehearsal measured, for the target's size; null: it could not tell; absent: it was not rehearsed. */
	seconds?: number | null;
}

export const reviewSchema = z.object({
	statements: z.number().int(),
	findings: z.array(findingSchema),
	counts: z.object({error: z.number().int(), warning: z.number().int(), info: z.number().int()}),
	suppressed: z.number().int(),
	/** What holds for the review as a whole, such as a server version that nobody said. */
	notes: z.array(z.string()).optional(),
});
export type Review = z.infer<typeof reviewSchema>;
