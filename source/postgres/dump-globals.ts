/** Roles, memberships, role settings and tablespaces: what belongs to the whole server, and what pg_dump therefore leaves out. */
import {withClientEnvironment, type ClientTarget} from './client-environment.ts';
import {runClient} from './client-program.ts';
import {parseFailure} from './dump-output.ts';

export type Globals = {sql: string; why: null} | {sql: null; why: string};

/**
 * Reads them with pg_dumpall, always without role passwords: their hashes have no place beside a dump, and only a superuser could read them.
 * A backup is whole without them, so that what keeps them from being read is only told.
 */
export async function dumpGlobals({program, target, signal}: {program: string; target: ClientTarget; signal?: AbortSignal | undefined}): Promise<Globals> {
	const {conninfo} = target;
	// Unless it is told one, pg_dumpall connects to the database `postgres`, where this role may not be let in.
	const end = await withClientEnvironment(target, async environment => runClient({
		program, environment, signal, arguments: ['--globals-only', '--no-role-passwords', '--no-password', `--database=${conninfoText(conninfo.database)}`],
	}));
	return end.exitCode === 0 ? {sql: end.stdout.trimEnd() + '\n', why: null} : {sql: null, why: parseFailure(end)};
}

/** A name with `=` in it would be read as a whole connection string. */
function conninfoText(database: string): string {
	return `dbname='${database.replace(/[\\']/g, '\\$&')}'`;
}
