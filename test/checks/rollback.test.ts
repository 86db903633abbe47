/** Checks of the way back and the pre-flight. */
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {preflightNotified} from '../../source/checks/preflight-notified.ts';
import {preflightRollbackPlan} from '../../source/checks/preflight-rollback-plan.ts';
import {rollbackApplication} from '../../source/checks/rollback-application.ts';
import {rollbackData} from '../../source/checks/rollback-data.ts';
import {rollbackDowngrade} from '../../source/checks/rollback-downgrade.ts';
import {rollbackIndexes} from '../../source/checks/rollback-indexes.ts';
import {rollbackTriggers} from '../../source/checks/rollback-triggers.ts';
import type {Difference} from '../../source/journal/shapes/rehearsal.ts';
import {cases} from './cases.ts';
import {folder, look, migration, type Given} from './look.ts';
import {openShop, type Shop} from './shop.ts';

let shop: Shop;
let server: Server;
let url: string;
beforeAll(async () => {
	shop = await openShop();
	server = createServer((request, response) => response.writeHead(request.url === '/good' ? 200 : 503).end('ok'));
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
	server.close();
	await shop.close();
});

const nothingPending: Given = {plan: {revisions: []}};
const left = (...afterDowngrade: Difference[]): Given => ({rehearsal: {schema: {afterDowngrade, afterSecondUpgrade: []}}});
const brokenDowngrade = {commands: [{argv: ['alembic', 'upgrade', 'b2'], exit: 0, seconds: 1, output: ''}, {argv: ['alembic', 'downgrade', 'a1'], exit: 1, seconds: 1, output: 'boom'}]};
const index: Difference = {object: 'index public.ix_items_status', kind: 'extra', after: 'CREATE INDEX …'};
const constraint: Difference = {object: 'constraint uq on public.items', kind: 'missing', before: 'UNIQUE (name)'};
const type: Difference = {object: 'type public.status', kind: 'extra', after: "enum 'a'"};
const trigger: Difference = {object: 'trigger t on public.items', kind: 'extra', after: 'CREATE TRIGGER …'};

