/** The document's own blocks as steps: what stands for each line, and its state as the run has it. */
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {parseChecklist} from '../../source/checklist/parse.ts';
import {destructiveWord, isSupervised} from '../../source/journal/block-commands.ts';
import {blockSteps} from '../../source/journal/block-steps.ts';
import {fold} from '../../source/journal/fold.ts';
import type {EventData, EventKind, JournalEvent} from '../../source/journal/events.ts';
import type {Block} from '../../source/journal/shapes/block.ts';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';
import {item, opening, plan} from './run.ts';

const parsed = parseChecklist(readFileSync(new URL('../../checklists/migration-deployment.md', import.meta.url), 'utf8'));
const blocks: Block[] = parsed.blocks.map(block => ({...block, sha256: 'a'}));
const at = '2026-01-01T10:00:00.000Z';
const begin = (more: Partial<EventData<'run-opened'>> = {}): RunState => told(null, 'run-opened', {...opening(parsed.items.map(({id, check}) => item(id, {...(check && {check})}))), blocks, ...more});
const told = <K extends EventKind>(state: RunState | null, kind: K, data: EventData<K>): RunState => fold(state, {seq: (state?.seq ?? 0) + 1, at, kind, by: 'ana', previous: '', ...data} as unknown as JournalEvent);
const seen = (run: RunState, number: number) => blockSteps(run.blocks[number]!, run).map(step => `${step.state ?? '-'} | ${step.command?.slice(0, 26) ?? '# remark'} | ${step.ran} | ${step.starts === null ? '' : Object.values(step.starts).join(' ')}`);
const outcome = (action: 'upgrade' | 'downgrade', more: Partial<Outcome> = {}): Outcome => ({
	run: 'r1', action, status: 'done', exit: 0, reason: 'read back', from: ['a1'], to: ['b2'], seconds: 2, revisions: [], statements: [{sql: 'ALTER TABLE t ADD c int', seconds: 0.5}],
	database: {version: ['b2'], verified: true, invalidIndexes: [], left: []}, guard: [], attempts: 1, ...more,
});

test('each line of the document stands for something that holdpoint does, and a key starts it', () => {
	const run = begin();
	expect(seen(run, 0)).toEqual([
		'open | alembic upgrade head | alembic on a restored copy | action rehearse',
		'open | psql -c "\\d tablename" | the catalogs of the copy after the upgrade, compared | action rehearse',
		'open | alembic downgrade -1 | alembic on a restored copy | action rehearse',
		'open | psql -c "\\d tablename" | the catalogs of the copy after the downgrade, compared | action rehearse',
		'open | alembic upgrade head | alembic on a restored copy | action rehearse',
	]);
	expect(seen(run, 1)).toEqual([
		'open | pg_dump -Fc -v -h $DB_HOST | pg_dump --format=directory | action backup',
		'open | pg_restore --list backup_* | pg_restore --list | action backup',
		'open | createdb restore_test | a scratch server for the restore, removed afterwards | action rehearse',
		'open | pg_restore -d restore_test | pg_restore into the scratch server, compared with the original | action rehearse',
	]);
	expect(seen(run, 2)).toEqual([
		'open | alembic upgrade head --sql | check alembic.sql | check schema-validation/generate-sql-alembic-upgrade-head-sql-migration-sql',
		'open | cat /tmp/migration_$(date  | check review.sql | check schema-validation/review-generated-sql-for-unexpected-operations',
		'open | time alembic upgrade head | alembic upgrade TARGET, supervised | action upgrade',
		'open | alembic current | check post.current | check post-migration-verification/check-alembic-current-shows-expected-revision',
	]);
	expect(seen(run, 3)).toEqual([
		'open | alembic downgrade -1 | alembic downgrade TARGET, supervised | action downgrade',
		'open | alembic current | the version table, read back on another session | action downgrade',
		'- | # remark | null | ', '- | # remark | null | ',
	]);
	expect(blocks.map(isSupervised)).toEqual([true, true, true, true]);
});

