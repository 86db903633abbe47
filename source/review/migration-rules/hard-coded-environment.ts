/** A migration that fits one environment only. */
import type {MigrationRule} from '../migration-rule.ts';
import {isSecret} from './hard-coded-secret.ts';

const names = {url: 'a URL', address: 'an IP address', email: 'an e-mail address', host: 'a host', path: 'a path', environment: 'an environment'};

export const hardCodedEnvironment: MigrationRule = {
	id: 'hard-coded-environment',
	subject: 'migration',
	level: 'warning',
	category: 'robustness',
	says: 'names one environment',
	triggers: 'A string of the file that looks like a URL, an address, a host, a path of a file, or the name of an environment.',
	spares: ['strings without such a look; secrets have a finding of their own'],
	why: 'The same migration runs in every environment: what is right in one is wrong, or dangerous, in the next.',
	fix: {sql: '-- a value that holds everywhere, or a row of configuration', alembic: 'op.get_context().config.get_main_option("…")  # or os.environ["…"]'},
	check: ({suspects}) => suspects.flatMap(({line, kind, text}) => kind === 'secret' || isSecret({kind, text}) ? [] : [{line, message: `${text} looks like ${names[kind]} of one environment.`}]),
};
