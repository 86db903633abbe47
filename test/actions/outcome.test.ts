import {expect, test} from 'vitest';
import {madeOnPurpose} from '../../source/actions/made-on-purpose.ts';
import {judge, mayTryAgain, type AttemptReport, type ReadBack} from '../../source/actions/outcome.ts';

const plan = {action: 'upgrade' as const, from: ['a1'], to: ['c3']};
const report = (more: Partial<AttemptReport> = {}): AttemptReport => ({exit: 0, how: 'done', error: null, failure: null, refused: null, partly: null, statements: 3, lastWords: '', ...more});
const back = (more: Partial<ReadBack> = {}): ReadBack => ({version: ['a1'], verified: true, invalidIndexes: [], changed: [], made: [], newlyInvalid: [], ...more});
const partly = {revision: 'c3', words: 'committed up to UPDATE t SET n = 1'};
const lockTimeout = {sqlstate: '55P03', message: 'canceling statement due to lock timeout', sql: 'ALTER TABLE t', revision: 'c3'};

test.each<[string, {report?: Partial<AttemptReport>; back?: Partial<ReadBack>; stopped?: string}, {status: string; exit: number; reason: RegExp}]>([
	['arrived', {back: {version: ['c3'], changed: ['table x is new']}}, {status: 'done', exit: 0, reason: /^the database is at c3 \(read back\)$/}],
	['arrived with an invalid index', {back: {version: ['c3'], newlyInvalid: ['ix']}}, {status: 'done', exit: 5, reason: /ix is an invalid index/}],
	['arrived, but the client failed after', {report: {exit: 1, how: 'error', error: {message: 'boom', sqlstate: null}}, back: {version: ['c3']}}, {status: 'done', exit: 5, reason: /client ended with 1 \(boom\)/}],
	['exit 0 and nothing happened', {}, {status: 'failed', exit: 4, reason: /Alembic ended with 0, yet nothing reached the version table/}],
	['failed, all rolled back', {report: {exit: 1, how: 'error', failure: lockTimeout}}, {status: 'failed', exit: 4, reason: /lock timeout \(55P03\) in revision c3; the database is as before, at a1 \(read back\)/}],
	['failed past a commit point', {report: {exit: 1, how: 'error', failure: lockTimeout, partly}, back: {changed: ['column t.n is new']}}, {status: 'failed', exit: 5, reason: /at a1 with 1 object changed; revision c3 is partly applied/}],
	['stopped after a batch that is committed', {report: {exit: 1, how: 'cancelled', partly}, stopped: 'cancelled: ann'}, {status: 'cancelled', exit: 5, reason: /at a1 with no objects changed; revision c3 is partly applied \(read back\)$/}],
	['what is committed is whole', {report: {exit: 1, how: 'error', failure: lockTimeout}, back: {version: ['b2'], changed: ['table x is new'], made: ['table x is new']}}, {status: 'failed', exit: 5, reason: /at b2, 1 object changed by what is committed, none left behind by what failed \(read back\)$/}],
	['stopped half way along the path', {report: {exit: 1, how: 'error'}, back: {version: ['b2'], changed: ['table x is new']}, stopped: 'cancelled: ann'}, {status: 'cancelled', exit: 5, reason: /^cancelled: ann; the database is at b2/}],
	['cancelled, as before', {report: {exit: 1, how: 'error'}, stopped: 'cancelled: ann'}, {status: 'cancelled', exit: 4, reason: /as before/}],
	['the client vanished', {report: {exit: null, how: null}}, {status: 'interrupted', exit: 5, reason: /^the client vanished without a word; the database is as before/}],
	['the server can not be asked', {back: {verified: false, version: [], why: 'no route'}}, {status: 'interrupted', exit: 5, reason: /not known: no route/}],
	['refused before its first statement', {report: {exit: 3, how: 'refused', refused: {why: 'wrong-server', text: 'env.py connects elsewhere'}}}, {status: 'failed', exit: 3, reason: /^env.py connects elsewhere$/}],
])('%s', (_, given, expected) => {
	const judged = judge({plan, report: report(given.report), back: back(given.back), stopped: given.stopped ?? null});
	expect(judged).toMatchObject({status: expected.status, exit: expected.exit});
	expect(judged.reason).toMatch(expected.reason);
});

test.each<[string, boolean, {report?: Partial<AttemptReport>; back?: Partial<ReadBack>; stopped?: boolean}]>([
	['a lock timeout that rolled back', true, {report: {failure: lockTimeout}}],
	['a deadlock', true, {report: {failure: {...lockTimeout, sqlstate: '40P01'}}}],
	['whole revisions before it were committed', true, {report: {failure: lockTimeout}, back: {version: ['b2'], changed: ['table x is new']}}],
	['part of a revision was committed', false, {report: {failure: lockTimeout, partly}}],
	['an invalid index was left', false, {report: {failure: lockTimeout}, back: {newlyInvalid: ['ix']}}],
	['somebody stopped it', false, {report: {failure: lockTimeout}, stopped: true}],
	['a unique violation', false, {report: {failure: {...lockTimeout, sqlstate: '23505'}}}],
	['the database could not be read', false, {report: {failure: lockTimeout}, back: {verified: false}}],
])('tried again after %s: %s', (_, expected, given) => {
	expect(mayTryAgain({report: report(given.report), back: back(given.back), stopped: given.stopped ?? false})).toBe(expected);
});

test('what a committed revision made is told from what the failed one left', () => {
	const statements = [
		{sql: 'CREATE TABLE parts (id serial PRIMARY KEY)', seconds: 0, revision: 'b2'}, {sql: 'ALTER TABLE items ADD COLUMN x int', seconds: 0, revision: 'b2'}, {sql: 'UPDATE items SET ix = 1', seconds: 0, revision: 'b2'},
		{sql: 'ALTER TABLE items ADD COLUMN y int', seconds: 0, revision: 'c3'}, {sql: 'CREATE INDEX CONCURRENTLY items_ix ON items (x)', seconds: 0, revision: 'c3', sqlstate: '57014'},
	];
	const made = ['table public.parts', 'index public.parts_pkey', 'constraint parts_pkey on public.parts', 'sequence public.parts_id_seq', 'column public.items.x'];
	const left = ['column public.items.y', 'index public.items_ix', 'function public.of_nobody()'];
	const differences = [...made, ...left].map(object => ({object, kind: 'extra' as const}));
	expect(madeOnPurpose(differences, {statements, committed: new Set(['b2'])}).map(({object}) => object)).toEqual(made);
	expect(madeOnPurpose(differences, {statements, committed: new Set()})).toEqual([]);
	expect(madeOnPurpose([{object: 'table public.items', kind: 'changed'}], {statements, committed: new Set(['b2'])})).toEqual([]);
});
