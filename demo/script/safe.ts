/** The safe migrations go to production: approved, run under the guard, verified, and every item final. */
import type {Item} from '../../source/journal/shapes/item.ts';
import {satisfiedStates} from '../../source/journal/shapes/item.ts';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import {countNumbers} from './count-items.ts';
import {query, queryVersion} from './database.ts';
import {wordsAfter} from './persons.ts';
import {lastSafeRevision, safeRevisions} from './revisions.ts';
import {followTraffic} from './service.ts';
import {attestAll} from './speak.ts';
import {must, mustEnd, type Step} from './step.ts';

export const approveStep: Step = {
	step: 'approve',
	async run({holdpoint, notes}) {
		const {digest, approvals} = mustEnd(await holdpoint<{digest: string; approvals: {by: string; signed: boolean}[]}>('approve', '--by', 'Ada Brandt (DBA on call)'), 0);
		must(digest === notes.digest, `the digest ${digest.slice(0, 12)} was approved, and the rehearsed one is ${notes.digest?.slice(0, 12)}`);
		must(approvals.length === 1 && approvals[0]?.signed === false, `there are ${approvals.length} approvals of it`);
		return {exit: 0, summary: `the rehearsed digest ${digest.slice(0, 12)}, by ${approvals[0].by} (claimed, not signed)`};
	},
};

export const upgradeStep: Step = {
	step: 'upgrade',
	async run({holdpoint, sandbox}) {
		const customers = followTraffic(sandbox);
		const outcome = mustEnd(await holdpoint<Outcome>('upgrade', lastSafeRevision, '--yes'), 0);
		const fared = customers.end();
		must(outcome.status === 'done' && outcome.database.verified, `the upgrade is ${outcome.status}: ${outcome.reason}`);
		must(outcome.revisions.map(each => each.revision).join() === safeRevisions.join(), `it ran ${outcome.revisions.map(each => each.revision).join(', ')}`);
		must(outcome.guard.length === 0, `the guard had to act: ${outcome.guard.map(act => act.reason).join('; ')}`);
		const version = await queryVersion(sandbox);
		must(version === lastSafeRevision, `the database is at ${version}`);
		const [index] = await query<{valid: boolean}>(sandbox, 'SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = \'ix_orders_customer_id_placed_at\'::regclass');
		must(index?.valid === true, 'the new index is not valid');
		const [left] = await query<{n: number}>(sandbox, 'SELECT count(*)::int AS n FROM orders WHERE status = \'cancelled\' AND cancelled_reason IS NULL AND placed_at < now() - interval \'1 hour\'');
		must(left?.n === 0, `${left?.n} cancelled orders have no reason`);
		must(fared.done > 0 && fared.failed === 0, `the customers felt it: ${fared.done} requests done, ${fared.failed} failed (${fared.reason})`);
		return {exit: 0, summary: `${outcome.revisions.length} revisions in ${outcome.seconds.toFixed(1)} s; meanwhile ${fared.done} requests of customers done, 0 failed`};
	},
};

export const maintainStep: Step = {
	step: 'maintain',
	async run({holdpoint, sandbox}) {
		const outcome = mustEnd(await holdpoint<Outcome>('maintain', '--yes'), 0);
		const [orders] = await query<{vacuumed: boolean}>(sandbox, 'SELECT last_vacuum > now() - interval \'1 minute\' AND last_analyze > now() - interval \'1 minute\' AS vacuumed FROM pg_stat_user_tables WHERE relname = \'orders\'');
		must(outcome.status === 'done' && orders?.vacuumed === true, 'orders was not vacuumed and analyzed');
		return {exit: 0, summary: `vacuumed and analyzed what the migration touched in ${outcome.seconds.toFixed(1)} s`};
	},
};

export const postStep: Step = {
	step: 'post-checks',
	async run(stage) {
		const {holdpoint, notes} = stage;
		const {items: checked} = mustEnd(await holdpoint<{items: Item[]}>('check'), 0);
		for (const check of ['post.smoke', 'tasks.vacuum', 'tasks.archive']) {
			const item = checked.find(each => each.check === check);
			// Few rows are no reason for a VACUUM of one's own.
			must(item?.state === 'passed' || (check === 'tasks.vacuum' && item?.state === 'not-applicable'), `${check} is ${item?.state ?? 'not among what was checked'}: ${item?.verdict?.summary}`);
		}
		const {items} = mustEnd(await holdpoint<{items: Item[]}>('items'), 0);
		for (const check of ['post.current', 'post.schema']) {
			const item = items.find(each => each.check === check);
			must(item?.state === 'passed', `${check} is ${item?.state}: ${item?.verdict?.summary}`);
		}
		const open = items.filter(item => !satisfiedStates.has(item.state));
		await attestAll(stage, open, wordsAfter);
		const {items: final} = mustEnd(await holdpoint<{items: Item[]}>('items'), 0);
		const numbers = countNumbers(final);
		must(numbers.open === 0 && numbers.failed === 0, `not final: ${final.filter(item => !satisfiedStates.has(item.state)).map(item => `${item.id} (${item.state}${item.stale ? `: ${item.stale}` : ''})`).join(', ')}`);
		must(numbers.machine + numbers.attested + numbers.waived === numbers.total, 'the items do not add up');
		notes.items = numbers;
		return {exit: 0, summary: `all ${numbers.total} items are final: ${numbers.machine} by evidence (${numbers.notApplicable} of them not applicable), ${numbers.attested} attested, ${numbers.waived} waived`};
	},
};
