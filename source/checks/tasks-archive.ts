/** The SQL and all else that was kept is still there, with the hashes of the journal. */
import {stat} from 'node:fs/promises';
import {byteWords} from '../journal/byte-words.ts';
import {keptAs} from './baseline.ts';
import type {Check} from './check.ts';
import {noteEvidence, readSha256} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {rehearsedSchemaAs} from './rehearsed-schema.ts';
import {count, failed, listed, passed} from './verdict.ts';

/** What an audit asks for, by the words of its artifact. */
const parts: readonly [string, RegExp][] = [
	['what ran, statement by statement', /^the statements of attempt \d+ of the upgrade$/],
	['the output of Alembic', /^the output of attempt \d+ of the upgrade$/],
	['the schema before', /^the schema before the upgrade$/],
	['the figures before', new RegExp(`^${keptAs.before}$`)],
	['the figures after', new RegExp(`^${keptAs.after}$`)],
	['the rehearsal', /^the rehearsal$/],
	['the schema as rehearsed', new RegExp(`^${rehearsedSchemaAs}$`)],
	['the backup', /backup|manifest|dump/],
	['the checklist', /checklist/],
];

export const tasksArchive: Check = {
	id: 'tasks.archive',
	says: 'The SQL of the upgrade and every other artifact of the run, read again, has the sha256 that is in the journal.',
	why: 'An audit asks in a year what ran. The run\'s folder lies on this machine: carrying it to a place that outlives the machine is for people.',
	proves: 'wholly',
	dependsOn: ['plan', 'current'],
	ttlMs: 24 * 3600 * 1000,
	async run(look) {
		const {outcome} = needUpgrade(look);
		const plan = await look.plan();
		// What was written anew counts as it was written last; the journal has the older hash too.
		const artifacts = [...new Map(look.state.artifacts.map(artifact => [artifact.path, artifact])).values()];
		const seen = await Promise.all(artifacts.map(async artifact => ({...artifact, now: await readSha256(artifact.path).catch(() => null), bytes: await stat(artifact.path).then(file => file.size, () => 0)})));
		const evidence = [
			{kind: 'file' as const, title: 'the SQL of the upgrade', path: plan.sql, sha256: plan.sqlSha256},
			noteEvidence('artifacts of the run, read again', seen.map(each => `${each.sha256} ${each.path}: ${each.what}${each.now === each.sha256 ? '' : each.now === null ? ' IS NOT THERE' : ` IS ANOTHER NOW (${each.now})`}`)),
			noteEvidence('what an audit asks for', parts.map(([name, what]) => `${name}: ${seen.filter(each => what.test(each.what)).map(each => each.path).join(', ') || 'not kept in this run'}`)),
			noteEvidence(`statements that ran: ${outcome.statements.length}`, outcome.statements.map(each => `${each.seconds.toFixed(3)} s: ${each.sql.replace(/\s+/g, ' ').slice(0, 500)}`)),
		];
		if (!artifacts.some(artifact => artifact.sha256 === plan.sqlSha256)) return failed('The SQL of the upgrade is not among the kept artifacts.', evidence);
		const gone = seen.filter(each => each.now === null);
		if (gone.length > 0) return failed(`${listed(gone.map(each => each.path), 3)} ${gone.length === 1 ? 'is' : 'are'} not there any more.`, evidence);
		const changed = seen.filter(each => each.now !== each.sha256);
		if (changed.length > 0) return failed(`${listed(changed.map(each => each.path), 3)} ${changed.length === 1 ? 'is' : 'are'} not what was kept.`, evidence);
		return passed(`${count(seen.length, 'artifact')} (${byteWords(seen.reduce((sum, {bytes}) => sum + bytes, 0))}) read again, each with the hash of the journal; the SQL is ${plan.sqlSha256.slice(0, 12)}, the journal's head ${look.state.head.slice(0, 12)}.`, evidence);
	},
};
