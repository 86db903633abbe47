/** The SQL and all else that was kept is still there, with the hashes of the journal. */
import type {Check} from './check.ts';
import {noteEvidence, readSha256} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {count, failed, listed, passed} from './verdict.ts';

export const tasksArchive: Check = {
	id: 'tasks.archive',
	says: 'The SQL of the upgrade and every other artifact of the run is there, and its sha256 is the one in the journal.',
	why: 'An audit asks in a year what ran. The run\'s folder lies on this machine: carrying it to a place that outlives the machine is for people.',
	proves: 'wholly',
	dependsOn: ['plan', 'current'],
	ttlMs: 24 * 3600 * 1000,
	async run(look) {
		const {outcome} = needUpgrade(look);
		const plan = await look.plan();
		const {artifacts} = look.state;
		const seen = await Promise.all(artifacts.map(async artifact => ({...artifact, now: await readSha256(artifact.path).catch(() => null)})));
		const evidence = [
			{kind: 'file' as const, title: 'the SQL of the upgrade', path: plan.sql, sha256: plan.sqlSha256},
			noteEvidence('artifacts of the run', seen.map(each => `${each.sha256} ${each.path}: ${each.what}${each.now === each.sha256 ? '' : each.now === null ? ' IS NOT THERE' : ` IS ANOTHER NOW (${each.now})`}`)),
			noteEvidence(`statements that ran: ${outcome.statements.length}`, outcome.statements.map(each => `${each.seconds.toFixed(3)} s: ${each.sql.replace(/\s+/g, ' ').slice(0, 500)}`)),
		];
		if (!artifacts.some(artifact => artifact.sha256 === plan.sqlSha256)) return failed('The SQL of the upgrade is not among the kept artifacts.', evidence);
		const gone = seen.filter(each => each.now === null);
		if (gone.length > 0) return failed(`${listed(gone.map(each => each.path), 3)} ${gone.length === 1 ? 'is' : 'are'} not there any more.`, evidence);
		const changed = seen.filter(each => each.now !== each.sha256);
		if (changed.length > 0) return failed(`${listed(changed.map(each => each.path), 3)} ${changed.length === 1 ? 'is' : 'are'} not what was kept.`, evidence);
		return passed(`${count(seen.length, 'artifact')} kept, each with the hash of the journal; the SQL is ${plan.sqlSha256.slice(0, 12)}.`, evidence);
	},
};
