/** The proof before the upgrade: a backup, a plan that ends before the dangerous revision, its rehearsal, the checks. */
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {byteWords} from '../../source/journal/byte-words.ts';
import type {Backup} from '../../source/journal/shapes/backup.ts';
import {satisfiedStates, type Item} from '../../source/journal/shapes/item.ts';
import type {Plan} from '../../source/journal/shapes/plan.ts';
import type {Rehearsal} from '../../source/journal/shapes/rehearsal.ts';
import {query, queryVersion} from './database.ts';
import {wordsBefore} from './persons.ts';
import {appliedRevision, lastSafeRevision, safeRevisions} from './revisions.ts';
import {attestAll} from './speak.ts';
import {must, mustEnd, type Step} from './step.ts';

export const backupStep: Step = {
	step: 'backup',
	async run({holdpoint, sandbox}) {
		const backup = mustEnd(await holdpoint<Backup>('backup'), 0);
		must(backup.verified.list && backup.verified.read, 'the backup was not read back');
		const [{tables} = {tables: null}] = await query<{tables: number}>(sandbox, 'SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = \'public\'');
		must(backup.tables === tables, `the backup has ${backup.tables} tables and the database ${tables}`);
		must(backup.manifest !== undefined, 'the backup has no manifest');
		const files = await mustMatchManifest(path.dirname(backup.path), backup.manifest);
		return {exit: 0, summary: `${backup.tables} tables, ${byteWords(backup.bytes)}, read back, ${files} files as their manifest says`};
	},
};

/** Lines of the manifest are those of sha256sum, read in the folder that holds the backup. */
async function mustMatchManifest(folder: string, manifest: string): Promise<number> {
	const lines = (await readFile(manifest, 'utf8')).split('\n').filter(line => /^[0-9a-f]{64} [ *]/.test(line));
	must(lines.length > 0, `the manifest ${manifest} names no file`);
	for (const line of lines) {
		const file = path.resolve(folder, line.slice(66));
		const sha256 = createHash('sha256').update(await readFile(file)).digest('hex');
		must(line.startsWith(sha256), `${file} is not the file that the manifest names`);
	}
	return lines.length;
}

export const planStep: Step = {
	step: 'plan',
	async run({holdpoint, notes}) {
		const plan = mustEnd(await holdpoint<Plan>('plan', 'upgrade', lastSafeRevision), 0);
		must(plan.from.join() === appliedRevision && plan.to.join() === lastSafeRevision, `the plan goes from ${plan.from.join()} to ${plan.to.join()}`);
		must(plan.revisions.map(each => each.revision).join() === safeRevisions.join(), `the plan's path is ${plan.revisions.map(each => each.revision).join(', ')}`);
		must(plan.commitPoints.length > 0, 'the plan shows no commit point, and an index built CONCURRENTLY is one');
		must(plan.unmet.length > 0, 'the plan says that nothing is missing before anything was proven');
		must((await readFile(plan.sql, 'utf8')).includes('CREATE INDEX CONCURRENTLY'), `the SQL in ${plan.sql} is not that of the plan`);
		notes.digest = plan.digest;
		return {exit: 0, summary: `${plan.revisions.length} revisions, ${plan.commitPoints.length} commit points, ${plan.unmet.length} items not satisfied yet, digest ${plan.digest.slice(0, 12)}`};
	},
};

export const rehearseStep: Step = {
	step: 'rehearse',
	async run({holdpoint, sandbox, notes}) {
		const rehearsal = mustEnd(await holdpoint<Rehearsal>('rehearse'), 0);
		must(rehearsal.ok && rehearsal.problems.length === 0, `the rehearsal has problems: ${rehearsal.problems.join('; ')}`);
		must(rehearsal.digest === notes.digest, 'another plan was rehearsed');
		must(rehearsal.revisions.map(each => each.revision).join() === safeRevisions.join(), `it rehearsed ${rehearsal.revisions.map(each => each.revision).join(', ')}`);
		must(rehearsal.schema.afterDowngrade.length === 0 && rehearsal.schema.afterSecondUpgrade.length === 0, 'the schema is not the same after the way back');
		const version = await queryVersion(sandbox);
		must(version === appliedRevision, `the rehearsal moved the shop itself to ${version}`);
		const up = rehearsal.revisions.reduce((sum, each) => sum + each.up, 0);
		return {exit: 0, summary: `up ${up.toFixed(1)} s, down and up again on a restored copy; the schema is as before after each`};
	},
};

/** Whatever a check can prove by now must be proven: only what persons say remains. */
export const provenStep: Step = {
	step: 'check again',
	async run({holdpoint}) {
		const answer = await holdpoint<{items: Item[]}>('check');
		const items = answer.json?.items ?? [];
		const bad = items.filter(item => item.state === 'failed' || item.state === 'errored');
		must(bad.length === 0, `these do not hold: ${bad.map(item => `${item.id} (${item.verdict?.summary})`).join('; ')}`);
		mustEnd(answer, 0);
		const {items: all} = mustEnd(await holdpoint<{items: Item[]}>('items'), 0);
		const before = all.filter(item => item.holds.includes('upgrade'));
		const open = before.filter(item => !satisfiedStates.has(item.state));
		const nobody = open.filter(item => wordsBefore[item.check ?? ''] === undefined);
		must(nobody.length === 0, `a check should have proven ${nobody.map(item => `${item.id} (${item.state}: ${item.verdict?.summary ?? 'no verdict'})`).join('; ')}`);
		return {exit: 0, summary: `${before.length - open.length} of ${before.length} items before the upgrade are proven by their evidence; ${open.length} are for persons`};
	},
};

export const attestStep: Step = {
	step: 'attest',
	async run(stage) {
		const {items} = mustEnd(await stage.holdpoint<{items: Item[]}>('items'), 0);
		const open = items.filter(item => item.holds.includes('upgrade') && !satisfiedStates.has(item.state));
		await attestAll(stage, open, wordsBefore);
		return {exit: 0, summary: `${open.length} items on the word of persons, each with a name and what was looked at`};
	},
};
