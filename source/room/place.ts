/** What of the machine would end a run, or make its record unsafe: said on the first screen, with what mends it. */
import {existsSync, readFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import type {Settings} from '../config/settings.ts';
import {isOnNetwork} from './socket-path.ts';

/** One sentence for each. */
export function describePlace({settings, environment, inProcess}: {settings: Settings; environment: NodeJS.ProcessEnv; inProcess: boolean}): string[] {
	const warnings: string[] = [];
	if (isOnNetwork(settings.stateDir)) warnings.push(`${settings.stateDir} is on a network file system, where locks and syncs may not hold: choose a local --state-dir.`);
	if (!inProcess && killsAtLogout(environment)) warnings.push('logind ends your processes at logout (KillUserProcesses=yes): run `loginctl enable-linger` first, or the run ends with your session.');
	if (!inProcess && existsSync('/.dockerenv')) warnings.push('This is a container: the run ends when the container does.');
	return warnings;
}

/** From logind.conf and its drop-ins; the last word counts. Root is exempt by default (KillExcludeUsers=root), as is who lingers. */
function killsAtLogout(environment: NodeJS.ProcessEnv): boolean {
	if (userInfo().uid === 0 || !environment['XDG_SESSION_ID'] || existsSync(`/var/lib/systemd/linger/${userInfo().username}`)) return false;
	try {
		const lines = readFileSync('/etc/systemd/logind.conf', 'utf8').split('\n').filter(line => /^\s*KillUserProcesses\s*=/.test(line));
		return /=\s*(yes|true|1|on)\s*$/i.test(lines.at(-1) ?? '');
	} catch {
		return false;
	}
}
