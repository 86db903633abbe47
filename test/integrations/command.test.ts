/** A user's command: real processes, its outcome in words, nothing left running. */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test, vi} from 'vitest';
import {runUserCommand} from '../../source/integrations/command.ts';

const directory = tmpdir();
const node = (script: string, more: Partial<Parameters<typeof runUserCommand>[0]> = {}) => runUserCommand({command: [process.execPath, '-e', script], directory, timeoutMs: 20_000, ...more});

test.each([
	['console.log(" fine "); console.error("note")', undefined, {exit: 0, stdout: 'fine', stderr: 'note', ok: true, reason: 'ended with exit code 0'}],
	['process.exit(3)', undefined, {exit: 3, ok: false, reason: 'ended with exit code 3'}],
	['process.kill(process.pid, "SIGTERM")', undefined, {exit: null, ok: false, reason: 'was ended by SIGTERM'}],
	['console.log("12 passed")', '12 passed', {ok: true}],
	['console.log("12 passed")', '/^\\d+ PASSED$/i', {ok: true}],
	['console.log("1 failed")', 'passed', {exit: 0, ok: false, reason: 'ended with exit code 0, but in its output "passed" is not in it'}],
	['console.log("x")', '/(/', {ok: false, reason: expect.stringContaining('/(/ is no regular expression')}],
])('%s, expecting %s', async (script, expected, result) => {
	expect(await node(script, {expect: expected})).toMatchObject(result);
});

test('no shell reads its arguments', async () => {
	expect(await runUserCommand({command: ['echo', '$(id); `id`', '*'], directory, timeoutMs: 5000})).toMatchObject({stdout: '$(id); `id` *'});
});

test('secrets come by environment or standard input', async () => {
	expect(await node('console.log(process.env.SECRET); process.stdin.pipe(process.stdout)', {environment: {SECRET: 'one'}, input: 'two'})).toMatchObject({ok: true, stdout: 'one\ntwo'});
	expect(await node('process.exit(0)', {input: 'x'.repeat(1_000_000)})).toMatchObject({exit: 0});
});

test('what is not there is said', async () => {
	expect(await runUserCommand({command: ['no-such-program'], directory, timeoutMs: 5000})).toMatchObject({exit: null, ok: false, reason: 'no-such-program could not be started (ENOENT)'});
	expect(await runUserCommand({command: [], directory, timeoutMs: 5000})).toMatchObject({ok: false, reason: 'the command is empty'});
});

test('a time limit ends it with all that it started', async () => {
	const folder = await mkdtemp(join(directory, 'holdpoint-command-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true}));
	const result = await runUserCommand({command: ['sh', '-c', 'sleep 60 & echo $! > pid; wait'], directory: folder, timeoutMs: 500});
	expect(result).toMatchObject({exit: null, ok: false, reason: 'gave no end within 0.5 s and was ended'});
	const grandchild = Number(await readFile(join(folder, 'pid'), 'utf8'));
	await vi.waitFor(async () => expect(await isAlive(grandchild)).toBe(false), {timeout: 5000});
});

test('a request ends it', async () => {
	expect(await node('setInterval(() => {}, 1000)', {signal: AbortSignal.timeout(100)})).toMatchObject({exit: null, ok: false, reason: 'was ended on request'});
});

test('of endless output the end is kept', async () => {
	const result = await node('for (let i = 0; i < 300000; i++) console.log("line " + i)');
	expect(result.stdout).toMatch(/^\[\d+ characters before this were left out\]\n[\s\S]*line 299999$/);
	expect(result.stdout.length).toBeLessThan(600_000);
});

/** A zombie that waits for its init counts as ended. */
async function isAlive(pid: number): Promise<boolean> {
	try {
		process.kill(pid, 0);
	} catch {
		return false;
	}
	const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	return !/\) Z /.test(status);
}
