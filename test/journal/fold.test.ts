import {expect, test} from 'vitest';
import type {EventData, EventKind, JournalEvent} from '../../source/journal/events.ts';
import {fold} from '../../source/journal/fold.ts';
import type {Verdict} from '../../source/journal/shapes/evidence.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';
import {item, opening, plan} from './run.ts';

type Said = {[K in EventKind]: [K, EventData<K>]}[EventKind];

/** Folds events after an opening. */
function folded(...events: Said[]): RunState {
	let state: RunState | null = null;
	[['run-opened', opening([item('part/one'), item('part/two')])] as Said, ...events].forEach(([kind, data], index) => {
		state = fold(state, {seq: index + 1, at: `2026-01-01T00:00:0${index % 10}.000Z`, by: 'ann', previous: '', kind, ...data} as JournalEvent, `head${index + 1}`);
	});
	return state as unknown as RunState;
}

const verdict: Verdict = {status: 'failed', summary: 'no', at: '2026-01-01T00:00:00.000Z', seconds: 0.1, evidence: []};

test('a verdict sets the state, the counts and the head', () => {
	const state = folded(['check-started', {item: 'part/one', check: 'a.b'}], ['check-finished', {item: 'part/one', check: 'a.b', verdict, context: {plan: 'p1'}, settled: true}]);
	expect(state.items[0]).toMatchObject({state: 'failed', verdict, context: {plan: 'p1'}});
	expect(state).toMatchObject({seq: 3, head: 'head3', counts: {total: 2, failed: 1, open: 1}});
});

test('a verdict takes an older attestation away, and staleness with it', () => {
	const state = folded(
		['item-attested', {item: 'part/one', note: 'seen'}],
		['item-went-stale', {item: 'part/one', reason: 'edited'}],
		['check-finished', {item: 'part/one', check: 'a.b', verdict: {...verdict, status: 'passed'}, context: {}, settled: true}],
	);
	expect(state.items[0]).not.toHaveProperty('note');
	expect(state.items[0]).not.toHaveProperty('stale');
	expect(state.items[0]?.state).toBe('passed');
});

test.each<[string, Said, Verdict['status'], boolean, string]>([
	['gathers for a person: the item stays open', ['item-went-stale', {item: 'part/one', reason: 'x'}], 'warned', false, 'open'],
	['gathers for a person again: an attestation stands', ['item-attested', {item: 'part/one', note: 'seen'}], 'warned', false, 'attested'],
	['fails: an attestation falls', ['item-attested', {item: 'part/one', note: 'seen'}], 'failed', true, 'failed'],
	['fails: a waiver stands', ['item-waived', {item: 'part/one', reason: 'no'}], 'failed', true, 'waived'],
	['passes: a waiver is not needed any more', ['item-waived', {item: 'part/one', reason: 'no'}], 'passed', true, 'passed'],
])('a check that %s', (_, before, status, settled, expected) => {
	const state = folded(before, ['check-started', {item: 'part/one', check: 'a.b'}], ['check-finished', {item: 'part/one', check: 'a.b', verdict: {...verdict, status}, context: {}, settled}]);
	expect(state.items[0]).toMatchObject({state: expected, verdict: {status}});
	expect(state.items[0]).not.toHaveProperty('resting');
});

test('a waiver for one plan is asked for again by the next, and says for which and why it was given', () => {
	const waived: Said = ['item-waived', {item: 'part/one', reason: 'no staging', context: {plan: 'p1'}}];
	expect(folded(waived, ['plan-made', {plan: plan({digest: 'p1'})}]).items[0]).toMatchObject({state: 'waived'});
	expect(folded(waived, ['plan-made', {plan: plan({digest: 'p2'})}]).items[0]).toMatchObject({state: 'stale', stale: 'it was waived by ann for another plan (no staging): waive it for this one, or prove it', note: 'no staging'});
	expect(folded(waived, ['plan-made', {plan: plan({digest: 'p2', action: 'downgrade'})}]).items[0]).toMatchObject({state: 'waived'});
});

test('a check that is run again leaves a word about what it was given for', () => {
	const checked: Said = ['check-finished', {item: 'part/one', check: 'a.b', verdict: {...verdict, status: 'warned'}, context: {plan: 'p2'}, settled: false}];
	for (const said of [['item-attested', {item: 'part/one', note: 'seen', context: {plan: 'p1'}}], ['item-waived', {item: 'part/one', reason: 'no', context: {plan: 'p1'}}]] satisfies Said[]) {
		expect(folded(said, checked).items[0]).toMatchObject({context: {plan: 'p1'}, at: '2026-01-01T00:00:01.000Z', verdict: {status: 'warned'}});
	}
});

