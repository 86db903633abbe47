/** The database is where the plan wanted it, read back after the upgrade. */
import {queryVersionTable} from '../postgres/readback.ts';
import {queryEvidence, type Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {failed, passed} from './verdict.ts';

export const postCurrent: Check = {
	id: 'post.current',
	says: 'After the upgrade the version table says the target, as Alembic and as holdpoint\'s own session read it.',
	why: 'Exit code 0 proves nothing: with SQL before context.configure() Alembic rolls everything back and still ends with 0. Another deployment may have moved it since.',
	proves: 'wholly',
	dependsOn: ['target', 'current', 'plan'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const {outcome, finishedAt} = needUpgrade(look);
		const {context: {versionTable, versionTableSchema}} = await look.database();
		const rows = await queryVersionTable(await look.session(), {table: versionTable, schema: versionTableSchema}) ?? [];
		const current = await look.current();
		const say = (revisions: readonly string[]) => [...revisions].sort().join(', ') || 'base';
		const evidence = [
			queryEvidence('the version table over holdpoint\'s own session', `SELECT version_num FROM ${versionTableSchema === null ? '' : `${versionTableSchema}.`}${versionTable}`, rows.map(version => ({version_num: version}))),
			noteEvidence('alembic current, through env.py', current.length > 0 ? current : ['(not stamped)']),
			noteEvidence('the upgrade', [`${say(outcome.from)} → ${say(outcome.to)}, ${outcome.status}${finishedAt ? ` at ${finishedAt}` : ''}: ${outcome.reason}`]),
		];
		if (say(rows) !== say(current)) return failed(`env.py reads ${say(current)}, holdpoint's own session ${say(rows)}.`, evidence);
		if (say(current) !== say(outcome.to)) return failed(`The database is at ${say(current)} and should be at ${say(outcome.to)}.`, evidence);
		return passed(`The database is at ${say(current)}, as the plan wanted it.`, evidence);
	},
};
