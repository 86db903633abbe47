/** What evidence depends on, as it is now: each part read where it lives. */
import {existsSync} from 'node:fs';
import type {ContextKey} from '../checks/check.ts';
import {readCompletion} from '../checks/rollback-completion.ts';
import {digestOfPlan, renderRollbackPlan} from '../checks/rollback-plan.ts';
import {windowTimes} from '../journal/window-times.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import type {Item} from '../journal/shapes/item.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import {readStamp} from '../postgres/dump-files.ts';
import {queryVersionTable} from '../postgres/readback.ts';
import {findPlan} from './made-plans.ts';
import type {Room} from './room.ts';
import {changedFiles, filesOf, hashFiles} from './staleness.ts';

export interface ContextReader {
	/** The values of these parts. @throws when one of them can't be told */
	read(keys: readonly ContextKey[]): Promise<Partial<Record<ContextKey, string>>>;
	/** The files that are not as the plan of the item's evidence knew them, each in a few words. */
	changedFiles(item: Pick<Item, 'context'>): string[];
}

export function createContextReader(room: Room): ContextReader {
	const hashes = hashFiles();
	const files = (plan: Plan | undefined) => filesOf(plan, {project: room.target.project.directory, environmentFile: room.target.environmentFile});
	const values: Record<ContextKey, () => Promise<string> | string> = {
		target() {
			const {target} = room.state();
			return `${target.systemIdentifier}/${target.database}`;
		},
		async current() {
			const {context} = room.target;
			return (await queryVersionTable(await room.target.session(), {table: context?.versionTable, schema: context?.versionTableSchema}))?.join(' ') ?? 'none';
		},
		files: () => hashes.all(room.settings.project, files(upgradePlan(room)).keys()),
		plan: () => upgradePlan(room)?.digest ?? 'none',
		async backup() {
			const backup = newestBackup(room);
			return backup ? `${backup.path} ${backup.finishedAt} ${backup.format === 'external' ? '' : await readStamp(backup)}`.trim() : 'none';
		},
		rehearsal: () => room.state().rehearsal?.digest ?? 'none',
		window() {
			const {window} = room.settings;
			if (window === null) return 'none';
			const {inside, closesAt} = windowTimes(window, new Date());
			return inside ? `open until ${closesAt.toISOString()}` : 'closed';
		},
		async rollback() {
			const plan = upgradePlan(room);
			if (!plan) return 'none';
			const {rehearsal = null} = room.state();
			const ofThisPlan = rehearsal?.digest === undefined || rehearsal.digest === plan.digest;
			return digestOfPlan(renderRollbackPlan({plan, rehearsal: ofThisPlan ? rehearsal : null, backup: newestBackup(room), contacts: room.contacts, completion: await readCompletion(room.settings)}));
		},
	};
	return {
		read: async keys => Object.fromEntries(await Promise.all(keys.map(async key => [key, await values[key]()] as const))),
		changedFiles({context}) {
			const digest = context?.['plan'];
			const now = upgradePlan(room);
			// Asked each second for each item, and nearly always about the plan of now: a long journal is not searched for that one.
			const plan = digest === undefined || digest === now?.digest ? now : findPlan(room.keeper.events, made => made.digest === digest) ?? now;
			return changedFiles(room.settings.project, files(plan), hashes);
		},
	};
}

/** What evidence is about; to have looked at the way back changes nothing of it. */
function upgradePlan(room: Room): Plan | undefined {
	const {plan} = room.state();
	if (plan?.action !== 'downgrade') return plan;
	return findPlan(room.keeper.events, made => made.action === 'upgrade') ?? plan;
}

/** Its files are looked at by the checks; those of another tool are not here. */
export function newestBackup(room: Pick<Room, 'state'>): Backup | null {
	return room.state().backups.findLast(backup => backup.format === 'external' || existsSync(backup.path)) ?? null;
}
