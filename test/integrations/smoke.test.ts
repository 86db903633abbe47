/** Smoke tests against a real server and real commands. */
import {tmpdir} from 'node:os';
import {expect, test} from 'vitest';
import {runSmokeTests} from '../../source/integrations/smoke.ts';
import {startServer} from './server.ts';

const at = (base: string, path: string, expected: string | null = null) => ({name: path, command: null, url: `${base}${path}`, expect: expected});

test('a URL is right by its status and what is in it', async () => {
	const {base} = await startServer(({url}, response) => {
		response.statusCode = Number(/^\/(\d{3})/.exec(url)![1]);
		response.end('{"orders": 12}');
	});
	const results = await runSmokeTests([
		at(base, '/200'), at(base, '/500'), at(base, '/404', '404'), at(base, '/200a', '204'), at(base, '/200b', '/"orders": \\d+/'), at(base, '/200c', 'users'), at(base, '/500b', 'orders'),
	], {directory: tmpdir()});
	expect(results.map(({ok, reason, status}) => [ok, status, reason])).toEqual([
		[true, 200, 'status 200'],
		[false, 500, 'status 500 instead of 2xx'],
		[true, 404, 'status 404'],
		[false, 200, 'status 200 instead of 204'],
		[true, 200, 'status 200'],
		[false, 200, 'status 200, but in the answer "users" is not in it'],
		[false, 500, 'status 500 instead of 2xx'],
	]);
	expect(results[0]).toMatchObject({body: '{"orders": 12}', command: null, exit: null});
	expect(results.every(result => result.seconds >= 0)).toBe(true);
});

test('no answer is never ok', async () => {
	const {base} = await startServer(() => {});
	const [hangs, refused] = await runSmokeTests([at(base, '/'), at('http://127.0.0.1:1', '/')], {directory: tmpdir(), timeoutMs: 300});
	expect(hangs).toMatchObject({ok: false, status: null, reason: 'no answer within 0.3 s'});
	expect(refused!.ok).toBe(false);
	expect(refused!.reason).toMatch(/refused|no answer/);
});

test('a command is right by its exit code and its output', async () => {
	const command = (script: string, expected: string | null = null) => ({name: 'c', command: [process.execPath, '-e', script], url: null, expect: expected});
	const results = await runSmokeTests([command('console.log("ok 3")', '/ok \\d/'), command('console.error("boom"); process.exit(1)')], {directory: tmpdir()});
	expect(results).toMatchObject([
		{ok: true, exit: 0, body: 'ok 3', status: null},
		{ok: false, exit: 1, reason: 'ended with exit code 1', body: 'boom'},
	]);
});