cases(rollbackDowngrade, {
	'walked': {given: {rehearsal: {}}, answers: 'passed', words: /The downgrade to a1 succeeded over 1 revision in 0\.4 s/},
	'it failed': {given: {rehearsal: brokenDowngrade}, answers: 'failed', words: /`downgrade a1` ended with 1/},
	'it was not walked at all': {given: {rehearsal: {commands: [brokenDowngrade.commands[0]!], problems: ['the way back is not one revision']}}, answers: 'failed', words: /ran no downgrade: the way back is not one revision/},
	'it never came to one revision': {given: {rehearsal: {revisions: [{revision: 'b2', up: 1, down: 0, again: 0, ran: {up: true, down: false, again: false}}]}}, answers: 'failed', words: /never came to b2/},
	'it fails with rows written since': {given: {rehearsal: {data: [{table: 'public.items', before: '', after: '', equal: true, fate: 'fails', written: 'the downgrade fails once such rows are there: ck'}]}}, answers: 'failed', words: /with a row written to public\.items since the downgrade fails/},
	'not rehearsed': {given: {}, answers: 'open', words: /no rehearsal/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

const row = {table: 'public.items', before: '10 rows', after: '10 rows', equal: true};
cases(rollbackData, {
	'equal': {given: {rehearsal: {data: [row]}}, answers: 'passed', words: /rows of 1 table are after the downgrade what they were/},
	'not equal': {given: {rehearsal: {data: [{...row, after: '9 rows', equal: false}]}}, answers: 'failed', words: /10 rows before, 9 rows after/},
	'a column comes back empty': {given: {rehearsal: {data: [{...row, equal: false, loses: '7 values of note'}]}}, answers: 'failed', words: /loses 7 values of note/},
	'only what is new is lost': {given: {rehearsal: {data: [{...row, loses: '1,204 values of status'}]}}, answers: 'warned', words: /For a person: the downgrade loses 1,204 values of status/},
	'a row written since goes away': {given: {rehearsal: {data: [{...row, fate: 'gone', written: 'it is gone'}]}}, answers: 'warned', words: /of a row written after the upgrade it is gone \(public\.items\)/},
	'a row written since stays': {given: {rehearsal: {data: [{...row, fate: 'stays', written: 'it stays as it was written'}]}}, answers: 'passed', words: /are after the downgrade what they were/},
	'no row could be written': {given: {rehearsal: {data: [{...row, fate: 'not tried', written: 'not tried: it has no primary key'}]}}, answers: 'warned', words: /no row was written to public\.items \(not tried: it has no primary key\)/},
	'with rows written since it fails': {given: {rehearsal: {data: [{...row, fate: 'fails', written: 'the downgrade fails once such rows are there: ck'}]}}, answers: 'failed', words: /written to public\.items after the upgrade the downgrade fails/},
	'too large to compare': {given: {rehearsal: {data: [{...row, notCompared: 'its contents, only their number'}]}}, answers: 'warned', words: /not compared was its contents, only their number \(public\.items\)/},
	'rehearsed without rows': {given: {rehearsal: {basis: 'the backup of shop, schema only, restored onto x', data: [row]}}, answers: 'open', words: /For a person: the rehearsal compared no rows/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

cases(rollbackIndexes, {
	'as before': {given: left(), answers: 'passed', words: /every index and constraint is as before/},
	'an index is left and a constraint gone': {given: left(index, constraint), answers: 'failed', words: /index public\.ix_items_status was left behind and constraint uq on public\.items is gone/},
	'a type is not its concern': {given: left(type), answers: 'passed', words: /every index/},
	'the downgrade broke': {given: {rehearsal: brokenDowngrade}, answers: 'failed', words: /nothing is known of what it leaves/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

cases(rollbackTriggers, {
	'as before': {given: left(), answers: 'passed', words: /every trigger, function, type/},
	'an enum and a trigger are left': {given: left(type, trigger), answers: 'failed', words: /type public\.status was left behind and trigger t on public\.items was left behind/},
	'an index is not its concern': {given: left(index), answers: 'passed', words: /every trigger/},
	'the downgrade broke': {given: {rehearsal: brokenDowngrade}, answers: 'failed', words: /nothing is known/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

const goneBack = (name: string) => (): Given => ({
	upgrade: {}, settings: {smoke: [{name: 'front page', command: null, url: `${url}/${name}`, expect: null}]},
	state: {actions: [{run: 'r1', action: 'downgrade', status: 'done', exit: 0, reason: '', from: ['b2'], to: ['a1'], seconds: 1, revisions: [], statements: [], database: {version: ['a1'], verified: true, invalidIndexes: [], left: []}, guard: [], attempts: 1}]},
});
const tested = (ok: boolean): Given => ({
	settings: {compatibility: {old: ['test'], new: null, api: null}},
	rehearsal: {compatibility: {applications: [{which: 'old', schema: 'old', argv: ['test'], exit: ok ? 0 : 1, seconds: 1, output: '', ok, reason: `ended with exit code ${ok ? 0 : 1}`}]}},
});
cases(rollbackApplication, {
	'the same schema as now, for a person': {given: left(), answers: 'warned', words: /For a person: .* equals the one that the application runs on now/},
	'something is gone': {given: left(constraint), answers: 'failed', words: /would not find what it runs on now: constraint uq/},
	'something is left besides': {given: left(type), answers: 'warned', words: /type public\.status was left behind besides/},
	'its tests passed on the copy': {given: tested(true), answers: 'passed', words: /After the rehearsed downgrade the tests of the released application pass, on a schema that equals/},
	'its tests failed on the copy': {given: tested(false), answers: 'failed', words: /^The released application after the downgrade ended with exit code 1\./},
	'rehearsed before its tests were configured': {given: {...left(), settings: {compatibility: {old: ['test'], new: null, api: null}}}, answers: 'open', words: /the rehearsal of this plan was without it/},
	'smoke tests after a real downgrade': {given: goneBack('good'), answers: 'passed', words: /After the downgrade to a1: the one smoke test passed/},
	'that fail': {given: goneBack('bad'), answers: 'failed', words: /front page \(status 503 instead of 2xx\)/},
	'not rehearsed': {given: {}, answers: 'open', words: /no rehearsal/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

const channel = {name: 'ops', command: ['true'], webhook: null, on: ['plan-made']};
const logged = (text: string): Given => ({settings: {notify: [channel]}, state: {log: [{seq: 1, at: '2026-03-01T11:00:00Z', by: 'holdpoint', text, level: 'info'}]}});
const windowed = (start: string): Given => ({...logged('ops notified of plan-made'), settings: {notify: [channel], window: {start, end: '14:00', timezone: 'UTC'}}});
cases(preflightNotified, {
	'told': {given: logged('ops notified of plan-made'), answers: 'passed', words: /1 channel took the last message: ops at 2026-03-01T11:00:00Z/},
	'refused': {given: logged('ops could not be notified of plan-made: status 500'), answers: 'failed', words: /ops could not be notified of plan-made: status 500/},
	'told an hour ago, and the window began then': {given: windowed('11:00'), answers: 'warned', words: /For a person: the window was announced for 2026-03-01T11:00:00\.000Z, and it is 60 min past that; the last message went out 60 min ago\. Tell them again/},
	'told an hour ago of a window that begins now': {given: windowed('11:45'), answers: 'passed', words: /1 channel took the last message/},
	'one of two': {given: {...logged('ops notified of plan-made'), settings: {notify: [channel, {...channel, name: 'mail'}]}}, answers: 'warned', words: /For a person: mail heard nothing/},
	'nothing sent yet': {given: logged('plan made'), answers: 'open', words: /For a person: nothing was sent to ops/},
	'no channel': {given: {}, answers: 'open', words: /For a person: no channel is configured/},
});

const ann = {role: 'DBA On-Call', contact: '#dba', escalation: 'Database issues'};
const written = (text: string, more: Given = {}) => (): Given => {
	const project = folder();
	writeFileSync(path.join(project, 'rollback.md'), text);
	return {rehearsal: {}, contacts: [ann], ...more, settings: {project, rollbackPlan: path.join(project, 'rollback.md')}};
};
const words = 'The DBA on-call decides. Until 22:30: the downgrade. After that: restore the backup.\n';
cases(preflightRollbackPlan, {
	'whole': {given: written(words), answers: 'passed', words: /^The rollback plan [0-9a-f]{12} is whole: 2 points of failure, who decides from rollback\.md\.$/},
	'never measured': {given: written(words, {rehearsal: null}), answers: 'failed', words: /No way back was measured for the rollback plan [0-9a-f]{12}: rehearse/},
	'with a placeholder': {given: written(`${words}Call [Slack/Phone].`), answers: 'failed', words: /placeholder \[Slack\/Phone\]/},
	'empty': {given: written(' \n'), answers: 'failed', words: /rollback plan that `rollback_plan` names is empty/},
	'not there': {given: {settings: {rollbackPlan: '/nowhere/gone.md'}}, answers: 'failed', words: /gone\.md can't be read/},
	'contacts are placeholders': {given: written(words, {contacts: [{...ann, contact: '[Slack/Phone]'}]}), answers: 'warned', words: /For a person: the contacts of DBA On-Call are still placeholders/},
	'nobody of the contacts decides': {given: written('Somebody decides it, and then we go back.\n'), answers: 'warned', words: /rollback\.md names none of DBA On-Call as who decides/},
	'elsewhere': {given: {rehearsal: {}, settings: {rollbackPlan: 'https://wiki.example.org/rollback'}}, answers: 'warned', words: /For a person: .*wiki\.example\.org/},
	'nobody has said who decides': {given: {rehearsal: {}}, answers: 'warned', words: /For a person: the rollback plan [0-9a-f]{12} has the ways back with their times; who decides.*attest exactly this text/},
});

test('the rollback plan has a row for each commit point, with the measured time of the way from there', async () => {
	const revisions = ['b2', 'c3'].map(revision => ({...migration, revision}));
	const view = await look({
		plan: {revisions, to: ['c3'], commitPoints: [{after: 'c3', why: 'its autocommit_block() commits what came before it', then: 'the version at b2, and an invalid index where a CONCURRENTLY failed', inside: true}]},
		rehearsal: {revisions: [{revision: 'b2', up: 1, down: 0.5, again: 1}, {revision: 'c3', up: 2, down: 1.2, again: 2}]}, backup: {}, contacts: [ann],
	});
	const [file] = (await preflightRollbackPlan.run(view)).evidence;
	expect(readFileSync(file!.path!, 'utf8')).toBe(file!.body);
	const rows = file!.body!.split('\n').filter(line => line.startsWith('| '));
	expect(rows.slice(2, 5)).toEqual([
		'| before c3 begins | the version at a1, nothing changed | none is needed: PostgreSQL takes it all back | 0 s |',
		'| inside c3, or later | the version at b2, and an invalid index where a CONCURRENTLY failed | `holdpoint downgrade a1 --confirm shop`; an invalid index is dropped first, with the command that the failure screen shows | 0.5 s |',
		'| after all of it | the version at c3 | `holdpoint downgrade a1 --confirm shop` | 1.7 s |',
	]);
	expect(file!.body).toContain('- restore: into a database of its own: `createdb shop_restored && pg_restore --exit-on-error -d shop_restored \'/nowhere/shop.dump\'`; never measured');
	expect(file!.body).toContain('- who decides to go back: [name]');
});
