/** Backups are kept as long as the policy says. */
import {readFile, readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {readRetention} from '../integrations/pgbackrest.ts';
import {describeAge} from './backups.ts';
import type {Check, CheckResult, Look} from './check.ts';
import {readExternal, type External} from './external-backups.ts';
import {isThere, noteEvidence} from './evidence.ts';
import {count, failed, passed, warned} from './verdict.ts';

const leastDays = 7;
const dayMs = 24 * 3600 * 1000;

export const backupRetention: Check = {
	id: 'backup.retention',
	says: 'Backups are kept at least seven days: observed where the folder of backups holds one that old.',
	why: 'Many a damage is seen a week later. holdpoint itself deletes no backup, but who else clears the folder, or the bucket behind it, it can\'t see: where no old backup is there to prove it, a person attests the policy.',
	proves: 'partly',
	dependsOn: ['backup'],
	ttlMs: 30 * dayMs,
	async run(look) {
		const {retentionDays, directory} = look.settings.backup;
		if (retentionDays < leastDays) return failed(`\`backup.retention_days\` is ${retentionDays}: at least ${leastDays} days are asked for.`);
		const external = await readExternal(look);
		if (external && external.answer.backups.length > 0) return judgeExternal(look, external);
		const newest = await look.backup();
		const folder = directory ?? (newest ? path.dirname(newest.path) : null);
		const kept = new Map(look.state.backups.map(backup => [backup.path, Date.parse(backup.finishedAt)]));
		if (folder !== null && newest?.format !== 'external') {
			for (const name of await readdir(folder).catch(() => [])) {
				const file = path.join(folder, name);
				// Other files of the folder, such as manifests and the roles beside a backup, are none.
				if (!(/\.(dump|sql|sql\.gz|backup)$|^(backup|dump)/i.test(name) && !/\.globals\.sql$/.test(name)) && !await isThere(path.join(file, 'toc.dat'))) continue;
				kept.set(file, kept.get(file) ?? (await stat(file)).mtimeMs);
			}
		}
		const ages = [...kept].map(([file, at]) => ({file, ms: look.now.getTime() - at})).sort((a, b) => b.ms - a.ms);
		const evidence = [noteEvidence(`backups known${folder === null ? '' : ` in ${folder}`}, the oldest first; policy: ${retentionDays} days`, ages.map(each => `${describeAge(each.ms)}: ${each.file}`))];
		const [oldest] = ages;
		if (!oldest) return failed('There is no backup at all to be kept.', evidence);
		if (oldest.ms >= retentionDays * dayMs) return passed(`The oldest of ${count(ages.length, 'backup')} is ${describeAge(oldest.ms)} old: they are kept for ${retentionDays} days.`, evidence);
		return warned(`For a person: the oldest of ${count(ages.length, 'backup')} is ${describeAge(oldest.ms)} old, so ${retentionDays} days were not observed yet; attest who keeps them, and for how long.`, evidence);
	},
};

/** By what the tool says of its policy, by its configuration where that can be read here, else by the age of what it still has. */
async function judgeExternal(look: Look, {name, stanza, answer, evidence: asked}: External): Promise<CheckResult> {
	const {retentionDays, external: command} = look.settings.backup;
	const oldest = answer.backups[0]!;
	const age = look.now.getTime() - Date.parse(oldest.finishedAt);
	const read = await readPolicy(stanza ?? argumentOf(command, '--stanza='), argumentOf(command, '--config='));
	const days = answer.backups.at(-1)?.retentionDays ?? read?.days ?? null;
	const evidence = [noteEvidence(`what ${name} keeps; policy: ${retentionDays} days`, [...(read ? [`${read.file}: ${read.words}`] : []), ...answer.backups.map(each => `${describeAge(look.now.getTime() - Date.parse(each.finishedAt))}: ${each.label}`)]), ...asked];
	if (days !== null && days < retentionDays) return failed(`${name} keeps backups for ${days} days; ${retentionDays} are asked for.`, evidence);
	if (days !== null) return passed(`${name} keeps backups for ${Number.isFinite(days) ? `${days} days` : 'ever'} (${read && answer.backups.at(-1)?.retentionDays === undefined ? read.words : 'as it says'}).`, evidence);
	if (age >= retentionDays * dayMs) return passed(`The oldest of ${count(answer.backups.length, 'backup')} of ${name} is ${describeAge(age)} old: they are kept for ${retentionDays} days.`, evidence);
	return warned(`For a person: the oldest of ${count(answer.backups.length, 'backup')} of ${name} is ${describeAge(age)} old${read ? ` (${read.words})` : ''}, so ${retentionDays} days were not observed yet; attest who keeps them, and for how long.`, evidence);
}

/** pgBackRest's configuration: the one that is named, else where it looks itself. Null where it is not to be read here. */
async function readPolicy(stanza: string | null, named: string | null): Promise<{file: string; days: number | null; words: string} | null> {
	if (stanza === null) return null;
	for (const file of named === null ? ['/etc/pgbackrest/pgbackrest.conf', '/etc/pgbackrest.conf'] : [named]) {
		const text = await readFile(file, 'utf8').catch(() => null);
		const policy = text === null ? null : readRetention(text, stanza);
		if (policy !== null) return {file, ...policy};
	}
	return null;
}

/** Of a command that runs here: one behind ssh names files of another machine. */
function argumentOf(command: readonly string[] | null, name: string): string | null {
	if (command === null || path.basename(command[0] ?? '') !== 'pgbackrest') return null;
	return command.find(word => word.startsWith(name))?.slice(name.length) ?? null;
}
