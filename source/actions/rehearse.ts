/** Rehearses the planned upgrade on a copy restored from the newest backup; takes one when there is none that is fresh. */
import {existsSync} from 'node:fs';
import {parseConninfo} from '../postgres/conninfo.ts';
import {queryStatements} from '../postgres/figures.ts';
import {queryTables} from '../postgres/table-sizes.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {findDamage} from '../checks/backups.ts';
import {rehearsedSchemaAs} from '../checks/rehearsed-schema.ts';
import {type CopyOptions, rehearse, rehearseOnClone} from '../rehearsal/rehearse.ts';
import {placeOf} from '../rehearsal/restore-check.ts';
import {removeOldCopies, type Place} from '../rehearsal/scratch.ts';
import {dumpForAction, requirePrograms} from './backup.ts';
import type {ActionContext} from './context.ts';
import {makePlan} from './plan.ts';
import {undertake} from './undertaking.ts';

export {removeOldCopies};

export interface RehearsalRequest {
	/** URL of a server to restore onto, instead of a private one. */
	against?: string;
	/** The database of `against` is a clone of the target, to be migrated in place. */
	clone?: boolean;
	/** A private server, whatever the configuration names. */
	local?: boolean;
	schemaOnly?: boolean;
	/** Tables whose rows are restored with `schemaOnly`. */
	tables?: string[];
}

/** @throws Refusal 2 or 4; what goes wrong on the copy is in the rehearsal's `problems` */
export async function runRehearsal(context: ActionContext, {against, clone = false, local = false, schemaOnly = false, tables}: RehearsalRequest): Promise<Rehearsal> {
	const {settings} = context;
	if (clone && (against === undefined || schemaOnly)) throw new Refusal(2, 'A clone is named with --against URL, and nothing is restored onto it: `rehearse --against URL --clone`.');
	const {aim} = context.state();
	const place = local ? {kind: 'local' as const} : against === undefined ? await placeOf(settings) : {kind: 'server' as const, conninfo: parseConninfo(against, context.environment, context.environment['HOME'] ?? '/')};
	if (!clone) await requirePrograms(context, {dumps: context.state().backups.length === 0, restores: place});
	const plan = await makePlan(context, {action: 'upgrade', revision: aim.length === 1 ? aim[0] : undefined});
	const {result} = await undertake(context, 'rehearse', {
		async work() {
			const options: CopyOptions = {
				project: context.project, path: {from: plan.from, to: plan.to}, versionTable: await context.versionTable(),
				sizes: (await queryTables(await context.session())).map(({schema, table, rows, dataBytes}) => ({table: `${schema}.${table}`, rows, bytes: dataBytes})),
				applications: Object.values(settings.compatibility).some(Boolean) ? {commands: settings.compatibility, directory: settings.project, environment: context.environment} : null,
				statements: await readStatements(context),
				settings: {...settings, rehearsal: {...settings.rehearsal, ...(tables && {tables})}}, digest: plan.digest, signal: context.signal,
				onProgress: (text, share) => context.tell(text, share),
				// What the target's schema must be after the real upgrade.
				onUpgraded: ({before, after}) => context.keep({
					name: `schema-rehearsed-${context.state().seq}.json`, what: rehearsedSchemaAs,
					text: `${JSON.stringify({digest: plan.digest, before: Object.fromEntries(before), after: Object.fromEntries(after)}, null, '\t')}\n`,
				}),
			};
			const rehearsal = clone && place.kind === 'server' ? await rehearseOnClone({...options, conninfo: place.conninfo, proofKey: await context.proofKey()}) : await rehearseRestored(context, {options, place, schemaOnly});
			context.record('rehearsal-finished', {rehearsal});
			context.keep({name: `rehearsal-${plan.digest.slice(0, 12)}.json`, text: `${JSON.stringify(rehearsal, null, '\t')}\n`, what: 'the rehearsal'});
			return rehearsal;
		},
		describe: rehearsal => (rehearsal.ok
			? {reason: `up, down and up again on a copy of ${rehearsal.basis}`}
			: {reason: rehearsal.problems[0] ?? 'it had problems', exit: 1}),
	});
	return result;
}

async function rehearseRestored(context: ActionContext, {options, place, schemaOnly}: {options: CopyOptions; place: Place; schemaOnly: boolean}): Promise<Rehearsal> {
	const {backup: kept, damaged} = await newestWhole(context);
	const backup = kept ?? await takeFresh(context);
	// Without its rows an application fails for want of them, which says nothing of the schema.
	const {rehearsal, restore} = await rehearse({...options, ...(schemaOnly && {applications: null}), backup, place, schemaOnly});
	// A restore with its counts compared is the proof of the backup too.
	if (!schemaOnly) context.record('backup-taken', {backup: {...backup, verified: {...backup.verified, restore}}});
	return {...rehearsal, warnings: [...damaged, ...rehearsal.warnings ?? []]};
}

/** A longer one is none that an application asks often. */
const longestStatement = 20_000;
const mostStatements = 300;

/** What the target's users ask most often; whole texts only, since half a statement can't be planned. */
async function readStatements(context: ActionContext): Promise<{rows: {query: string; calls: number}[] | null; missing: string | null}> {
	const {rows, missing} = await queryStatements(await context.session(), {characters: longestStatement + 1});
	return {missing, rows: rows && rows.filter(({query}) => query.length <= longestStatement).toSorted((one, other) => other.calls - one.calls).slice(0, mostStatements).map(({query, calls}) => ({query, calls}))};
}

/** Of this run, still there, as it was taken, and not older than the configuration allows; and a sentence for each that was passed over as damaged. */
export async function newestWhole(context: Pick<ActionContext, 'state' | 'settings' | 'now'>): Promise<{backup: Backup | null; damaged: string[]}> {
	const damaged: string[] = [];
	for (const backup of context.state().backups.toReversed()) {
		if (backup.format === 'external' || !existsSync(backup.path) || context.now().getTime() - Date.parse(backup.startedAt) > context.settings.backup.maxAgeMs) continue;
		const damage = await findDamage(backup);
		if (damage === null) return {backup, damaged};
		damaged.push(`The backup ${backup.path} is not as it was taken and was not rehearsed on: ${damage}`);
	}
	return {backup: null, damaged};
}

async function takeFresh(context: ActionContext): Promise<Backup> {
	context.tell('there is no fresh backup to rehearse on: taking one');
	const backup = await dumpForAction(context);
	context.record('backup-taken', {backup});
	return backup;
}
