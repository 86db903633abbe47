/** The first steps: what is here, and what the pending revisions would do. */
import type {Item, ItemCounts} from '../../source/journal/shapes/item.ts';
import type {Review} from '../../source/journal/shapes/review.ts';
import {readProcessIdentity} from '../../source/postgres/process-identity.ts';
import {queryObjects, queryVersion} from './database.ts';
import {appliedRevision, dangerousRevision} from './revisions.ts';
import {waitForService} from './service.ts';
import {must, mustEnd, type Step} from './step.ts';

export const sandboxStep: Step = {
	step: 'sandbox',
	async run({sandbox, notes, signal}) {
		const version = await queryVersion(sandbox);
		must(version === appliedRevision, `the shop's database is at ${version} and not at ${appliedRevision}`);
		const {done} = await waitForService(sandbox, signal);
		notes.catalog = await queryObjects(sandbox);
		return {summary: `a shop at ${version}, ${notes.catalog.size} objects, ${done} requests in the last second, a standby`};
	},
};

export const doctorStep: Step = {
	step: 'doctor',
	async run({holdpoint}) {
		const answer = await holdpoint<{problems: {level: string; what: string}[]}>('doctor');
		const {problems} = mustEnd(answer, 0);
		const errors = problems.filter(({level}) => level === 'error');
		must(errors.length === 0, `doctor finds: ${errors.map(({what}) => what).join('; ')}`);
		const warnings = problems.filter(({level}) => level === 'warning');
		return {exit: 0, summary: `no errors${warnings.length === 0 ? '' : `; to know: ${warnings.map(({what}) => what).join(' ')}`}`};
	},
};

/** With a room at work every command is short: it only speaks to it. */
export const roomStep: Step = {
	step: 'room start',
	async run({holdpoint, notes}) {
		const {pid, socket} = mustEnd(await holdpoint<{pid: number | null; socket: string | null}>('room', 'start'), 0);
		must(pid !== null && readProcessIdentity(pid) !== null, `the room's process ${pid} is not there`);
		must(socket !== null, 'the room does not say where it listens');
		notes.socket = socket;
		return {exit: 0, summary: `process ${pid} watches the database`};
	},
};

export const itemsStep: Step = {
	step: 'items',
	async run({holdpoint}) {
		const {items, run} = mustEnd(await holdpoint<{items: Item[]; counts: ItemCounts; run: string | null}>('items'), 0);
		must(run === null, `looking at the checklist opened the run ${run}`);
		must(items.length === 52, `the checklist has ${items.length} items and not the document's 52`);
		const unbound = items.filter(item => !item.check);
		must(unbound.length === 0, `no check is bound to ${unbound.map(item => item.id).join(', ')}`);
		return {exit: 0, summary: `${items.length} items, each bound to its check; ${items.filter(item => item.holds.includes('upgrade')).length} of them before the upgrade`};
	},
};

/** All four pending revisions: the dangerous one must stand out, and the others must not. */
export const reviewStep: Step = {
	step: 'review',
	async run({holdpoint}) {
		const {findings, counts, statements} = mustEnd(await holdpoint<Review>('review'), 1);
		const errors = findings.filter(finding => finding.level === 'error');
		must(errors.length > 0 && errors.length === counts.error, `the review counts ${counts.error} errors and lists ${errors.length}`);
		const elsewhere = errors.filter(finding => finding.revision !== dangerousRevision);
		must(elsewhere.length === 0, `the review finds errors in revisions that are safe: ${elsewhere.map(finding => `${finding.rule} in ${finding.revision}`).join(', ')}`);
		const rules = [...new Set(errors.map(finding => finding.rule))];
		return {exit: 1, summary: `${statements} statements; ${dangerousRevision} is dangerous: ${rules.join(', ')}`};
	},
};

/** Before backup and rehearsal: what can be checked now is, and the dangerous revision fails. */
export const firstCheckStep: Step = {
	step: 'check',
	async run({holdpoint, notes}) {
		const {run, items} = mustEnd(await holdpoint<{run: string; items: Item[]}>('check', '--section', 'Schema Validation'), 1);
		notes.run = run;
		const review = items.find(item => item.check === 'review.sql');
		must(review?.state === 'failed', `the item of the SQL review is ${review?.state ?? 'not there'} with the dangerous revision on the path`);
		must(review.verdict?.summary.includes(dangerousRevision) ?? false, `the verdict does not name ${dangerousRevision}: ${review.verdict?.summary}`);
		const unproven = items.find(item => item.check === 'alembic.check');
		must(unproven?.state === 'open', `alembic check can be answered only on a rehearsed copy, and its item is ${unproven?.state ?? 'not there'}`);
		return {exit: 1, summary: `run ${run}: all the way to ${dangerousRevision} the SQL review fails, and nothing was rehearsed`};
	},
};
