/** What a migration file says, as Python's own `ast` reads it, without running it. */
import {z} from 'zod';
import {problemSchema} from './problem.ts';

/** A literal as it is; anything else as its source text. */
const argument = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])), z.object({code: z.string()})]);
export type Argument = z.infer<typeof argument>;

export const operationSchema = z.object({
	/** Such as `create_index`, `execute`. */
	op: z.string(),
	/** What it was called on: `op`, a batch, a connection. */
	on: z.string(),
	line: z.number().int(),
	endLine: z.number().int(),
	arguments: z.array(argument),
	keywords: z.record(z.string(), argument),
	/** Inside `autocommit_block()`. */
	autocommit: z.boolean(),
	loop: z.boolean(),
	/** Of an `execute`: the SQL where it stands in the file, `{…}` for what is filled in; null when it can't be read. */
	sql: z.string().nullable(),
	/** Of an operation of `batch_alter_table`. */
	table: argument.optional(),
});
export type Operation = z.infer<typeof operationSchema>;

const lines = z.object({line: z.number().int(), endLine: z.number().int()});

export const sideSchema = z.object({
	defined: z.boolean(),
	/** No operation at all: `pass`, only a docstring, or it raises at once. */
	empty: z.boolean(),
	/** Its first statement raises: declared one-way. */
	raises: z.boolean(),
	line: z.number().int().nullable(),
	endLine: z.number().int().nullable(),
	/** In order, through functions of the same file. */
	operations: z.array(operationSchema),
	/** Lines that take the connection or a Session: their SQL can't be written offline. */
	binds: z.array(z.number().int()),
	autocommit: z.array(lines),
});

const readable = z.object({
	/** Absolute where the project's folder is on this machine. */
	file: z.string(),
	sha256: z.string(),
	revision: z.string().nullable(),
	down: z.array(z.string()),
	docstring: z.string(),
	/** The docstring without the lines that Alembic writes into it. */
	message: z.string(),
	imports: z.array(z.string()),
	upgrade: sideSchema,
	downgrade: sideSchema,
	/** Strings that look as if they belonged to one environment; secrets are masked. */
	suspects: z.array(z.object({line: z.number().int(), kind: z.enum(['secret', 'url', 'address', 'email', 'host', 'path', 'environment']), text: z.string()})),
	problem: z.undefined().optional(),
});

const unreadable = z.object({file: z.string(), sha256: z.string(), problem: problemSchema});

export const migrationFactsSchema = z.union([unreadable, readable]);
/** Facts of one file; `problem` is set, and nothing else known, when it does not parse. */
export type MigrationFacts = z.infer<typeof readable> | z.infer<typeof unreadable>;
/** Facts of a file that parses. */
export type ReadableFacts = z.infer<typeof readable>;
