/** The figures of a whole run: ten seconds a row, peaks kept, gaps kept, still there for the next room. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openHistory} from '../../source/monitor/history.ts';
import {sample, startedAt} from '../console/fixtures/story.ts';

let folder: string;
let file: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-history-'));
	file = path.join(folder, 'recording.db');
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** `second` seconds into the run so many bytes of WAL were written each second. */
const wal = (second: number, walBytes: number | null) => sample(second, {rates: {commits: 1, rollbacks: 0, tuplesWritten: 0, walBytes}});

test('ten seconds are one row with its lowest and highest; what is not written yet is there too, and all of it in the next room', async () => {
	const history = openHistory(file);
	expect(history.begins()).toBe(null);
	for (const [second, bytes] of [[0, 5], [2, 9], [4, 2], [11, 7], [13, null]] as const) history.append(wal(second, bytes));
	const expected = [
		{at: startedAt, lasts: 4000, low: 2, high: 9},
		{at: startedAt + 11_000, low: 7, high: 7},
	];
	const seen = async (each: typeof history) => (await each.points({from: 0, to: startedAt + 60_000, most: 100})).map(({at, lasts, low, high}) => ({at, ...(lasts > 2000 && {lasts}), low: low['walBytes'], high: high['walBytes']}));
	expect((await seen(history)).slice(0, 2)).toEqual(expected);
	history.close();

	const again = openHistory(file);
	expect(await seen(again)).toEqual(expected);
	expect(again.begins()).toBe(startedAt);
	again.close();
});

test('a day at one sample a second is told in the columns of a chart, its one peak among them, the hour without samples as a gap', async () => {
	const history = openHistory(file);
	for (let second = 0; second < 24 * 3600; second += 60) if (second < 7200 || second >= 10_800) history.append(wal(second, second === 43_200 ? 99 : 1));
	const points = await history.points({from: startedAt, to: startedAt + 24 * 3600_000, most: 200});
	expect(points.length).toBeLessThanOrEqual(200);
	expect(Math.max(...points.map(({high}) => high['walBytes']!))).toBe(99);
	expect(points.some(({at, lasts}) => at < startedAt + 10_800_000 && at + lasts > startedAt + 7_200_000)).toBe(false);
	expect(await history.points({from: startedAt + 8_000_000, to: startedAt + 9_000_000, most: 200})).toEqual([]);
	history.close();
});
