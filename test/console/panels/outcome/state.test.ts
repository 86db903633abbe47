/** The screen after a failure claims no more than was read back. */
import {expect, test} from 'vitest';
import {choicesAfter, databaseWords, runsStill, stillInvalid} from '../../../../source/console/panels/outcome/state.ts';
import {initialState} from '../../../../source/console/state.ts';
import {failure, opening, running, sample, stateAfter} from '../../fixtures/story.ts';

const words = (list: {words: string}[]) => list.map(({words: text}) => text);
const run = stateAfter(opening, running, [{kind: 'action-finished', outcome: failure}]);

test('between two revisions, with an invalid index and the statement that mends it', () => {
	expect(words(databaseWords(failure))).toEqual([
		'revision b2e1: between a1f0 and d4c3, read back after the session had ended',
		'invalid index public.ix_orders_channel: it is written to but never read, and in the way of another try',
	]);
});

test('an invalid index is offered to be dropped until somebody has', () => {
	const ways = (state: typeof run) => choicesAfter(initialState({run: state}), failure).map(({key, command}) => `${key} ${command}`);
	expect(ways(run)).toContain('D holdpoint maintain --drop-invalid public.ix_orders_channel');
	const dropped = stateAfter(opening, running, [{kind: 'action-finished', outcome: failure}, {kind: 'action-finished', outcome: {...failure, action: 'maintain', status: 'done', exit: 0, statements: [{sql: 'DROP INDEX CONCURRENTLY public.ix_orders_channel', seconds: 1}]}}]);
	expect(ways(dropped).join()).not.toContain('--drop-invalid');
	expect(words(databaseWords(failure, stillInvalid(dropped, failure)))).toContain('the invalid index public.ix_orders_channel was dropped since');
});

test('as before, and nothing left behind', () => {
	expect(words(databaseWords({...failure, database: {version: ['a1f0'], verified: true, invalidIndexes: [], left: []}}))).toEqual(['revision a1f0: the same as before, read back after the session had ended', 'no invalid index and nothing else was left behind']);
});

test('what could not be read back is unknown, whatever the exit code', () => {
	expect(words(databaseWords({...failure, database: {...failure.database, verified: false, invalidIndexes: []}}))[0]).toMatch(/^unknown: it could not be read back/);
});

test('no answer of the server is not "nothing runs"', () => {
	expect(words(runsStill(initialState({run})))).toEqual(['unknown: there are no fresh figures of the database']);
	expect(words(runsStill(initialState({run, samples: [sample(0)]})))[0]).toContain('pid 812');
	expect(words(runsStill(initialState({run, samples: [sample(0)], outcome: {...failure, finishedAt: sample(1).at}})))).toEqual(['being looked at …']);
	expect(words(runsStill(initialState({run, samples: [sample(0, {active: []})]})))).toEqual(['no session of the migration']);
});

test('downgrade is offered only when something was kept', () => {
	const keys = (outcome: typeof failure) => choicesAfter(initialState({run}), outcome).map(({key, command}) => [key, command]);
	expect(keys(failure)).toContainEqual(['d', 'holdpoint downgrade a1f0']);
	expect(keys({...failure, database: {...failure.database, version: ['a1f0']}}).map(([key]) => key)).not.toContain('d');
});
