/** .ci/count.mjs: the closing line, and an exit code that is 0 only when something ran and nothing failed. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, expect, test} from 'vitest';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-count-'));
});

afterEach(async () => rm(folder, {recursive: true}));

const good = {status: 'passed', assertionResults: [{status: 'passed'}]};
const bad = {status: 'failed', assertionResults: [{status: 'failed'}]};
const unloadable = {status: 'failed', assertionResults: []};

test.each([
	{what: 'all green', report: {numPassedTests: 3, numFailedTests: 0, testResults: [good]}, status: 0, line: '3 passed, 0 failed', exit: 0},
	{what: 'one red', report: {numPassedTests: 2, numFailedTests: 1, testResults: [good, bad]}, status: 1, line: '2 passed, 1 failed', exit: 1},
	{what: 'a file that can not be loaded', report: {numPassedTests: 2, numFailedTests: 0, testResults: [good, unloadable]}, status: 1, line: '2 passed, 1 failed', exit: 1},
	{what: 'green tests, but an error outside of them', report: {numPassedTests: 2, numFailedTests: 0, testResults: [good]}, status: 1, line: '2 passed, 1 failed', exit: 1},
	{what: 'nothing ran', report: {numPassedTests: 0, numFailedTests: 0, testResults: []}, status: 0, line: '0 passed, 1 failed', exit: 1},
	{what: 'no report', report: null, status: 1, line: '0 passed, 1 failed', exit: 1},
])('$what: $line', async ({report, status, line, exit}) => {
	const file = path.join(folder, 'results.json');
	if (report !== null) {
		await writeFile(file, JSON.stringify(report));
	}
	const {stdout, exitCode} = await execa(process.execPath, [path.resolve(import.meta.dirname, '../../.ci/count.mjs'), file, String(status)], {reject: false});
	expect([stdout, exitCode]).toEqual([line, exit]);
});

test('two runs are one sum, and one red run is red', async () => {
	const [first, second] = [path.join(folder, 'first.json'), path.join(folder, 'second.json')];
	await writeFile(first, JSON.stringify({numPassedTests: 3, numFailedTests: 0, testResults: [good]}));
	await writeFile(second, JSON.stringify({numPassedTests: 1, numFailedTests: 1, testResults: [bad]}));
	const {stdout, exitCode} = await execa(process.execPath, [path.resolve(import.meta.dirname, '../../.ci/count.mjs'), first, '0', second, '1'], {reject: false});
	expect([stdout, exitCode]).toEqual(['4 passed, 1 failed', 1]);
});
