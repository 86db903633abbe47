/** Prometheus and Alertmanager, the real programs of the distribution, each on a free port with a folder of its own. */
import {spawn, type ChildProcess} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {stringify} from 'yaml';
import {eventually} from '../servers.ts';

export interface Program {
	url: string;
	stop(): Promise<void>;
}

/** Where a package puts it, or null: then its tests are left out, and say so. */
export function findProgram(name: string): string | null {
	return (process.env['PATH'] ?? '').split(':').map(folder => path.join(folder, name)).find(existsSync) ?? null;
}

/** Starts it with its configuration; resolves when it says that it is ready. */
export async function startProgram(program: string, configuration: object, words: (place: {port: number; folder: string; file: string}) => string[]): Promise<Program> {
	const folder = await mkdtemp(path.join(tmpdir(), 'holdpoint-watcher-'));
	const file = path.join(folder, 'configuration.yml');
	await writeFile(file, stringify(configuration));
	const port = await freePort();
	const child: ChildProcess = spawn(program, words({port, folder, file}), {cwd: folder, stdio: 'ignore'});
	const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
	const url = `http://127.0.0.1:${port}`;
	const stop = async () => {
		child.kill('SIGKILL');
		await ended;
		await rm(folder, {recursive: true, force: true});
	};
	try {
		await eventually(`${program} is ready`, async () => (await fetch(`${url}/-/ready`).catch(() => null))?.ok);
	} catch (error) {
		await stop();
		throw error;
	}
	return {url, stop};
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as AddressInfo;
	await new Promise(resolve => server.close(resolve));
	return port;
}
