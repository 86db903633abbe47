/** Backups are kept as long as the policy says. */
import {readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {describeAge} from './backups.ts';
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
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
		const newest = await look.backup();
		const folder = directory ?? (newest ? path.dirname(newest.path) : null);
		const kept = new Map(look.state.backups.map(backup => [backup.path, Date.parse(backup.finishedAt)]));
		if (folder !== null && newest?.format !== 'external') {
			for (const name of await readdir(folder).catch(() => [])) {
				// Other files of the folder, such as manifests, are no backups.
				if (!/\.(dump|sql|sql\.gz|backup)$|^(backup|dump)/i.test(name)) continue;
				const file = path.join(folder, name);
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
