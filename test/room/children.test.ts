/** Programs that outlive who started them: taken up by another process from the first line, with their exit status, and steered. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openChild, startChild} from '../../source/room/children.ts';

let folder: string;
const leaders: number[] = [];
beforeEach(() => {
	folder = path.join(mkdtempSync(path.join(tmpdir(), 'holdpoint-children-')), 'one');
});
afterEach(() => {
	for (const pid of leaders.splice(0)) {
		try {
			process.kill(-pid, 'SIGKILL');
		} catch {
			// It has ended, as it should.
		}
	}
	rmSync(path.dirname(folder), {recursive: true, force: true});
});

const sh = (script: string, firstLine?: string) => {
	const child = startChild({folder, argv: ['/bin/sh', '-c', script], directory: '/', environment: {PATH: process.env['PATH'], SHOWN: 'yes'}, ...(firstLine !== undefined && {firstLine})});
	leaders.push(child.pid);
	return child;
};

test('its first line, its lines, its errors and its exit status', async () => {
	const child = sh('read secret; echo "got $secret $SHOWN"; printf "torn"; echo trouble >&2; exit 7', 'pa ss "word" ü');
	const lines: string[] = [];
	expect(await child.follow(line => lines.push(line))).toEqual({exit: 7});
	expect(lines).toEqual(['got pa ss "word" ü yes']);
	expect(child.readErrors()).toBe('trouble\n');
	expect(['stdout', 'stderr', 'control', 'child.json'].map(file => (statSync(path.join(folder, file)).mode & 0o777).toString(8))).toEqual(['600', '600', '600', '600']);
	// Only what it printed is on the disk.
	expect(readFileSync(path.join(folder, 'child.json'), 'utf8')).not.toContain('word');
});

test('its starter is killed: another process follows it from its first line, writes to it, and has its status', async () => {
	const starter = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '--eval', `
		import {startChild} from ${JSON.stringify(path.resolve(import.meta.dirname, '../../source/room/children.ts'))};
		const child = startChild({folder: ${JSON.stringify(folder)}, argv: ['/bin/sh', '-c', 'echo first; read word; echo "told $word"; read more; echo "and $more"; exit 3'], directory: '/', environment: process.env, firstLine: 'early'});
		console.log(child.pid);
		setInterval(() => {}, 1000);
	`, '--input-type=module'], {stdio: ['ignore', 'pipe', 'inherit']});
	const [pid] = await once(createInterface({input: starter.stdout!}), 'line') as [string];
	leaders.push(Number(pid));
	starter.kill('SIGKILL');
	await once(starter, 'exit');
	const child = openChild(folder);
	const lines: string[] = [];
	const end = child.follow(line => {
		lines.push(line);
		if (line === 'told early') child.write('late');
	});
	expect(await end).toEqual({exit: 3});
	expect(lines).toEqual(['first', 'told early', 'and late']);
	// Who comes after its end hears the same.
	const again: string[] = [];
	expect(await openChild(folder).follow(line => again.push(line))).toEqual({exit: 3});
	expect(again).toEqual(lines);
});

test('killed with its wrapper, it has left no status: null, not 0', async () => {
	const child = sh('echo begun; exec sleep 60');
	const lines: string[] = [];
	const end = child.follow(line => {
		lines.push(line);
		process.kill(-child.pid, 'SIGKILL');
	});
	expect(await end).toEqual({exit: null});
	expect(lines).toEqual(['begun']);
});

test('a closed terminal is nothing to it; a signal that ends it is its status', async () => {
	const child = sh('echo $$; exec sleep 60');
	const end = child.follow(line => {
		process.kill(-child.pid, 'SIGHUP');
		process.kill(Number(line), 'SIGTERM');
	});
	expect(await end).toEqual({exit: 143});
});

test('a program that is not there says so, and its status is 127', async () => {
	const child = startChild({folder, argv: ['/nowhere/program'], directory: '/', environment: {}});
	leaders.push(child.pid);
	expect(await child.follow(() => {})).toEqual({exit: 127});
	expect(child.readErrors()).toContain('/nowhere/program');
});
