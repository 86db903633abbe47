/** Values that must not be seen: how they are fetched, and what of them has to be scrubbed. */
import {execa} from 'execa';
import {Refusal} from '../journal/refusal.ts';
import type {SecretText, Settings} from './settings.ts';

/** A password manager that asks a person would wait for ever behind a full screen. */
const patienceMs = 10_000;

/**
 * The value of a secret, at the moment of its use. A command is run without a shell, from `directory`,
 * for 10 s at most; its first line is the value, and its output is in no error and no log.
 * @throws Refusal (2) when the command can't be started, fails, is too slow or prints nothing.
 */
export async function readSecret(secret: SecretText, {directory, limitMs = patienceMs}: {directory?: string; limitMs?: number} = {}): Promise<string> {
	if (secret.kind === 'text') return secret.text;
	const [program, ...parameters] = secret.command as [string, ...string[]];
	// A process group of its own, ended as a whole: a grandchild that keeps the pipe open would make us wait for it.
	const child = execa(program, parameters, {cwd: directory, detached: true, reject: false, stdin: 'ignore', maxBuffer: 100_000});
	let timedOut = false;
	const timer = setTimeout(() => {
		timedOut = true;
		endGroup(child.pid);
	}, limitMs);
	const result = await child.finally(() => clearTimeout(timer));
	if (result.failed || timedOut) {
		const why = timedOut ? `gave no answer in ${limitMs / 1000} s` : result.code === 'ENOENT' ? 'was not found' : result.exitCode === undefined ? 'could not be run to its end' : `ended with exit code ${result.exitCode}`;
		throw new Refusal(2, `the command ${program} that should print a secret ${why}; try it by hand, its output is not shown here`);
	}
	const value = result.stdout.split(/\r?\n/, 1)[0]!;
	if (value === '') throw new Refusal(2, `the command ${program} that should print a secret printed nothing; try it by hand`);
	return value;
}

/** The password in a URL or a libpq connection string, decoded; null when there is none. */
export function passwordIn(connection: string): string | null {
	// As SQLAlchemy and libpq read it: a raw password may hold anything but `@`.
	const inAuthority = /^[a-z][a-z0-9+.-]*:\/\/[^:@/?#]*:([^@]*)@/i.exec(connection)?.[1];
	const inQuery = /[?&]password=([^&#]*)/.exec(connection)?.[1];
	if (/^[a-z][a-z0-9+.-]*:\/\//i.test(connection)) {
		const found = inAuthority || inQuery;
		return found ? decoded(found) : null;
	}
	const [, quoted, bare] = /(?:^|\s)password\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))/.exec(connection) ?? [];
	return (quoted ?? bare)?.replace(/\\(.)/g, '$1') || null;
}

/** What is secret in the settings as text: give it to the scrubber. What commands print comes at their use. */
export function secretsOf(settings: Settings): string[] {
	const connections = [settings.database?.url, settings.roles.monitor, settings.roles.guard, settings.roles.backup, settings.backup.from, settings.rehearsal.url];
	const passwords = connections.flatMap(secret => secret?.kind === 'text' ? passwordIn(secret.text) ?? [] : []);
	const webhooks = settings.notify.flatMap(target => target.webhook?.kind === 'text' ? [target.webhook.text] : []);
	return [...passwords, ...webhooks];
}

function endGroup(pid: number | undefined): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It has just ended by itself.
	}
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