test('an upgrade is its line\'s state while it runs, when it failed, when it is done, and when it was taken back', () => {
	const states = (run: RunState) => blockSteps(run.blocks[2]!, run).map(step => step.state);
	const started = told(told(begin(), 'plan-made', {plan: plan()}), 'action-started', {action: 'upgrade', from: ['a1'], to: ['b2'], sealed: [], unmet: []});
	expect(states(started)).toEqual(['open', 'open', 'running', 'open']);
	const failed = told(started, 'action-finished', {outcome: outcome('upgrade', {status: 'failed', exit: 4, reason: 'lock timeout'})});
	expect(blockSteps(failed.blocks[2]!, failed)[2]).toMatchObject({state: 'failed', ran: 'alembic upgrade b2, supervised', summary: 'failed in 2.0 s: lock timeout', output: '0.50 s  ALTER TABLE t ADD c int'});
	const done = told(told(failed, 'action-started', {action: 'upgrade', from: ['a1'], to: ['b2'], sealed: [], unmet: []}), 'action-finished', {outcome: outcome('upgrade')});
	expect(states(done)).toEqual(['open', 'open', 'done', 'open']);
	const back = told(done, 'action-finished', {outcome: outcome('downgrade', {to: ['a1'], database: {version: ['a1'], verified: true, invalidIndexes: [], left: []}})});
	expect(states(back)).toEqual(['open', 'open', 'stale', 'open']);
	expect(blockSteps(back.blocks[3]!, back).map(step => [step.state, step.summary])).toEqual([['done', 'done in 2.0 s: read back'], ['done', 'the database is at a1 (read back)'], [null, 'a remark, for a person'], [null, 'a remark, for a person']]);
});

test('the rehearsal gives the first block its states, and another plan makes them stale', () => {
	const command = (word: string, exit: number) => ({argv: ['alembic', word, 'x'], exit, seconds: 1, output: `ran ${word}`});
	const run = told(told(begin(), 'plan-made', {plan: plan()}), 'rehearsal-finished', {rehearsal: {
		basis: 'a copy', digest: plan().digest, seconds: 9, restoreSeconds: 4, revisions: [], statements: [], data: [], problems: ['left an index'], ok: false, check: {clean: true, differences: []},
		schema: {afterDowngrade: [{object: 'index public.ix', kind: 'extra', after: 'CREATE INDEX'}], afterSecondUpgrade: []}, commands: [command('upgrade', 0), command('downgrade', 0), command('upgrade', 1)],
	}});
	const steps = blockSteps(run.blocks[0]!, run);
	expect(steps.map(step => step.state)).toEqual(['done', 'done', 'done', 'failed', 'failed']);
	expect(steps[3]).toMatchObject({summary: 'after the downgrade 1 objects differ', output: 'extra index public.ix\n  after:  CREATE INDEX'});
	expect(steps[2]).toMatchObject({ran: 'alembic downgrade x', output: 'ran downgrade'});
	expect(blockSteps(run.blocks[1]!, run)[3]).toMatchObject({state: 'done', summary: 'restored in 4.0 s for the rehearsal'});
	const replanned = told(run, 'plan-made', {plan: plan({digest: 'e'.repeat(64)})});
	expect(blockSteps(replanned.blocks[0]!, replanned)[0]).toMatchObject({state: 'stale', summary: 'exit 0 after 1.0 s, on a copy; it was of another plan than the one that stands'});
});

test.each([
	['./drain-workers --all', false, null],
	['# only words', true, null],
	['poetry run alembic upgrade head\n./notify', true, null],
	['kubectl exec app -- sh -c "alembic -c x.ini \\\n  downgrade base"', true, null],
	['alembic stamp head', true, null],
	['pg_dump shop > x\naws s3 cp x s3://b/', false, null],
	['psql -c "SELECT count(*) FROM pg_stat_activity"', true, null],
	['psql -c "DROP TABLE x"', false, 'DROP'],
	['rm -rf /tmp/x', false, 'rm'],
	['psql shop -f fix.sql', false, 'psql shop -f'],
	['curl https://example.org/updates', false, null],
])('%j: supervised %s, destructive %j', (text, supervised, word) => {
	const [block] = parseChecklist(`## x\n\n\`\`\`bash\n${text}\n\`\`\`\n`).blocks;
	expect([isSupervised(block!), destructiveWord(block!)]).toEqual([supervised, word]);
});

test('a block of one\'s own shows what it did', () => {
	const own = {...blocks[0]!, id: 'x/block', text: './x', steps: [{title: null, command: './x'}]};
	const evidence = {kind: 'command' as const, title: 'x', exit: 0, body: 'out'};
	const done = told(told(begin({blocks: [own]}), 'block-started', {block: 'x/block', sha256: 'a', child: '001'}), 'block-finished', {block: 'x/block', exit: 0, seconds: 1.5, reason: 'exit 0', evidence});
	expect(blockSteps(done.blocks[0]!, done)[0]).toMatchObject({state: 'done', summary: 'done in 1.5 s, by ana', output: 'out', starts: {kind: 'block', block: 'x/block'}});
});
