/** The way back, and the record of it all. */
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import type {RunState, RunSummary} from '../../source/journal/shapes/run.ts';
import {compareCatalogs} from '../../source/postgres/catalog.ts';
import {readProcessIdentity} from '../../source/postgres/process-identity.ts';
import {queryObjects, queryVersion} from './database.ts';
import {appliedRevision} from './revisions.ts';
import {waitForService} from './service.ts';
import {must, mustEnd, mustRefuse, type Step} from './step.ts';

export const downgradeStep: Step = {
	step: 'downgrade',
	async run({holdpoint, sandbox, notes, signal}) {
		mustRefuse(await holdpoint('downgrade', appliedRevision, '--yes'), /database's name/);
		const outcome = mustEnd(await holdpoint<Outcome>('downgrade', appliedRevision, '--yes', '--confirm', 'shop'), 0);
		must(outcome.status === 'done' && outcome.database.verified, `the downgrade is ${outcome.status}: ${outcome.reason}`);
		const version = await queryVersion(sandbox);
		must(version === appliedRevision, `the database is at ${version}`);
		must(notes.catalog !== undefined, 'the catalog was not read at the beginning');
		const changed = compareCatalogs(notes.catalog, await queryObjects(sandbox));
		must(changed.length === 0, `not as at the beginning: ${changed.map(each => each.object).join(', ')}`);
		await waitForService(sandbox, signal);
		return {exit: 0, summary: `refused without the database's name; with it back at ${version} in ${outcome.seconds.toFixed(1)} s, all ${notes.catalog.size} objects as at the beginning`};
	},
};

export const closeStep: Step = {
	step: 'close',
	async run({holdpoint, notes}) {
		const {state, run} = mustEnd(await holdpoint<RunSummary>('close'), 0);
		must(state === 'closed' && run === notes.run, `run ${run} is ${state}`);
		return {exit: 0, summary: `run ${run} is closed, and its report kept`};
	},
};

export const reportStep: Step = {
	step: 'report',
	async run({holdpoint, notes, sandbox}) {
		const report = mustEnd(await holdpoint<RunState>('report', '--format', 'json'), 0);
		const actions = report.actions.map(({action, status}) => `${action} ${status}`);
		for (const wanted of ['upgrade done', 'upgrade cancelled', 'downgrade done']) {
			must(actions.includes(wanted), `the report does not know of "${wanted}": ${actions.join(', ')}`);
		}
		must(report.guardActs.length > 0, 'the report does not know that the guard acted');
		const kept = await readdir(path.join(sandbox.directory, 'state/runs', notes.run ?? '', 'artifacts'));
		must(kept.includes('report.md'), `the run keeps no report.md: ${kept.join(', ')}`);
		notes.head = report.head;
		return {exit: 0, summary: `${actions.join(', ')}; ${kept.length} artifacts`};
	},
};

export const verifyStep: Step = {
	step: 'verify',
	async run({holdpoint, notes}) {
		const {ok, events, head, problems} = mustEnd(await holdpoint<{ok: boolean; events: number; head: string; problems: string[]}>('verify', '--head', notes.head ?? ''), 0);
		must(ok && problems.length === 0, `the record does not hold: ${problems.join('; ')}`);
		must(head === notes.head, `the head is ${head}, and the report says ${notes.head}`);
		return {exit: 0, summary: `${events} events, each chained to the one before; head ${head.slice(0, 12)}`};
	},
};

export const leaveStep: Step = {
	step: 'room stop',
	async run({holdpoint, signal}) {
		const {pid: before} = mustEnd(await holdpoint<{pid: number | null}>('room', 'status'), 0);
		must(before !== null, 'the room that the steps spoke to is gone');
		const {pid} = mustEnd(await holdpoint<{pid: number | null}>('room', 'stop'), 0);
		must(pid === null, `a room is still at work: process ${pid}`);
		// It says goodbye first and ends then.
		for (const end = Date.now() + 5000; readProcessIdentity(before) !== null && Date.now() < end;) await wait(20, undefined, {signal});
		must(readProcessIdentity(before) === null, `the room's process ${before} is still there after 5 s`);
		return {exit: 0, summary: `process ${before} has ended`};
	},
};
