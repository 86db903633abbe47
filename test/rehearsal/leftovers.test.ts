/** A fixture for each way in which a downgrade goes wrong: the rehearsal catches it by name, and so does the check of its item. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Check} from '../../source/checks/check.ts';
import {rollbackData} from '../../source/checks/rollback-data.ts';
import {rollbackDowngrade} from '../../source/checks/rollback-downgrade.ts';
import {rollbackIndexes} from '../../source/checks/rollback-indexes.ts';
import {rollbackTriggers} from '../../source/checks/rollback-triggers.ts';
import type {Rehearsal} from '../../source/journal/shapes/rehearsal.ts';
import {look} from '../checks/look.ts';
import {revisionFile} from '../servers.ts';
import {openSite, type Site} from './site.ts';

const sql = (text: string): string => `op.execute(${JSON.stringify(text)})`;

interface Fixture {
	upgrade: string[];
	downgrade: string[];
	/** Of the schema after the downgrade. */
	left: string[];
	problem: RegExp;
	check: Check;
	says: RegExp;
}

/** A migration each; they are pending one after another, so that one rehearsal shows what all of them leave. */
const fixtures: Record<string, Fixture> = {
	'leaves an enum type': {
		upgrade: [sql(`CREATE TYPE mood AS ENUM ('glad')`), `op.create_table('moods', sa.Column('id', sa.Integer, primary_key=True))`], downgrade: [`op.drop_table('moods')`],
		left: ['extra privileges of type public.mood', 'extra type public.mood'], problem: /extra type public\.mood/, check: rollbackTriggers, says: /type public\.mood was left behind/,
	},
	'leaves a trigger': {
		upgrade: [sql('CREATE TRIGGER stamp BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()')], downgrade: ['pass'],
		left: ['extra trigger stamp on public.items'], problem: /extra trigger stamp on public\.items/, check: rollbackTriggers, says: /trigger stamp on public\.items was left behind/,
	},
	'leaves a function': {
		upgrade: [sql(`CREATE FUNCTION twice(a int) RETURNS int LANGUAGE sql AS 'SELECT a * 2'`)], downgrade: ['pass'],
		left: ['extra function public.twice(a integer)', 'extra privileges of public.twice(a integer)'], problem: /extra function public\.twice\(a integer\)/, check: rollbackTriggers, says: /function public\.twice\(a integer\) was left behind/,
	},
	'leaves an index': {
		upgrade: [`op.create_index('ix_items_name', 'items', ['name'])`], downgrade: ['pass'],
		left: ['extra index public.ix_items_name'], problem: /extra index public\.ix_items_name/, check: rollbackIndexes, says: /index public\.ix_items_name was left behind/,
	},
	'loses data': {
		upgrade: [sql('DELETE FROM items WHERE id <= 10'), sql('ALTER TABLE items ADD COLUMN note text')], downgrade: [sql('ALTER TABLE items DROP COLUMN note')],
		left: [], problem: /the data of public\.items is not as before: it loses 10 rows/, check: rollbackData, says: /the rows of public\.items \(loses 10 rows/,
	},
};

let site: Site;
let rehearsal: Rehearsal;
beforeAll(async () => {
	site = await openSite('leftovers');
	const revisions = Object.values(fixtures).map(({upgrade, downgrade}, index, {length}) => [`r${index + 1}.py`, revisionFile({revision: index + 1 === length ? 'b2' : `r${index + 1}`, down: index === 0 ? 'a1' : `r${index}`, upgrade, downgrade})]);
	rehearsal = (await site.play(Object.fromEntries(revisions), 'b2', {place: site.named()})).rehearsal;
});
afterAll(async () => site?.close());

test.for(Object.entries(fixtures))('a downgrade that %s', async ([, {left, problem, check, says}]) => {
	expect(rehearsal.ok).toBe(false);
	expect(rehearsal.problems.join('\n')).toMatch(problem);
	expect(rehearsal.schema.afterDowngrade.map(one => `${one.kind} ${one.object}`)).toEqual(expect.arrayContaining(left));
	expect(await check.run(await look({rehearsal}))).toMatchObject({status: 'failed', summary: expect.stringMatching(says)});
});

test('a downgrade that fails', async () => {
	const broken = revisionFile({revision: 'b2', down: 'a1', upgrade: [sql('ALTER TABLE items ADD COLUMN note text')], downgrade: [sql('ALTER TABLE items DROP COLUMN remark')]});
	const {rehearsal} = await site.play({'b2.py': broken}, 'b2', {place: site.named()});
	expect(rehearsal.problems).toEqual([expect.stringMatching(/^the downgrade failed: column "remark" of relation "items" does not exist/)]);
	expect(rehearsal.revisions).toMatchObject([{down: 0, again: 0, ran: {up: true, down: false, again: false}}]);
	expect(await rollbackDowngrade.run(await look({rehearsal}))).toMatchObject({status: 'failed', summary: '`downgrade a1` ended with 1 in the rehearsal.'});
});
