/** A room in a process of its own: started so that neither the terminal's end nor its parent's touches it. */
import {spawn} from 'node:child_process';
import {mkdirSync, openSync} from 'node:fs';
import path from 'node:path';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import {AnotherRoom} from './another-room.ts';
import {PasswordWanted} from './password-wanted.ts';

export interface StartDetachedOptions {
	settings: Settings;
	environment: NodeJS.ProcessEnv;
	/** argv of this program up to its own arguments: the runtime, its options, the entry. */
	program: readonly string[];
	/** What a person was asked for here; the room has nobody to ask. */
	password?: string | undefined;
}

/** Hello of a room that has opened, or why it has not. `another`: the socket of one that was there first; `question`: a person is to be asked for the password. */
export type Hello = {socket: string; pid: number} | {exit: number; reason: string; another?: string; question?: string};

/** Starts it and waits until it listens. Settings go over a pipe, since they may hold secrets. @throws AnotherRoom, PasswordWanted, or Refusal as the room gave it */
export async function startDetached({settings, environment, program, password}: StartDetachedOptions): Promise<{socket: string; pid: number}> {
	mkdirSync(settings.stateDir, {recursive: true, mode: 0o700});
	const log = openSync(path.join(settings.stateDir, 'room.log'), 'a', 0o600);
	const [runtime, ...rest] = program as [string, ...string[]];
	// A room lives for days: V8 would let its garbage grow to more than what is alive before it collects it. Measured with 500 sessions: 99 MiB instead of 147.
	const child = spawn(runtime, ['--optimize-for-size', ...rest, 'room', 'serve', '--project', settings.project], {
		cwd: settings.project, env: {...environment, CI: undefined}, detached: true, stdio: ['pipe', 'pipe', log],
	});
	const {stdin, stdout} = child;
	if (!stdin || !stdout) throw new Error('a piped child has its streams');
	const hello = await new Promise<Hello>((resolve, reject) => {
		let text = '';
		stdout.on('data', (chunk: Buffer) => {
			text += chunk.toString('utf8');
			if (text.includes('\n')) resolve(JSON.parse(text.split('\n', 1)[0] as string) as Hello);
		});
		child.on('error', error => reject(new Refusal(2, `The room can't be started: ${error.message}.`)));
		child.on('exit', code => reject(new Refusal(5, `The room ended with ${code} before it said anything; see ${path.join(settings.stateDir, 'room.log')}.`)));
		stdin.on('error', () => {});
		stdin.end(`${JSON.stringify({settings, password})}\n`);
	});
	stdout.destroy();
	child.removeAllListeners('exit');
	child.unref();
	if ('reason' in hello) {
		const {exit, reason, another, question} = hello;
		throw another !== undefined ? new AnotherRoom(reason, another) : question !== undefined ? new PasswordWanted(question, reason) : new Refusal(exit as Refusal['exit'], reason);
	}
	return hello;
}
