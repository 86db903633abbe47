/** The dangerous revision: refused at its hold point; and when persons waive that, the guard ends it before customers suffer for long. */
import {satisfiedStates, type Item} from '../../source/journal/shapes/item.ts';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import {compareCatalogs} from '../../source/postgres/catalog.ts';
import {queryObjects, queryVersion} from './database.ts';
import {dangerousRevision, lastSafeRevision} from './revisions.ts';
import {waitForService} from './service.ts';
import {waiveAll} from './speak.ts';
import {must, mustEnd, mustRefuse, type Step} from './step.ts';

export const refusedStep: Step = {
	step: 'refused',
	async run({holdpoint, sandbox}) {
		const before = await queryObjects(sandbox);
		const answer = await holdpoint<Outcome>('upgrade', dangerousRevision, '--yes');
		const reason = mustRefuse(answer, /hold point/);
		const version = await queryVersion(sandbox);
		must(version === lastSafeRevision, `it was refused, and the database is at ${version}`);
		const changed = compareCatalogs(before, await queryObjects(sandbox));
		must(changed.length === 0, `it was refused, and changed ${changed.map(each => each.object).join(', ')}`);
		return {exit: 3, summary: reason.replace(/^holdpoint: /, '')};
	},
};

export const waiveStep: Step = {
	step: 'waive',
	async run({holdpoint, ...stage}) {
		const {items} = mustEnd(await holdpoint<{items: Item[]}>('items'), 0);
		const open = items.filter(item => item.required && item.holds.includes('upgrade') && !satisfiedStates.has(item.state));
		must(open.length > 0, 'nothing is left to waive, and the upgrade was refused');
		await waiveAll({holdpoint, ...stage}, open, {by: 'Ada Brandt (DBA on call)', reason: 'For the demonstration only: let us see what the guard does.'});
		const {digest} = mustEnd(await holdpoint<{digest: string}>('approve', '--by', 'Ada Brandt (DBA on call)'), 0);
		must(digest !== stage.notes.digest, 'the plan that was approved is still that of the safe revisions');
		return {exit: 0, summary: `the ${open.length} items that are open again waived with a reason, and the dangerous plan ${digest.slice(0, 12)} approved`};
	},
};

/** The migration waits for the reader, and every customer waits behind the migration. */
export const guardStep: Step = {
	step: 'guard',
	async run({holdpoint, sandbox, signal}) {
		const before = await queryObjects(sandbox);
		const reader = await sandbox.primary.connect('shop');
		try {
			await reader.query('SET application_name = \'nightly report\'');
			await reader.query('BEGIN');
			await reader.query('SELECT count(*) FROM orders');
			const answer = await holdpoint<Outcome>('upgrade', dangerousRevision, '--yes');
			const outcome = mustEnd(answer, 4);
			const served = await waitForService(sandbox, signal);
			must(outcome.status === 'cancelled', `the upgrade is ${outcome.status}: ${outcome.reason}`);
			const [act] = outcome.guard;
			must(act !== undefined, `the guard did not act; it ended because: ${outcome.reason}`);
			must(outcome.database.verified && outcome.database.left.length === 0 && outcome.database.invalidIndexes.length === 0, `it left something behind: ${[...outcome.database.left, ...outcome.database.invalidIndexes].join(', ')}`);
			const version = await queryVersion(sandbox);
			must(version === lastSafeRevision, `the database is at ${version}`);
			const changed = compareCatalogs(before, await queryObjects(sandbox));
			must(changed.length === 0, `not as before: ${changed.map(each => each.object).join(', ')}`);
			return {exit: 4, summary: `cancelled after ${outcome.seconds.toFixed(1)} s: ${act.reason}; customers are served again (${served.done} requests in a second), the database is as before`};
		} finally {
			await reader.query('ROLLBACK').catch(() => undefined);
			await reader.end();
		}
	},
};
