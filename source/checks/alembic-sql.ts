/** The SQL from where the database is to the target was written, whole, and is kept with its hash. */
import type {Check} from './check.ts';
import {noteEvidence, readSha256} from './evidence.ts';
import {readStatements} from './statements.ts';
import {count, failed, listed, notApplicable, passed, warned} from './verdict.ts';

export const alembicSql: Check = {
	id: 'alembic.sql',
	says: 'The SQL of the upgrade was written from the database\'s own revision to the target, and is kept.',
	why: 'The document\'s `alembic upgrade head --sql` begins at base and writes every old migration again; what will run is `alembic upgrade CURRENT:TARGET --sql`. A migration that asks the database while it runs has no such SQL, and its statements are seen only in a rehearsal.',
	proves: 'wholly',
	dependsOn: ['current', 'files', 'plan', 'rehearsal'],
	async run(look) {
		const plan = await look.plan();
		if (plan.revisions.length === 0) return notApplicable('No migration is pending, so there is no SQL to write.');
		const [sql, sha256] = [await look.sql(), await readSha256(plan.sql).catch(() => null)];
		if (sha256 === null) return failed(`The kept SQL ${plan.sql} can't be read any more; plan again.`);
		if (sha256 !== plan.sqlSha256) return failed(`The kept SQL ${plan.sql} is not the one that was planned: its sha256 is ${sha256.slice(0, 12)}, not ${plan.sqlSha256.slice(0, 12)}.`);
		const {statements, unseen} = await readStatements(look);
		const kinds = Map.groupBy(statements.flatMap(each => each.operations), operation => operation.do === 'other' ? operation.kind : operation.do);
		const evidence = [
			{kind: 'file' as const, title: 'the SQL of the upgrade', path: plan.sql, sha256, body: sql.length > 20_000 ? `${sql.slice(0, 20_000)}\n…` : sql},
			noteEvidence(`as \`alembic upgrade ${plan.from.join(',') || 'base'}:${plan.to.join(',')} --sql\` writes it: statements by kind`, [...kinds].map(([kind, all]) => `${kind}: ${all.length}`)),
			...plan.commitPoints.map(point => noteEvidence(`commit point after ${point.after}`, [point.why, point.then])),
		];
		const unpromised = (await look.rehearsal())?.unpromised;
		if (unpromised) evidence.push(noteEvidence('what the rehearsal ran otherwise than this SQL says', unpromised.length > 0 ? unpromised : ['nothing: each statement that ran is in it, and each that is in it ran']));
		const without = plan.revisions.filter(each => !each.sql);
		const reasons = without.map(each => `${each.revision} (${each.reason ?? 'no reason known'})`);
		if (unseen.length > 0) return failed(`${listed([...reasons.map(reason => `Alembic can't write the SQL of ${reason}`), ...unseen.filter(text => !text.endsWith('has no offline SQL'))], 3)}: rehearse, so that its statements can be read.`, evidence);
		const missing = plan.to.filter(revision => !sql.includes(`'${revision}'`));
		if (missing.length > 0) return failed(`The SQL never writes ${listed(missing)} into the version table.`, evidence);
		if (without.length > 0) return warned(`Alembic can't write ${listed(reasons)} offline; the statements were taken from the rehearsal.`, evidence);
		if (unpromised && unpromised.length > 0) return warned(`In ${count(unpromised.length, 'place')} the rehearsal ran otherwise than the SQL says: ${listed(unpromised, 2)}.`, evidence);
		if (plan.unstable.length > 0) return warned(`${listed(plan.unstable)} comes out differently each time, so what was read is not letter for letter what will run.`, evidence);
		return passed(`${count(statements.length, 'statement')} for ${count(plan.revisions.length, 'revision')}, sha256 ${sha256.slice(0, 12)}${unpromised ? '; the rehearsal ran just these' : ''}.`, evidence);
	},
};
