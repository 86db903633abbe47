/** What an action would do: path, SQL, commit points, digest. */
import {z} from 'zod';
import {itemSchema} from './item.ts';

export const environmentSchema = z.enum(['production', 'staging', 'development', 'unknown']);
export type Environment = z.infer<typeof environmentSchema>;

export const targetSchema = z.object({
	host: z.string(),
	port: z.number().int(),
	database: z.string(),
	role: z.string(),
	/** pg_control_system().system_identifier, as text since it exceeds 2^53. */
	systemIdentifier: z.string(),
	/** server_version, such as `15.18`. */
	serverVersion: z.string(),
	environment: environmentSchema,
	/** Where the URL came from: `--database`, `HOLDPOINT_DATABASE_URL`, `holdpoint.yaml`, `env.py`. */
	source: z.string(),
	timeline: z.number().int().optional(),
});
export type Target = z.infer<typeof targetSchema>;

export const actionNameSchema = z.enum(['backup', 'review', 'rehearse', 'upgrade', 'downgrade', 'maintain']);
export type ActionName = z.infer<typeof actionNameSchema>;

export const plannedRevisionSchema = z.object({
	revision: z.string(),
	doc: z.string(),
	file: z.string(),
	sha256: z.string(),
	/** Whether Alembic's offline mode could write its SQL. */
	sql: z.boolean(),
	/** Why there is no SQL. */
	reason: z.string().optional(),
});

export const commitPointSchema = z.object({
	/** The revision after, or inside, which everything so far is committed. */
	after: z.string(),
	why: z.string(),
	/** What a failure inside it or later leaves: `the version at a1b2`. */
	then: z.string(),
	/** It is inside the revision, where its autocommit_block() begins, and not after it. */
	inside: z.boolean().optional(),
});
export type CommitPoint = z.infer<typeof commitPointSchema>;

/** A named place in the WAL, made right before an upgrade. */
export const restorePointSchema = z.object({name: z.string(), lsn: z.string(), at: z.string()});

export const wayBackSchema = z.object({
	kind: z.enum(['downgrade', 'restore', 'forward']),
	/** Of a restore by point-in-time recovery: the named restore point. */
	to: z.string().optional(),
	/** Measured, not guessed; absent when it was never measured. */
	seconds: z.number().optional(),
	loses: z.string().optional(),
	/** Of a restore: so much time, and at most so many bytes of WAL, since the backup's snapshot. */
	losesSeconds: z.number().optional(),
	losesBytes: z.number().optional(),
});
export type WayBack = z.infer<typeof wayBackSchema>;

export const planSchema = z.object({
	action: z.enum(['upgrade', 'downgrade']),
	target: targetSchema,
	from: z.array(z.string()),
	to: z.array(z.string()),
	revisions: z.array(plannedRevisionSchema),
	commitPoints: z.array(commitPointSchema),
	/** Absolute path of the kept SQL. */
	sql: z.string(),
	sqlSha256: z.string(),
	digest: z.string(),
	/** The lines that the digest was made of, so that a refusal can name the one that changed. */
	digestLines: z.array(z.string()),
	/** SQL that comes out differently each time, by name; left out of the digest. */
	unstable: z.array(z.string()),
	unmet: z.array(itemSchema),
	warnings: z.array(z.string()),
	estimate: z.object({seconds: z.number(), basis: z.string()}).optional(),
	wayBack: z.array(wayBackSchema),
	/** Of an upgrade where WAL is archived: the named restore point that is made first, or why it can't be. */
	restorePoint: z.object({name: z.string().nullable(), why: z.string().nullable()}).optional(),
});
export type Plan = z.infer<typeof planSchema>;
