/** Plans the statements that the target's users run most often on the copy: one that was fine and no longer is proves a breakage. Nothing is executed. */
import type {Compatibility} from '../journal/shapes/rehearsal.ts';
import type {Session} from '../postgres/session.ts';

export interface UsersStatement {
	/** Normalised, with `$1` for its values. */
	query: string;
	calls: number;
}

export type PlannedStatements = Map<string, string | null>;

const timeoutMs = 5000;

/**
 * Statement → null when it can be planned, else PostgreSQL's reason. In a read-only transaction that is taken back; nothing of it runs.
 * From version 16 by EXPLAIN (GENERIC_PLAN); before, PREPARE parses and analyses it, which is where a column that is gone is missed.
 */
export async function planStatements(session: Session, statements: readonly UsersStatement[]): Promise<PlannedStatements> {
	const planned: PlannedStatements = new Map();
	if (statements.length === 0) return planned;
	await session.multi(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL lock_timeout = ${timeoutMs}; SAVEPOINT one`);
	try {
		for (const {query} of statements) {
			planned.set(query, await session.query(`${session.versionNumber >= 160_000 ? 'EXPLAIN (GENERIC_PLAN)' : 'PREPARE holdpoint_one AS'} ${query}`).then(() => null, (error: {code?: string; message: string}) => {
				if (error.code === undefined) throw error;
				return `${error.message} (${error.code})`;
			}));
			await session.query('ROLLBACK TO SAVEPOINT one');
			// Prepared statements outlive what is rolled back.
			if (session.versionNumber < 160_000 && planned.get(query) === null) await session.query('DEALLOCATE holdpoint_one');
		}
	} finally {
		await session.query('ROLLBACK');
	}
	return planned;
}

/** What became of them, the most frequent first; pure. */
export function compareStatements(statements: readonly UsersStatement[], before: PlannedStatements, after: PlannedStatements): NonNullable<Compatibility['statements']> {
	const told = (planned: PlannedStatements, wanted: (query: string) => boolean) => statements.filter(({query}) => wanted(query)).map(({query, calls}) => ({query, calls, problem: planned.get(query)!}));
	return {
		planned: statements.filter(({query}) => before.get(query) === null).length,
		broken: told(after, query => before.get(query) === null && typeof after.get(query) === 'string'),
		unclear: told(before, query => typeof before.get(query) === 'string'),
	};
}
