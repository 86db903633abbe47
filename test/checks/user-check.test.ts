/** Checks of the user's own: a command's exit code and output are the verdict. */
import {execa} from 'execa';
import {expect, test} from 'vitest';
import type {Look} from '../../source/checks/check.ts';
import {userCheck} from '../../source/checks/user-check.ts';

const look = {
	async run(argv: string[]) {
		const {exitCode, stdout, stderr} = await execa(argv[0]!, argv.slice(1), {reject: false});
		return {exit: exitCode ?? null, stdout, stderr, seconds: 0.1};
	},
} as unknown as Look;

test.each([
	['exit 0', ['true'], null, 'passed', 'The command ended with 0 after 0.1 s.'],
	['exit 3', ['sh', '-c', 'exit 3'], null, 'failed', 'The command ended with 3.'],
	['exit 77', ['sh', '-c', 'echo no such feature here; exit 77'], null, 'not-applicable', 'no such feature here'],
	['the expected output', ['echo', '3 of 3 ok'], '/\\d of 3 ok/', 'passed', 'The command ended with 0 after 0.1 s.'],
	['another output', ['echo', 'none'], 'ok', 'failed', '"ok" is not in it'],
])('%s', async (_, command, expected, status, summary) => {
	const result = await userCheck({name: 'own', command, expect: expected, item: null}).run(look);
	expect(result).toMatchObject({status, summary, evidence: [{kind: 'command', title: 'own', command}]});
});
