/**
 * Makes a fresh machine ready for `npm run demo` and `npm test`: packages, Python with Alembic, PostgreSQL's programs.
 * Only Node's standard library, since it runs before anything is installed, under Node 20 and newer. Asks nothing; the second time it only looks.
 */
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {say, Unmet} from './setup/say.mjs';
import {takeLock} from './setup/lock.mjs';
import {interruption} from './setup/run.mjs';
import {preparePackages} from './setup/packages.mjs';
import {preparePython} from './setup/python.mjs';
import {preparePostgres} from './setup/postgres.mjs';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const cache = path.join(root, '.cache');

if (Number(process.versions.node.split('.')[0]) < 20) {
	say(`Node ${process.versions.node} is too old: install Node 20 or newer from https://nodejs.org or your distribution.`);
	process.exit(1);
}
mkdirSync(cache, {recursive: true});

const parts = [
	async looking => preparePackages({root, looking}),
	async looking => preparePython({root, cache, looking}),
	async looking => preparePostgres({looking}),
];

/** Each part says what it has, or null when there is work to do. */
const found = await Promise.all(parts.map(async part => part(true)));
if (found.includes(null)) {
	const freeLock = await takeLock(path.join(cache, 'setup.lock'));
	const unmet = [];
	for (const [index, part] of parts.entries()) {
		try {
			found[index] = await part(true) ?? await part(false);
		} catch (error) {
			if (!(error instanceof Unmet)) {
				freeLock();
				throw error;
			}
			unmet.push(error.message);
		}
		if (interruption() !== null) {
			say(`ended by ${interruption()}; start again to go on`);
			process.exit(130);
		}
	}
	freeLock();
	if (unmet.length > 0) {
		for (const sentence of unmet) {
			say(sentence);
		}
		process.exit(1);
	}
}
say(`ready: ${found.join(', ')}`);
