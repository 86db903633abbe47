/** What can be wrong with a project or its database, as the sidecar says it, and the refusal that a user reads. */
import {z} from 'zod';
import {Refusal} from '../journal/refusal.ts';

export const problemKinds = [
	'no-config', 'broken-config', 'bad-arguments', 'no-scripts', 'broken-file', 'missing-revision', 'duplicate-revision', 'long-revision', 'cycle', 'several-heads', 'unknown-revision',
	'ambiguous', 'bad-target', 'not-up-to-date', 'no-connection', 'cannot-connect', 'not-postgresql', 'no-offline', 'environment-failed', 'sql-failed', 'alembic', 'failed',
	/** Of the client: it did not answer in time, or not at all. */
	'timeout', 'no-answer',
] as const;
export type ProblemKind = (typeof problemKinds)[number];

export const problemSchema = z.object({
	kind: z.enum(problemKinds),
	/** One sentence, or Alembic's own words. */
	message: z.string(),
	file: z.string().nullish(),
	line: z.number().int().nullish(),
	revision: z.string().nullish(),
	revisions: z.array(z.string()).nullish(),
	sqlstate: z.string().nullish(),
});
export type Problem = z.infer<typeof problemSchema>;

export type Answer<T> = {ok: true; value: T} | {ok: false; problem: Problem};

/** What to do about each kind, after the sentence that says what it is. */
const advice: Record<ProblemKind, string> = {
	'no-config': 'Run it in the folder of alembic.ini (or of pyproject.toml with [tool.alembic]), or name that folder with --project.',
	'broken-config': 'Correct alembic.ini; a % in a value is written %%.',
	'bad-arguments': 'Correct `alembic: arguments` in holdpoint.yaml.',
	'no-scripts': 'Correct script_location in the Alembic configuration.',
	'broken-file': 'Correct that file: Alembic loads every migration, so one broken file stops every command.',
	'missing-revision': 'Bring the missing file back, or correct down_revision.',
	'duplicate-revision': 'Give one of the two files another revision id.',
	'long-revision': 'Shorten it, since the version table would refuse it after the migration has run.',
	'cycle': 'Correct down_revision or depends_on in one of them.',
	'several-heads': 'Merge them with `alembic merge heads`, or name a revision.',
	'unknown-revision': 'Check out the migrations that the database was brought to, or name a revision that exists.',
	'ambiguous': 'Name the revision in full.',
	'bad-target': 'Name a revision on the path from where the database is.',
	'not-up-to-date': 'Upgrade it first.',
	'no-connection': 'Look into env.py: it must connect and call context.run_migrations().',
	'cannot-connect': 'Check the URL that env.py uses, its password, and that the server answers.',
	'not-postgresql': 'holdpoint supervises PostgreSQL only.',
	'no-offline': 'Look into run_migrations_offline() of env.py.',
	'environment-failed': 'Run `alembic current` there to see it by itself.',
	'sql-failed': 'Run `alembic current` there to see it by itself.',
	'alembic': '',
	'failed': 'Run `alembic current` there to see it by itself.',
	'timeout': 'Run `alembic current` there to see what it waits for.',
	'no-answer': 'Run `alembic current` there to see it by itself.',
};

/** The value of an answer. @throws Refusal 2 with the problem in words. */
export function valueOf<T>(answer: Answer<T> | undefined): T {
	if (answer?.ok) return answer.value;
	throw refusalOf(answer?.problem ?? {kind: 'no-answer', message: 'The project did not answer that.'});
}

/** The problem as the error that a user reads; nothing was changed. */
export function refusalOf(problem: Problem): Refusal {
	return new Refusal(2, describeProblem(problem));
}

/** The problem in words, with what to do about it. */
export function describeProblem(problem: Problem): string {
	const message = problem.message.trim().replace(/\s+/g, ' ');
	return `${/[.!?]$/.test(message) ? message : `${message}.`} ${advice[problem.kind]}`.trim();
}
