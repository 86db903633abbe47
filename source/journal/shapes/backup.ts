/** A backup that was taken, and how far it was verified. */
import {z} from 'zod';

export const backupSchema = z.object({
	path: z.string(),
	format: z.enum(['directory', 'custom', 'external']),
	bytes: z.number(),
	startedAt: z.string(),
	finishedAt: z.string(),
	serverVersion: z.string(),
	systemIdentifier: z.string(),
	database: z.string(),
	/** WAL position when the dump's snapshot was taken; null where the role may not read it. */
	lsn: z.string().nullable(),
	/** Of the one file of a custom dump. */
	sha256: z.string().optional(),
	/** Absolute path of the list of files with their hashes. */
	manifest: z.string().optional(),
	/** SQL of the server's roles (never their passwords) and tablespaces; `why`: what kept it from being written. */
	globals: z.object({path: z.string().nullable(), why: z.string().nullable()}).optional(),
	/** The standby that it was taken from, and how far behind the target that was; absent: taken from the target itself. */
	source: z.object({host: z.string(), port: z.number().int(), behindBytes: z.number(), behindSeconds: z.number().nullable()}).optional(),
	tables: z.number().int(),
	verified: z.object({
		list: z.boolean(),
		/** Every block of it was read and decompressed (`pg_restore -f /dev/null`). */
		read: z.boolean(),
		restore: z.object({
			database: z.string(),
			seconds: z.number(),
			tables: z.number().int(),
			rowsCompared: z.number(),
			/** Tables whose rows were not counted beside the dump: too large, or locked. */
			uncounted: z.number().int().optional(),
			differences: z.array(z.string()),
		}).optional(),
	}),
});
export type Backup = z.infer<typeof backupSchema>;
