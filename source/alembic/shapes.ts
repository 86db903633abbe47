/** The sidecar's answers: the graph, a path, what env.py connects with, what the database says, the SQL. */
import {z} from 'zod';
import {problemSchema} from './problem.ts';

export const fileHashSchema = z.object({file: z.string(), sha256: z.string()});
export type FileHash = z.infer<typeof fileHashSchema>;

export const revisionSchema = z.object({
	revision: z.string(),
	/** down_revision; empty: it starts at base. */
	down: z.array(z.string()),
	dependsOn: z.array(z.string()),
	labels: z.array(z.string()),
	/** First line of the docstring. */
	doc: z.string(),
	docstring: z.string(),
	file: z.string(),
	sha256: z.string(),
	head: z.boolean(),
	branchPoint: z.boolean(),
	mergePoint: z.boolean(),
});
export type Revision = z.infer<typeof revisionSchema>;

export const graphSchema = z.object({
	/** Newest first, as Alembic walks them; empty when it can't. */
	revisions: z.array(revisionSchema),
	heads: z.array(z.string()),
	/** Empty for a sound graph. `several-heads`, `duplicate-revision` and `long-revision` leave the rest readable. */
	problems: z.array(problemSchema),
	warnings: z.array(z.string()),
	/** alembic.ini and pyproject.toml, as far as they are there. */
	config: z.array(fileHashSchema).nullable(),
	environment: fileHashSchema.nullable(),
	/** Every migration file, also the broken ones. */
	files: z.array(z.string()),
});
export type Graph = z.infer<typeof graphSchema>;

export const stepSchema = z.object({
	revision: z.string(),
	action: z.enum(['upgrade', 'downgrade']),
	from: z.array(z.string()),
	to: z.array(z.string()),
	doc: z.string(),
	file: z.string().nullable(),
});
export type Step = z.infer<typeof stepSchema>;

const target = z.object({
	dialect: z.string(),
	driver: z.string().nullable(),
	isAsync: z.boolean(),
	/** Such as `postgresql+psycopg`. */
	drivername: z.string(),
	/** Without the password. */
	url: z.string().nullable(),
	/** Null: the driver's own default, as `libpq` holds it. Several are separated by commas. */
	host: z.string().nullable(),
	port: z.string().nullable(),
	database: z.string().nullable(),
	username: z.string().nullable(),
	/** A secret. */
	password: z.string().nullable(),
	/** Further arguments of the driver: sslmode, options, … */
	options: z.record(z.string(), z.string()),
	/** A connection string given to the driver instead; a secret. */
	dsn: z.string().nullable(),
	/** PG* variables that the project's process has; may hold PGPASSWORD. */
	libpq: z.record(z.string(), z.string()),
	/** The project opens connections by a function of its own: host and so on are read from an open one. */
	creator: z.boolean(),
});

export const connectionSchema = target.extend({
	/** Engines that env.py or the models make besides the first that connects. */
	others: z.array(target),
	modules: z.array(z.string()),
});
/** What env.py would connect with. The password is in it: keep it in memory only. */
export type EnvConnection = z.infer<typeof connectionSchema>;

export const contextSchema = z.object({
	dialect: z.string(),
	versionTable: z.string(),
	versionTableSchema: z.string().nullable(),
	transactionPerMigration: z.boolean(),
	transactionalDdl: z.boolean(),
	/** SQL ran before context.configure(): unless env.py commits by itself, Alembic will roll everything back with exit code 0. */
	externalTransaction: z.boolean().nullable(),
	targetMetadata: z.boolean(),
	namingConvention: z.record(z.string(), z.string()),
	includeSchemas: z.boolean(),
	compareType: z.union([z.boolean(), z.literal('function')]),
	compareServerDefault: z.union([z.boolean(), z.literal('function')]),
	includeObject: z.boolean(),
});
export type ConfiguredContext = z.infer<typeof contextSchema>;

export const databaseSchema = z.object({
	/** Of the version table; empty when it has none or is not there. */
	rows: z.array(z.string()),
	/** Rows that the scripts do not know. */
	unknown: z.array(z.string()),
	/** Every head is applied, over depends_on too. */
	upToDate: z.boolean(),
	pid: z.number().int(),
	database: z.string(),
	role: z.string(),
	inRecovery: z.boolean(),
	serverAddress: z.string().nullable(),
	serverPort: z.number().int().nullable(),
	serverVersionNumber: z.number().int(),
	backendStart: z.string().nullable(),
	/** Null where the role may not read it. */
	systemIdentifier: z.string().nullable(),
	/** env.py's own session saw the room's lock: it is the same live database. Null when no key was given. */
	proven: z.boolean().nullable(),
	/** Timeouts that this role and database give a session, in milliseconds; 0 is none. */
	timeouts: z.record(z.string(), z.number()).optional(),
	/** Of env.py's own session. */
	timeZone: z.string(),
	/** The schemas that bare names are looked for in, those that do not exist left out. */
	searchPath: z.array(z.string()),
	differences: z.object({
		answer: z.enum(['same', 'different', 'not-up-to-date', 'no-target-metadata']),
		found: z.array(z.object({kind: z.string(), object: z.string(), text: z.string()})),
	}).optional(),
});
export type DatabaseReading = z.infer<typeof databaseSchema> & {context: ConfiguredContext};

export const sqlSchema = z.object({
	context: contextSchema,
	revisions: z.array(stepSchema.extend({
		/** Of the migration alone, with COMMIT and BEGIN where an autocommit block stands; null: see `reason`. */
		sql: z.string().nullable(),
		/** The same, cut at those places. */
		parts: z.array(z.object({sql: z.string(), transaction: z.boolean()})),
		/** What moves the version table. */
		stamp: z.string(),
		/** Why Alembic can't write it offline. */
		reason: z.string().nullable(),
		line: z.number().int().nullable(),
	})),
});
export type SqlReading = z.infer<typeof sqlSchema>;
