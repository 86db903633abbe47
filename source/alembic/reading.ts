/** What the project and its database say through Alembic, without changing either. */
import path from 'node:path';
import {z} from 'zod';
import {ask} from './ask.ts';
import {migrationFactsSchema, type MigrationFacts} from './facts.ts';
import {problemSchema, type Answer} from './problem.ts';
import type {AlembicProject} from './project.ts';
import {connectionSchema, contextSchema, databaseSchema, fileHashSchema, graphSchema, sqlSchema, stepSchema} from './shapes.ts';
import type {DatabaseReading, EnvConnection, FileHash, Graph, SqlReading, Step} from './shapes.ts';

export interface PathWanted {
	action: 'upgrade' | 'downgrade';
	/** Rows of the version table; empty is base. */
	from: string[];
	/** `head`, `heads`, `base`, `+1`, `-1`, a full or partial id, a branch. */
	to: string;
}

/** The graph always comes along; each of the others costs one run of env.py, except `facts` and `path`. */
export interface Wanted {
	facts?: boolean;
	imports?: boolean;
	connection?: boolean;
	path?: PathWanted;
	/** Version rows and identity, read through env.py's own connection; `proofKey` as decimal text. */
	database?: {proofKey?: string; /** `anywhere`: before the head too, where `alembic check` itself gives no answer. */ differences?: boolean | 'anywhere'};
	sql?: PathWanted;
}

export interface ProjectReading {
	graph: Graph;
	facts?: Answer<MigrationFacts[]>;
	/** The project's own modules that env.py and the migrations import. */
	imports?: Answer<FileHash[]>;
	/** Secret: holds the password. */
	connection?: Answer<EnvConnection>;
	path?: Answer<Step[]>;
	/** One for each database that env.py visits. */
	database?: Answer<DatabaseReading[]>;
	/** One for each database that env.py visits. */
	sql?: Answer<SqlReading[]>;
}

export interface ReadOptions {
	timeoutMs?: number;
	/** Added to the project's environment. */
	environment?: Record<string, string>;
	/** Asks a second Python beside the first, whose hash seed is another. Default false. */
	second?: boolean;
}

/**
 * Asks everything at once; the first question to a project starts Python (about 0.5 s). Problems of the project come as data; use `valueOf` to refuse with them.
 * @throws Refusal 2 when Python can't be started, or did not answer in time.
 */
export async function readProject(project: AlembicProject, wanted: Wanted = {}, {timeoutMs = 60_000, ...options}: ReadOptions = {}): Promise<ProjectReading> {
	const lines = await ask(project, {verb: 'read', wanted}, {timeoutMs, ...options});
	const reading = {graph: {revisions: [], heads: [], problems: [], warnings: [], config: null, environment: null, files: []}} as ProjectReading;
	for (const line of lines) {
		const answer = answerSchema.parse(line);
		if (answer.answer === 'graph') reading.graph = absolute(project, graphSchema.parse(answer.value));
		else if (answer.problem) reading[answer.answer] = {ok: false, problem: absolute(project, answer.problem)};
		else Object.assign(reading, {[answer.answer]: {ok: true, value: absolute(project, schemas[answer.answer].parse(answer.value))}});
	}
	for (const name of Object.keys(schemas) as (keyof typeof schemas)[]) {
		if (wanted[name] && !reading[name]) reading[name] = {ok: false, problem: reading.graph.problems[0] ?? {kind: 'no-answer', message: 'The project ended its own process before it answered.'}};
	}
	return reading;
}

export type StableSql = Omit<SqlReading, 'revisions'> & {revisions: (SqlReading['revisions'][number] & {stable: boolean})[]};

/**
 * As readProject, with the SQL written twice, by two Pythons at once: a revision whose text differs (a clock, a random id) is `stable: false`.
 * @throws Refusal as readProject
 */
export async function readPlanned(project: AlembicProject, wanted: Wanted & {sql: PathWanted}, options: ReadOptions = {}): Promise<Omit<ProjectReading, 'sql'> & {sql: Answer<StableSql[]>}> {
	const [first, second] = await Promise.all([readProject(project, wanted, options), readProject(project, {sql: wanted.sql}, {...options, second: true})]);
	const written = first.sql!;
	if (!written.ok) return {...first, sql: written};
	const again = second.sql?.ok ? second.sql.value : [];
	const value = written.value.map((reading, index): StableSql => ({
		...reading,
		revisions: reading.revisions.map((revision, place) => ({...revision, stable: again[index]?.revisions[place]?.sql === revision.sql})),
	}));
	return {...first, sql: {ok: true, value}};
}

const schemas = {
	facts: z.array(migrationFactsSchema),
	imports: z.array(fileHashSchema),
	connection: connectionSchema,
	path: z.array(stepSchema),
	database: z.array(databaseSchema.extend({context: contextSchema})),
	sql: z.array(sqlSchema),
};

const answerSchema = z.object({
	answer: z.enum(['graph', 'facts', 'imports', 'connection', 'path', 'database', 'sql']),
	value: z.unknown().optional(),
	problem: problemSchema.optional(),
});

/** The sidecar names files as seen from the project's folder, which may lie inside a container. */
function absolute<T>(project: AlembicProject, value: T): T {
	if (Array.isArray(value)) return value.map(each => absolute(project, each)) as T;
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [
		key,
		key === 'file' && typeof each === 'string' ? path.resolve(project.directory, each)
			: (key === 'files' || key === 'modules') && Array.isArray(each) ? each.map(file => path.resolve(project.directory, String(file)))
				: absolute(project, each),
	])) as T;
}
