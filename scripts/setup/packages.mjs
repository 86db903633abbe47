/** The packages of package-lock.json, and a Node that is new enough among them. */
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {run} from './run.mjs';
import {say, Unmet} from './say.mjs';

/** `npm ci` when node_modules is not what the lock file says. Says which Node the project's scripts run. */
export async function preparePackages({root, looking}) {
	if (holdsWhatIsLocked(root)) {
		return `Node ${lockedNode(root)}`;
	}
	if (looking) {
		return null;
	}
	say('installing the packages of package-lock.json (npm ci)');
	const {program, args} = npmCommand();
	const {code} = await run(program, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {cwd: root, env: environmentWithoutOurBin(root)});
	if (code === 127) {
		throw new Unmet('npm was not found: install it with Node from https://nodejs.org, or your distribution\'s package "npm".');
	}
	if (code !== 0 || !holdsWhatIsLocked(root)) {
		throw new Unmet(`"npm ci" did not bring what package-lock.json names (exit ${code}); its own words are above. It needs a package registry and install scripts allowed (npm config "ignore-scripts" off).`);
	}
	return `Node ${lockedNode(root)}`;
}

/** npm writes what it installed into a hidden lock file, at its very end: an interrupted install has none. */
function holdsWhatIsLocked(root) {
	const installed = readLock(path.join(root, 'node_modules/.package-lock.json'));
	const locked = readLock(path.join(root, 'package-lock.json'));
	if (installed === null || locked === null || !existsSync(path.join(root, 'node_modules/.bin/node'))) {
		return false;
	}
	return Object.entries(locked).every(([place, entry]) => {
		const there = installed[place];
		// What is optional may be for another platform.
		return place === '' || (there === undefined ? entry.optional === true || entry.peer === true : there.version === entry.version && there.integrity === entry.integrity);
	});
}

function readLock(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8')).packages;
	} catch {
		return null;
	}
}

function lockedNode(root) {
	return readLock(path.join(root, 'package-lock.json'))['node_modules/node']?.version ?? process.versions.node;
}

/** npm says how it was started; the Node it ran under is not the one that `npm ci` is about to replace. */
function npmCommand() {
	const {npm_execpath: script, npm_node_execpath: node} = process.env;
	return script?.endsWith('.js') && node ? {program: node, args: [script]} : {program: 'npm', args: []};
}

function environmentWithoutOurBin(root) {
	const folders = (process.env.PATH ?? '').split(path.delimiter).filter(folder => !folder.startsWith(path.join(root, 'node_modules')));
	return {...process.env, PATH: folders.join(path.delimiter)};
}
