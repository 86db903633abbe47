/** The distribution's packages, as root on Debian and Ubuntu. */
import {appendFileSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {run} from './run.mjs';
import {say, Unmet} from './say.mjs';

const quiet = {...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C'};

export function canInstall() {
	return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}

let updated = false;

export async function installPackages(names) {
	if (!updated) {
		const {code, output} = await run('apt-get', ['update', '-q'], {env: quiet, quiet: true});
		// Half a list is often enough; what is missing then shows at the install.
		if (code !== 0) {
			say(`apt-get update had trouble: ${lastLine(output)}`);
		}
		updated = true;
	}
	const {code, output} = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', '--no-upgrade', '-o', 'DPkg::Lock::Timeout=120', ...names], {env: quiet, quiet: true});
	if (code !== 0) {
		throw new Unmet(`"apt-get install ${names.join(' ')}" failed: ${lastLine(output)}`);
	}
}

/**
 * Installs a server package without the cluster that Debian's scripts would create and start: that is forbidden while it lasts, and everything put back after.
 * The package that owns the configuration comes first, so that no file of its own is there before it.
 */
export async function withoutClusters(install) {
	const undo = [];
	try {
		undo.push(...forbidServices());
		await installPackages(['postgresql-common']);
		undo.push(...forbidClusters());
		await install();
	} finally {
		for (const step of undo.reverse()) {
			step();
		}
	}
}

function forbidServices() {
	const policy = '/usr/sbin/policy-rc.d';
	if (existsSync(policy)) {
		return [];
	}
	writeFileSync(policy, '#!/bin/sh\nexit 101\n', {mode: 0o755});
	return [() => rmSync(policy, {force: true})];
}

function forbidClusters() {
	const main = '/etc/postgresql-common/createcluster.conf';
	const before = existsSync(main) ? readFileSync(main) : null;
	appendFileSync(main, '\ncreate_main_cluster = false\n');
	return [() => before === null ? rmSync(main, {force: true}) : writeFileSync(main, before)];
}

function lastLine(text) {
	return text.trim().split('\n').at(-1);
}
