/** A password or a key in a migration. */
import type {MigrationRule} from '../migration-rule.ts';

/** The facts have the password of a URL masked already. */
export function isSecret({kind, text}: {kind: string; text: string}): boolean {
	return kind === 'secret' || text.includes(':***@');
}

export const hardCodedSecret: MigrationRule = {
	id: 'hard-coded-secret',
	subject: 'migration',
	level: 'error',
	category: 'robustness',
	says: 'has a secret written into it',
	triggers: 'A string of the file that looks like a password, a token, a key, or a URL with a password in it. What it says is never shown.',
	spares: ['what is read from the environment'],
	why: 'It is in the repository and in everybody\'s copy of it from now on, and in the logs of each server it runs on.',
	fix: {sql: '-- change the secret, since it counts as known', alembic: 'import os\nos.environ["…"]  # and change the secret, since it counts as known'},
	check: ({suspects}) => suspects.filter(isSecret).map(({line}) => ({line, message: 'A string in this line looks like a secret; it is not shown here.'})),
};
