/** Where signed approvals are required, one's own word and one's own signature start nothing; another's signature does. */
import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {cliProject, inProcess, jsonOf, type CliProject} from './cli.ts';

const there = spawnSync('ssh-keygen', ['-?']).error === undefined;
if (!there) console.warn('left out: approve --sign, since ssh-keygen (openssh-client) is not installed');

let project: CliProject;
const run = (by: string, ...words: string[]) => inProcess(words, {cwd: project.directory, env: {HOLDPOINT_BY: by}});

beforeAll(async () => {
	project = await cliProject({yaml: 'environment: development\napprovals: {required: 1, allowed_signers: allowed}'});
});
afterAll(async () => {
	await project.remove();
	await project.database.drop();
});

test.skipIf(!there)('approve --sign, the refusals before it, and the proof after it', async () => {
	const signers = ['ann', 'ben'].map(name => {
		execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(project.directory, name)]);
		return `${name}@example ${readFileSync(path.join(project.directory, `${name}.pub`), 'utf8')}`;
	});
	writeFileSync(path.join(project.directory, 'allowed'), signers.join(''));
	expect(await run('ann', 'approve')).toMatchObject({exit: 0, stdout: expect.stringContaining('approved by ann at')});
	expect(await run('ann', 'upgrade', '--yes')).toMatchObject({exit: 3, stderr: expect.stringContaining('has 0 of 1 signed approvals by others than ann; `holdpoint approve --sign` gives one.')});
	expect(await run('eve', 'approve', '--sign', 'ann', '--by', 'ben@example')).toMatchObject({exit: 3, stderr: expect.stringContaining('does not prove that ben@example approves the plan')});
	const approved = await run('ben', 'approve', '--sign', 'ben', '--json');
	expect(jsonOf(approved).approvals.map((each: {by: string; signed: boolean}) => [each.by, each.signed])).toEqual([['ann', false], ['ben@example', true]]);
	expect(approved.stderr).toContain('upgrade of ');
	expect(await run('ann', 'upgrade', '--yes')).toMatchObject({exit: 0});
	expect(await run('ann', 'verify')).toMatchObject({exit: 0, stdout: expect.stringContaining('The record holds.')});
	writeFileSync(path.join(project.directory, 'allowed'), signers[0]!);
	expect(await run('ann', 'verify')).toMatchObject({exit: 1, stdout: expect.stringMatching(/approval: event \d+, signed by ben@example, is not proven: /)});
}, 120_000);
