/** Where the database is: asked of Alembic and of the table itself. */
import {queryVersionTable} from '../postgres/readback.ts';
import {queryEvidence, type Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {failed, listed, passed} from './verdict.ts';

export const alembicCurrent: Check = {
	id: 'alembic.current',
	says: 'The version table, as env.py reads it and as holdpoint\'s own session reads it, says the revision that the plan begins at.',
	why: 'Two readings over two connections show an env.py that looks at another database; a revision other than the plan\'s means that someone migrated in the meantime. `alembic current` alone prints nothing and ends with 0 on an unstamped database.',
	proves: 'wholly',
	dependsOn: ['target', 'current', 'files', 'plan'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const {context: {versionTable, versionTableSchema}, unknown, database} = await look.database();
		const rows = await queryVersionTable(await look.session(), {table: versionTable, schema: versionTableSchema});
		const current = await look.current();
		const plan = await look.plan();
		const done = look.upgrade();
		const expected = done?.status === 'done' ? done.database.version : plan.from;
		const evidence = [
			queryEvidence('the version table over holdpoint\'s own session', `SELECT version_num FROM ${versionTableSchema === null ? '' : `${versionTableSchema}.`}${versionTable}`, (rows ?? []).map(version => ({version_num: version}))),
			noteEvidence(`alembic current, through env.py, in ${database}`, current.length > 0 ? current : ['(not stamped)']),
		];
		const say = (revisions: readonly string[] | null) => revisions === null ? 'no version table' : [...revisions].sort().join(', ') || 'base';
		if (unknown.length > 0) return failed(`The database is at ${listed(unknown)}, which no migration file here has.`, evidence);
		if (say(rows ?? []) !== say(current)) return failed(`env.py reads ${say(current)}, holdpoint's own session ${say(rows)}: they may be on two databases.`, evidence);
		if (say(current) !== say(expected)) return failed(`The database is at ${say(current)}, and the plan expects ${say(expected)}: someone moved it; plan again.`, evidence);
		return passed(`The database is at ${say(current)}${rows === null ? ' (no version table yet)' : ''}, read by Alembic and by holdpoint's own session.`, evidence);
	},
};
