/** The user's own shell blocks, really run: after a look at the text, bounded and scrubbed, outliving their room, ended as a whole; never a way past a hold point. */
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {blockSteps} from '../../source/journal/block-steps.ts';
import type {Block} from '../../source/journal/shapes/block.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';
import type {Entered} from '../../source/room/enter.ts';
import {eventually} from '../servers.ts';
import {openSite, until, type Site} from './site.ts';

const block = (text: string, language = 'bash') => `\`\`\`${language}\n${text}\n\`\`\``;
const checklist = `# Own

## Workers

- [ ] The workers are drained

  ${block('echo "drained in $PWD, $(cat | wc -c) bytes asked"\ncat told >&2\ntest ! -e broken').replaceAll('\n', '\n  ')}

## Slow

${block('echo started; touch began; while [ ! -e go ]; do sleep 0.02; done; echo "${HOLDPOINT_WORD:-unset}"')}

## Stubborn

${block('(trap "" TERM; echo $BASHPID >stubborn; exec sleep 300) &\nwait')}

## Rubbish

${block('rm -f nothing-there')}

## Hidden

${block('docker compose exec app alembic -x a=b upgrade head\n./celebrate')}

## Other shell

${block('print -l hello', 'zsh')}
`;

let site: Site;
let room: Entered;
const state = async () => (await room.client.ask<{state: RunState}>('state')).state;
const ask = (id: string, params: Record<string, unknown> = {}) => room.client.ask<Block>('run-block', {block: id, confirmed: true, ...params});
const refusal = (exit: number, words: string) => ({exit, message: expect.stringContaining(words)});
const inProject = (file: string) => path.join(site.project.directory, file);

beforeAll(async () => {
	process.env['HOLDPOINT_WORD'] = 'ours';
	site = await openSite({checklist, yaml: ['environment: production']});
	writeFileSync(inProject('told'), 'password=hunter2secret\n');
	room = await site.enter({environment: 'production'});
});
afterAll(async () => {
	await site?.close();
});

test('is not run without a look at its text, and never when it would move the database', async () => {
	await expect(ask('workers/block', {confirmed: false})).rejects.toMatchObject(refusal(3, 'was not confirmed (--yes). It would run in'));
	await expect(ask('workers/block', {sha256: 'f'.repeat(64)})).rejects.toMatchObject(refusal(3, 'is not the one that was looked at'));
	await expect(ask('hidden/block')).rejects.toMatchObject(refusal(3, 'its steps start the actions and checks, and it is not given to bash'));
	await expect(ask('other-shell/block')).rejects.toMatchObject(refusal(2, 'holdpoint runs bash'));
	await expect(ask('rubbish/block')).rejects.toMatchObject(refusal(3, `"rm" in it, which may destroy something; in production it needs the database's name: --confirm ${site.database.name}`));
	expect((await state()).blocks.map(each => each.run)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
});

test('runs in the project with nothing to ask; its exit code, its scrubbed output, and its item are in the record', async () => {
	const {run} = await ask('workers/block');
	expect(run).toMatchObject({state: 'done', by: 'ana', exit: 0, reason: 'exit 0', evidence: {kind: 'command', exit: 0, body: `drained in ${site.project.directory}, 0 bytes asked\npassword=***\n`}});
	expect(readFileSync(run!.evidence!.path!, 'utf8')).toBe(run!.evidence!.body);
	expect((await state()).items[0]).toMatchObject({state: 'passed', verdict: {summary: 'its block ran: exit 0'}});
	writeFileSync(inProject('broken'), '');
	expect((await ask('workers/block')).run).toMatchObject({state: 'failed', exit: 1});
	expect((await state()).items[0]!.state).toBe('failed');
	// As it came from the program it is nowhere on the disk.
	expect(readdirSync(path.join(site.run().folder, 'blocks'))).toEqual([]);
	expect((await ask('rubbish/block', {confirm: site.database.name})).run).toMatchObject({state: 'done'});
});

test('outlives its room; the next one takes it up, and has its end', async () => {
	const lost = ask('slow/block');
	lost.catch(() => {});
	await eventually('the block runs', () => existsSync(inProject('began')));
	await expect(ask('workers/block')).rejects.toMatchObject(refusal(3, 'The block slow/block still runs'));
	await room.leave();
	room = await site.enter({environment: 'production'});
	expect(site.run().state.blocks[1]!.run).toMatchObject({state: 'running'});
	await expect(ask('slow/block')).rejects.toMatchObject(refusal(3, 'still runs'));
	writeFileSync(inProject('go'), '');
	const {blocks} = await until(room, now => now.blocks[1]!.run!.state !== 'running');
	expect(blocks[1]!.run).toMatchObject({state: 'done', exit: 0, evidence: {body: 'started\nunset\n'}});
});

test('is ended with everything that it started', async () => {
	const running = ask('stubborn/block');
	await eventually('it runs', () => existsSync(inProject('stubborn')) && readFileSync(inProject('stubborn'), 'utf8') !== '');
	await room.client.ask('end-block', {block: 'stubborn/block'});
	expect((await running).run).toMatchObject({state: 'failed', exit: null, reason: 'ended by ana'});
	await expect(room.client.ask('end-block', {block: 'stubborn/block'})).rejects.toMatchObject(refusal(3, 'does not run'));
	const pid = readFileSync(inProject('stubborn'), 'utf8').trim();
	await eventually('what it started is gone too', () => !existsSync(`/proc/${pid}`));
});

test('what another text did is stale, and that other text is not run under the old name', async () => {
	writeFileSync(inProject('checklist.md'), checklist.replace('rm -f nothing-there', 'rm -rf everything'));
	const {blocks, ...run} = await until(room, now => now.blocks[3]!.run!.state === 'stale');
	expect(blocks.map(each => each.run?.state)).toEqual(['failed', 'done', 'failed', 'stale', undefined, undefined]);
	expect(blockSteps(blocks[3]!, {...run, blocks})[0]).toMatchObject({state: 'stale', summary: 'the checklist has another text for it now, by ana'});
	await expect(ask('rubbish/block', {confirm: site.database.name})).rejects.toMatchObject(refusal(3, 'has another text for the block rubbish/block'));
});
