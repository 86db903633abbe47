/** The tables that a run touches, from wherever they are named first. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {createPlanTables} from '../../source/room/plan-tables.ts';
import {opening, plan, running, stateAfter} from '../console/fixtures/story.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-tables-'));
afterEach(() => rmSync(folder, {recursive: true, force: true}));

test('the plan\'s SQL, its rehearsal and what ran already name them; without a run there are none', () => {
	const sql = path.join(folder, 'plan.sql');
	writeFileSync(sql, `BEGIN;\n\n-- Running upgrade a -> b\nALTER TABLE public.orders ADD COLUMN x int;\n\nCREATE INDEX CONCURRENTLY ix ON "Sales" (id);\nUPDATE alembic_version SET version_num='b';\nCOMMIT;\n`);
	const state = stateAfter(opening, running);
	const run = {...state, plan: {...plan, sql}, rehearsal: {statements: [{sql: 'UPDATE parts SET n = 1', seconds: 1, locks: [{table: 'public.customers', mode: 'ShareLock'}], rewrote: [], scanned: [], rows: 0, walBytes: 0}]} as never, running: {...state.running!, statements: [{sql: 'DELETE FROM carts', seconds: 1}]}};
	expect(createPlanTables(() => run)()).toEqual(['public.orders', 'Sales', 'parts', 'public.customers', 'carts']);
	expect(createPlanTables(() => ({...run, plan: {...plan, sql: '/gone'}}))()).toEqual(['parts', 'public.customers', 'carts']);
	expect(createPlanTables(() => null)()).toEqual([]);
});

test('of what runs the state keeps the newest statements: a table named by the next one is there all the same', () => {
	const state = stateAfter(opening, running);
	const many = Array.from({length: 500}, () => ({sql: 'UPDATE parts SET n = 1', seconds: 1}));
	let run = {...state, plan: undefined, rehearsal: undefined, running: {...state.running!, statements: many}};
	const tables = createPlanTables(() => run);
	expect(tables()).toEqual(['parts']);
	run = {...run, running: {...run.running, statements: [...many.slice(1), {sql: 'DELETE FROM carts', seconds: 1}]}};
	expect(tables()).toEqual(['parts', 'carts']);
});
