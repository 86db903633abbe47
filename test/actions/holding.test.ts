/** Holding a migration: what a person and the guard ask for, over attempts and through each other; the orders that its process gets. */
import {beforeEach, expect, test} from 'vitest';
import type {ActionContext} from '../../source/actions/context.ts';
import {createHolding, type Holding} from '../../source/actions/holding.ts';
import type {RunningAction} from '../../source/journal/shapes/run.ts';
import type {Sample} from '../../source/journal/shapes/sample.ts';
import {plan} from '../journal/run.ts';

let orders: string[];
let recorded: unknown[];
let running: Partial<RunningAction>;
let holding: Holding;

beforeEach(() => {
	[orders, recorded, running] = [[], [], {backend: null, heldSince: null, revisions: []}];
	const context = {
		settings: {standbys: [], migration: {throttle: {lagSeconds: 10, lagBytes: null}}}, now: () => new Date(),
		state: () => ({running, guard: {samples: 1}}), record: (kind: string, data: object, by?: string) => recorded.push({kind, by, ...data}),
	} as unknown as ActionContext;
	holding = createHolding(context, {plan: plan(), order: word => orders.push(word), seen: () => ({statement: null, inBlock: false, blockOf: null})});
});

const lag = (lagSeconds: number) => holding.throttle({replication: [{name: 'r1', lagSeconds, lagBytes: 0}]} as unknown as Sample);

test('asked for between two attempts, the next one holds too; until it is let go on', () => {
	expect(holding.hold()).toBe('It will hold before its first statement.');
	holding.started();
	holding.proceed();
	holding.started();
	expect(orders).toEqual(['hold', 'hold', 'continue']);
});

test('a new room takes up what was asked of the old one', () => {
	running.holdWanted = true;
	holding.started();
	expect(orders).toEqual(['hold']);
	// It does not go on by itself: a person asked for it.
	lag(1);
	expect(orders).toEqual(['hold']);
});

test('what the guard held in a room that died, a new one lets go on by itself', () => {
	Object.assign(running, {holdWanted: true, holdAsked: {by: 'holdpoint', reason: 'the standby r1 is 40 s behind'}, heldSince: '2026-01-01T00:00:00Z'});
	holding.started();
	expect(holding.reason()).toBe('the standby r1 is 40 s behind; it goes on by itself below half of that');
	[12, 6, 4].forEach(lag);
	expect(orders).toEqual(['hold', 'continue']);
	expect(recorded).toMatchObject([{kind: 'action-continued', by: 'holdpoint', reason: 'the standbys have caught up'}]);
});

test('the guard holds, also the next attempt, and goes on by itself: each told once, and by whom', () => {
	[12, 13, 12].forEach(lag);
	expect(holding.reason()).toMatch(/^the standby r1 is 12 s behind .* it goes on by itself below half of that$/);
	holding.started();
	running.heldSince = '2026-01-01T00:00:00Z';
	[6, 4, 3].forEach(lag);
	expect(orders).toEqual(['hold', 'hold', 'continue']);
	expect(recorded).toMatchObject([{kind: 'hold-asked', wanted: true, by: 'holdpoint'}, {kind: 'action-continued', by: 'holdpoint', reason: 'the standbys have caught up'}]);
	expect(holding.reason()).toBe(null);
});

test('standbys that catch up before a safe point came: the wish is withdrawn', () => {
	[12, 1].forEach(lag);
	expect(recorded).toMatchObject([{kind: 'hold-asked', wanted: true}, {kind: 'hold-asked', wanted: false}]);
	expect(orders).toEqual(['hold', 'continue']);
});

test('what a person holds the guard does not let go on; what the guard holds a person may', () => {
	holding.hold();
	[12, 1].forEach(lag);
	expect(orders).toEqual(['hold', 'hold']);
	holding.proceed();
	[12, 12].forEach(lag);
	holding.proceed();
	[12, 12].forEach(lag);
	expect(orders).toEqual(['hold', 'hold', 'continue', 'hold', 'continue']);
});
