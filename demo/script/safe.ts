/** The safe migrations go to production: approved, run under the guard, verified, and every item final. */
import {appendFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import type {Item} from '../../source/journal/shapes/item.ts';
import {satisfiedStates} from '../../source/journal/shapes/item.ts';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import {commitFile} from '../history.ts';
import {countNumbers} from './count-items.ts';
import {query, queryVersion} from './database.ts';
import {wordsAfter} from './persons.ts';
import {lastSafeRevision, safeRevisions} from './revisions.ts';
import {followTraffic} from './service.ts';
import {attestAll} from './speak.ts';
import {must, mustEnd, type Stage, type Step} from './step.ts';

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

/** What colleagues do after a migration; before they have done it, the checks say so. */
export const paperworkStep: Step = {
	step: 'paperwork',
	async run({holdpoint, sandbox}) {
		const {items: before} = mustEnd(await holdpoint<{items: Item[]}>('check', 'tasks.tickets', 'tasks.documentation'), 1);
		const [tickets, documents] = ['tasks.tickets', 'tasks.documentation'].map(check => before.find(item => item.check === check));
		const closed = ['SHOP-311', 'SHOP-318', 'SHOP-324'];
		must(tickets?.state === 'failed' && documents?.state === 'failed', `with open tickets and nothing documented the items are ${tickets?.state} and ${documents?.state}`);
		for (const id of closed) {
			must(tickets.verdict?.evidence.some(evidence => evidence.body?.includes(`${id}: open`)) ?? false, `the evidence does not say that ${id} is open`);
			await fetch(`${sandbox.office.url}/tickets/${id}`, {method: 'PUT', body: JSON.stringify({state: 'closed', note: 'migrated'})});
		}
		await writeDocumentation(sandbox);
		const {items: after} = mustEnd(await holdpoint<{items: Item[]}>('check', 'tasks.tickets', 'tasks.documentation'), 0);
		const open = after.filter(item => item.state !== 'passed');
		must(open.length === 0, `still not proven: ${open.map(item => `${item.id} (${item.verdict?.summary})`).join('; ')}`);
		return {exit: 0, summary: `${documents.verdict?.summary.replace(/;.*/, '')}; ${closed.join(', ')} open: both fail until they are closed and the data dictionary is written`};
	},
};

async function writeDocumentation({project}: Stage['sandbox']): Promise<void> {
	const file = 'docs/data-dictionary.md';
	const rows = ['| `loyalty_accounts` | points of a customer, from the first order after the programme began |', '| `customers.preferred_language` | as the customer chose it; empty: as the browser says |', '| `orders.cancelled_reason` | why it was cancelled; `unknown` for those before the column was there |'];
	await appendFile(path.join(project, file), `${rows.join('\n')}\n`);
	await commitFile(project, {file, message: 'The data dictionary knows loyalty points, languages and reasons'});
}

/** A comparison with before needs some time after. */
const longestWatch = 90_000;

export const watchStep: Step = {
	step: 'watch',
	async run({holdpoint, signal}) {
		const watched = ['post.logs', 'post.metrics', 'post.errors'];
		for (const end = Date.now() + longestWatch; ;) {
			const answer = await holdpoint<{items: Item[]}>('check', ...watched);
			const items = answer.json?.items ?? [];
			const young = items.filter(item => /only \d+ s have gone by/.test(item.verdict?.summary ?? ''));
			if (young.length === 0 || Date.now() > end) {
				const bad = items.filter(item => item.state === 'failed' || item.state === 'errored');
				must(bad.length === 0, `the shop is worse than before: ${bad.map(item => `${item.id} (${item.verdict?.summary})`).join('; ')}`);
				return {...(answer.exit !== null && {exit: answer.exit}), summary: items.map(item => item.verdict?.summary ?? item.state).join(' ')};
			}
			await wait(5000, undefined, {signal});
		}
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
