/** Secrets are fetched by real commands, and nothing of their output is in an error. */
import {describe, expect, test} from 'vitest';
import {passwordIn, readSecret} from '../../source/config/secrets.ts';

const run = (script: string) => readSecret({kind: 'command', command: [process.execPath, '-e', script]});

test('a text is itself; a command gives its first line', async () => {
	expect(await readSecret({kind: 'text', text: 'a'})).toBe('a');
	expect(await run('console.log(" s3cret \\nnote")')).toBe(' s3cret ');
});

test.each([
	['console.log("s3cret"); process.exit(3)', /ended with exit code 3/],
	['console.error("s3cret")', /printed nothing/],
])('a command that fails is refused without its output: %s', async (script, sentence) => {
	const error = await run(script).catch((caught: Error) => caught) as Error;
	expect(error).toMatchObject({name: 'Refusal', exit: 2, message: expect.stringMatching(sentence)});
	expect(error.message).not.toContain('s3cret');
});

test('a command that gives no answer is ended, with what it started', async () => {
	const command = ['sh', '-c', 'sleep 60; true'];
	await expect(readSecret({kind: 'command', command}, {limitMs: 200})).rejects.toMatchObject({exit: 2, message: expect.stringContaining('gave no answer in 0.2 s')});
});

test('a command that is not there is named', async () => {
	await expect(readSecret({kind: 'command', command: ['no-such-program-here']})).rejects.toMatchObject({exit: 2, message: expect.stringContaining('no-such-program-here that should print a secret was not found')});
});

describe('the password in a connection', () => {
	test.each([
		['postgresql://a:p%40s@h/d', 'p@s'],
		['postgresql+psycopg://a:p/s?x@h/d', 'p/s?x'],
		['postgresql://h/d?user=a&password=x%20y', 'x y'],
		['postgresql://a@h/d', null],
		['host=h password=\'a b\\\'c\' user=u', 'a b\'c'],
		['host=h password=abc', 'abc'],
		['host=h', null],
	])('%s', (connection, expected) => {
		expect(passwordIn(connection)).toBe(expected);
	});
});
