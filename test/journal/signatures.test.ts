/** Signatures by the real ssh-keygen: one counts for its own digest, its own signer, and while that key may sign. */
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {proveApprovals} from '../../source/actions/approvals.ts';
import {readJournal, openJournal} from '../../source/journal/file.ts';
import {doubtSignature, doubtUnnamedSignature, findSigners, signDigest} from '../../source/journal/signatures.ts';
import {verifyRun} from '../../source/journal/verify.ts';
import {opening, plan} from './run.ts';

const there = spawnSync('ssh-keygen', ['-?']).error === undefined;
if (!there) console.warn('left out: signed approvals, since ssh-keygen (openssh-client) is not installed');
const when = test.skipIf(!there);

let folder: string;
const file = (name: string) => path.join(folder, name);
const environment = () => ({PATH: process.env['PATH'], HOME: folder});
const digest = 'f'.repeat(64);
const at = '2026-03-01T10:00:00.000Z';
const sign = (key: string, text = digest) => signDigest({digest: text, key: file(key), allowedSigners: file('allowed'), mayAsk: false, environment: environment()});

beforeAll(() => {
	if (!there) return;
	folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-signatures-'));
	for (const [name, passphrase] of [['ann', ''], ['ben', ''], ['eve', ''], ['locked', 'secret words']] as const) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file(name)]);
	const key = (name: string) => readFileSync(file(`${name}.pub`), 'utf8').split(' ').slice(0, 2).join(' ');
	writeFileSync(file('allowed'), [`ann ${key('ann')}`, `ben@example valid-before="20260201Z" ${key('ben')}`, `locked ${key('locked')}`, ''].join('\n'));
});
afterAll(() => rmSync(folder ?? '', {recursive: true, force: true}));

when('proves who approved which digest, as ssh-keygen does by hand', async () => {
	const signature = await sign('ann');
	const given = {digest, signature, allowedSigners: file('allowed'), at};
	expect(await doubtSignature({...given, signer: 'ann'})).toBeNull();
	expect(await findSigners(given)).toEqual(['ann']);
	expect(await doubtSignature({...given, signer: 'ben@example'})).toMatch(/^ssh-keygen: /);
	expect(await doubtSignature({...given, signer: 'ann', digest: `${'f'.repeat(63)}e`})).toMatch(/incorrect signature|Could not verify/);
	expect(await doubtSignature({...given, signer: 'ann', signature: await sign('eve')})).toMatch(/^ssh-keygen: /);
	expect(await doubtUnnamedSignature({digest, signature: await sign('eve')})).toBeNull();
	writeFileSync(file('signature'), signature);
	expect(execFileSync('sh', ['-c', `echo ${digest} | ssh-keygen -Y verify -f allowed -I ann -n holdpoint-approval -s signature`], {cwd: folder, encoding: 'utf8'})).toContain('Good "holdpoint-approval" signature for ann');
});

when('a key that may no longer sign proved nothing after that day', async () => {
	const given = {digest, signature: await sign('ben'), allowedSigners: file('allowed'), signer: 'ben@example'};
	expect(await doubtSignature({...given, at: '2026-01-15T10:00:00.000Z'})).toBeNull();
	expect(await doubtSignature({...given, at})).toMatch(/^ssh-keygen: /);
});

when('nobody is asked where nobody can be: a passphrase, and no key that counts, are refusals', async () => {
	await expect(sign('locked')).rejects.toMatchObject({exit: 2, message: expect.stringMatching(/^ssh-keygen could not sign with .*locked: .*passphrase/)});
	await expect(signDigest({digest, allowedSigners: file('allowed'), mayAsk: false, environment: environment()})).rejects.toMatchObject({exit: 2, message: expect.stringContaining('The SSH agent has no key that')});
});

when('the agent\'s key that counts is taken, not its first', async () => {
	const agent = execFileSync('ssh-agent', ['-s'], {encoding: 'utf8'});
	const [, socket, pid] = /SSH_AUTH_SOCK=([^;]+);[\s\S]*SSH_AGENT_PID=(\d+)/.exec(agent)!;
	const withAgent = {...environment(), SSH_AUTH_SOCK: socket};
	try {
		execFileSync('ssh-add', ['-q', file('eve'), file('ann')], {env: withAgent});
		const signature = await signDigest({digest, allowedSigners: file('allowed'), mayAsk: false, environment: withAgent});
		expect(await findSigners({signature, allowedSigners: file('allowed')})).toEqual(['ann']);
	} finally {
		process.kill(Number(pid));
	}
});

when('the record is proven again: a forged approval, and one by a key that was taken from the file, count no more', async () => {
	const run = mkdtempSync(path.join(folder, 'run-'));
	const journal = openJournal({folder: run, scrub: value => value});
	journal.append('run-opened', 'ann', opening());
	journal.append('plan-made', 'ann', {plan: plan({digest})});
	journal.append('plan-approved', 'ann', {digest, approver: 'ann', signed: true, signature: await sign('ann')});
	journal.append('plan-approved', 'eve', {digest, approver: 'ann', signed: true, signature: await sign('eve')});
	journal.append('plan-approved', 'eve', {digest, approver: 'ann', signed: true});
	const {approvals} = journal.state!;
	journal.close();
	const problems = async (allowedSigners: string | null) => (await verifyRun(readJournal(path.join(run, 'events.jsonl')), {folder: run, allowedSigners})).problems;
	expect(await problems(file('allowed'))).toEqual([expect.stringMatching(/^approval: event 4, signed by ann, is not proven: ssh-keygen: /), 'approval: event 5, signed by ann, is not proven: its signature is missing']);
	expect(await problems(null)).toEqual(['approval: event 5, signed by ann, is not proven: its signature is missing']);
	const settings = (allowedSigners: string | null) => ({approvals: {required: 1, allowedSigners, expireMs: 1}});
	expect((await proveApprovals({approvals, digest, settings: settings(file('allowed'))})).map(each => each.signed)).toEqual([true, false, false]);
	writeFileSync(file('nobody'), '');
	expect((await proveApprovals({approvals, digest, settings: settings(file('nobody'))})).map(each => each.signed)).toEqual([false, false, false]);
	await expect(proveApprovals({approvals, digest, settings: settings(null)})).rejects.toMatchObject({exit: 2, message: expect.stringContaining('approvals.allowed_signers')});
});