test('a sealed item does not go stale any more', () => {
	const started: Said = ['action-started', {action: 'upgrade', from: ['a1'], to: ['b2'], sealed: ['part/one'], unmet: []}];
	const state = folded(['item-attested', {item: 'part/one', note: 'seen'}], started, ['item-went-stale', {item: 'part/one', reason: 'the run itself did it'}]);
	expect(state.items[0]).toMatchObject({state: 'attested', sealed: true});
});

test.each<[string, Said, Said, object]>([
	['an attested item of another plan falls', ['item-attested', {item: 'part/one', note: 'seen', context: {plan: 'p1'}}], ['plan-made', {plan: plan({digest: 'p2'})}], {state: 'stale', stale: 'the plan is another one since then'}],
	['a waiver was for the upgrade that has run', ['item-waived', {item: 'part/one', reason: 'no'}], ['plan-made', {plan: plan({digest: 'p2'})}], {state: 'stale'}],
	['the same plan again is still proven', ['item-attested', {item: 'part/one', note: 'seen', context: {plan: 'p1'}}], ['plan-made', {plan: plan({digest: 'p1'})}], {state: 'attested', sealed: true}],
	['the way back leaves it as it was', ['item-attested', {item: 'part/one', note: 'seen', context: {plan: 'p1'}}], ['plan-made', {plan: plan({digest: 'p2', action: 'downgrade'})}], {state: 'attested', sealed: true}],
])('a seal does not carry another upgrade past its hold point: %s', (_, said, planned, expected) => {
	const started: Said = ['action-started', {action: 'upgrade', from: ['a1'], to: ['b2'], sealed: ['part/one'], unmet: []}];
	const state = folded(said, started, planned);
	expect(state.items[0]).toMatchObject(expected);
	expect(state.items[0]?.sealed).toBe('sealed' in expected ? true : undefined);
	expect(state.counts[state.items[0]!.state]).toBe(1);
});

test('executed is not committed, and a failed attempt keeps only what was committed', () => {
	const started: Said = ['action-started', {action: 'upgrade', from: ['a1'], to: ['c3'], sealed: [], unmet: []}];
	const two: Said[] = [
		['revision-started', {revision: 'b2'}], ['revision-finished', {revision: 'b2', seconds: 1}], ['revision-committed', {revision: 'b2'}],
		['revision-started', {revision: 'c3'}], ['revision-finished', {revision: 'c3', seconds: 2}],
	];
	expect(folded(started, ...two).running?.revisions.map(each => [each.revision, each.seconds, each.committed])).toEqual([['b2', 1, true], ['c3', 2, false]]);
	const failed = folded(started, ...two, ['attempt-failed', {attempt: 1, reason: 'lock timeout', nextInMs: 500}]);
	expect(failed.running).toMatchObject({attempt: 2, backend: null, note: 'attempt 1 was rolled back: lock timeout'});
	expect(failed.running?.revisions.map(each => each.revision)).toEqual(['b2']);
});

test('a room that took over opens the checks again that were running', () => {
	const state = folded(['check-started', {item: 'part/two', check: 'a.b'}], ['room-recovered', {found: 'a dead room'}]);
	expect(state.items[1]?.state).toBe('open');
	expect(state.log.at(-1)).toMatchObject({level: 'warning', text: 'a new room took over: a dead room'});
});

test('the given state is never changed', () => {
	const before = folded(['item-attested', {item: 'part/one', note: 'seen'}]);
	const copy = structuredClone(before);
	fold(before, {seq: 3, at: '2026-01-01T00:00:09.000Z', by: 'ben', previous: '', kind: 'item-waived', item: 'part/two', reason: 'no'} as JournalEvent);
	expect(before).toEqual(copy);
});

test('a journal that does not begin with its run is refused', () => {
	expect(() => fold(null, {seq: 1, at: '', by: '', previous: '', kind: 'item-waived', item: 'x', reason: 'y'} as JournalEvent)).toThrow('a journal begins with run-opened');
});

test('the environment that a person names counts from then on', () => {
	expect(folded().target.environment).toBe('production');
	expect(folded(['environment-named', {environment: 'development'}])).toMatchObject({target: {environment: 'development', database: 'shop'}, log: [expect.anything(), {level: 'warning', text: 'the target counts as development from here on'}]});
});

test('of a migration of many statements the state keeps the newest', () => {
	const many = Array.from({length: 700}, (_, index): Said => ['statement-finished', {number: index + 1, statement: {sql: `UPDATE ${index + 1}`, seconds: 0.1}}]);
	const {running} = folded(['action-started', {action: 'upgrade', from: [], to: ['b2'], sealed: [], unmet: []}], ...many);
	expect([running?.statements.length, running?.statements[0]?.sql, running?.statements.at(-1)?.sql, running?.lastStatement]).toEqual([500, 'UPDATE 201', 'UPDATE 700', 700]);
});
