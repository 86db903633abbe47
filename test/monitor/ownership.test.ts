/** A run has one owner: real processes race for it, and the dead give way. */
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface, type Interface} from 'node:readline';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {takeOwnership} from '../../source/monitor/ownership.ts';
import {openRecording} from '../../source/monitor/recording.ts';
import {readProcessIdentity} from '../../source/postgres/cluster-owner.ts';

let folder: string;
let file: string;
let children: ChildProcess[] = [];

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-owner-'));
	file = path.join(folder, 'recording.db');
});

afterEach(async () => {
	await Promise.all(children.map(end));
	children = [];
	rmSync(folder, {recursive: true, force: true});
});

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	child.kill('SIGKILL');
	await once(child, 'exit');
}

async function startRacer(): Promise<{child: ChildProcess; lines: Interface}> {
	const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'owner-fixture.ts'), file], {stdio: ['pipe', 'pipe', 'inherit'], env: {...process.env, NODE_NO_WARNINGS: '1'}});
	children.push(child);
	const lines = createInterface({input: child.stdout!});
	await once(lines, 'line');
	return {child, lines};
}

test('of two processes that try at the same moment one wins, and the other is told who', async () => {
	const racers = await Promise.all([startRacer(), startRacer(), startRacer()]);
	for (let round = 0; round < 20; round++) {
		rmSync(file, {force: true});
		rmSync(`${file}-wal`, {force: true});
		rmSync(`${file}-shm`, {force: true});
		const said = Promise.all(racers.map(async ({lines}) => (await once(lines, 'line'))[0] as string));
		for (const {child} of racers) child.stdin!.write('go\n');
		const answers = await said;
		const winner = racers[answers.indexOf('won')]!.child.pid;
		expect(answers.toSorted()).toEqual([`lost to ${winner}`, `lost to ${winner}`, 'won']);
	}

	// Killed without a word: its row stays, and the next one takes it.
	const last = takeOwnership(file);
	expect(last.won).toBe(false);
	await Promise.all(racers.map(async ({child}) => end(child)));
	expect(takeOwnership(file).won).toBe(true);
}, 20_000);

test('released, it is free; a second release does not touch the next owner', () => {
	const first = takeOwnership(file);
	expect(takeOwnership(file)).toMatchObject({won: false, owner: {pid: process.pid}, life: 'alive'});
	if (first.won) first.release();
	const own = readProcessIdentity()!;
	expect(takeOwnership(file, {...own, startedAt: `${own.startedAt} `}).won).toBe(true);
	if (first.won) first.release();
	// That start time is not this process's: taken over as a dead one's.
	expect(takeOwnership(file).won).toBe(true);
});

test.each([
	['a reused pid', {startedAt: '1'}, true],
	['an earlier boot', {boot: 'before'}, true],
	['another machine', {host: 'elsewhere.example'}, false],
	['another container', {namespace: 'pid:[1]'}, false],
])('the row of %s', (_, difference, won) => {
	takeOwnership(file, {...readProcessIdentity()!, ...difference});
	expect(takeOwnership(file)).toMatchObject(won ? {won} : {won, life: 'unknown', owner: difference});
});

test('ownership and samples share the file', () => {
	const recording = openRecording(file);
	const taken = takeOwnership(file);
	expect(taken.won).toBe(true);
	recording.close();
	if (taken.won) taken.release();
	expect(takeOwnership(file).won).toBe(true);
});

test.each<[string, () => string, string]>([
	['a file that is no database', () => {
		writeFileSync(file, 'some text that is long enough to be looked at '.repeat(40));
		return file;
	}, 'is damaged'],
	['a folder that is not there', () => path.join(folder, 'none', 'recording.db'), 'see that its folder is there'],
])('%s is refused with what to do', (_, make, words) => {
	const refused = expect.objectContaining({name: 'Refusal', exit: 2, message: expect.stringContaining(words)});
	const bad = make();
	expect(() => takeOwnership(bad)).toThrow(refused);
	expect(() => openRecording(bad)).toThrow(refused);
	expect(() => openRecording(bad, {readOnly: true})).toThrow(refused);
});
