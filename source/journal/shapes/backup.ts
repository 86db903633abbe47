/** A backup that was taken, and how far it was verified. */
import {z} from 'zod';

const restoreSchema = z.object({
	database: z.string(),
	seconds: z.number(),
	tables: z.number().int(),
	rowsCompared: z.number(),
	/** Tables whose rows were not counted beside the dump: too large, or locked. */
	uncounted: z.number().int().optional(),
	differences: z.array(z.string()),
});

export const backupSchema = z.object({
	/** Absolute; of an external backup its label. */
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
	/** Of an external backup: what took it, such as `pgBackRest (full)`. */
	tool: z.string().optional(),
	tables: z.number().int(),
	/** As `pg_dump --compress` was told, such as `gzip:3`. */
	compression: z.string().optional(),
	/** Rows that were counted in its snapshot; `uncounted` tables were too large (`backup.count_rows`) or could not be read then, `largest` is one of them. */
	counted: z.object({tables: z.number().int(), rows: z.number(), seconds: z.number(), uncounted: z.number().int(), largest: z.string().nullable()}).optional(),
	/** A WAL switch that was forced after it: its segment, and after how many seconds it was archived, or why it was not. */
	archived: z.object({segment: z.string().nullable(), seconds: z.number().nullable(), why: z.string().nullable(), at: z.string()}).optional(),
	/** What pg_dump or holdpoint had to say against it while it was taken, each a sentence. */
	warnings: z.array(z.string()).optional(),
	verified: z.object({
		list: z.boolean(),
		/** Every block of it was read and decompressed (`pg_restore -f /dev/null`). */
		read: z.boolean(),
		restore: restoreSchema.optional(),
	}),
});
export type Backup = z.infer<typeof backupSchema>;

const instant = z.iso.datetime({offset: true});

/** What the command of `backup.external` prints as JSON, one of these or a list: a backup that something else than holdpoint took. */
export const externalBackupSchema = z.object({
	/** By which its tool knows it. */
	label: z.string().min(1),
	finishedAt: instant,
	/** False: it failed, or is not complete. */
	ok: z.boolean(),
	error: z.string().optional(),
	tool: z.string().optional(),
	startedAt: instant.optional(),
	bytes: z.number().optional(),
	/** Absent: of the whole server. */
	database: z.string().optional(),
	/** pg_control_system().system_identifier of the server that it is of; without it nothing proves that it is the target's. */
	systemIdentifier: z.string().optional(),
	serverVersion: z.string().optional(),
	/** WAL position at its start. */
	lsn: z.string().regex(/^[\dA-Fa-f]+\/[\dA-Fa-f]+$/).optional(),
	/** How many days its tool keeps backups. */
	retentionDays: z.number().optional(),
	/** Up to here a restore to a moment is possible now. */
	recoverableUntil: instant.optional(),
	/** A restore of it that was made and compared, with its figures; nothing else counts as verified. */
	verified: z.object({restore: restoreSchema}).optional(),
});
export type ExternalBackup = z.infer<typeof externalBackupSchema>;
