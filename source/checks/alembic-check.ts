/** `alembic check`, asked where it can answer: on a database at head. */
import {describeProblem} from '../alembic/problem.ts';
import type {Check} from './check.ts';
import {endsAtHead, notCompared} from './code-upgrade-complete.ts';
import {noteEvidence} from './evidence.ts';
import {needRehearsal, rehearsalEvidence} from './needed.ts';
import {count, failed, listed, notApplicable, passed} from './verdict.ts';

export const alembicCheck: Check = {
	id: 'alembic.check',
	says: '`alembic check` finds no change in the models that no migration carries.',
	why: 'A pending model change means that the application expects a schema that nobody has migrated to. The command answers only on a database at head: before the upgrade that is the rehearsed copy, after it the target itself.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'rehearsal', 'current'],
	async run(look) {
		const database = await look.database();
		if (!database.context.targetMetadata) return notApplicable('env.py names no target_metadata, so there are no models for `alembic check` to compare with.');
		if (database.upToDate) {
			const {differences} = database;
			if (differences?.answer === 'same') return passed(`The target is at head (${database.rows.join(', ')}) and \`alembic check\` finds no difference to the models.`, [noteEvidence('compared on the target itself', [notCompared])]);
			if (differences?.answer === 'different') return failed(`The target is at head and ${count(differences.found.length, 'difference')} to the models ${differences.found.length === 1 ? 'is' : 'are'} there: ${listed(differences.found.map(each => each.text), 3)}.`, [noteEvidence('differences on the target', differences.found.map(each => `${each.kind}: ${each.text}`))]);
		}
		const {graph} = await look.project();
		const broken = graph.problems.find(problem => problem.kind !== 'several-heads');
		if (broken) return failed(describeProblem(broken));
		if (!await endsAtHead(look)) return notApplicable(`The path ends at ${(await look.plan()).to.join(', ') || 'base'}, before the head ${graph.heads.join(', ')}: \`alembic check\` answers only at head.`);
		const rehearsal = await needRehearsal(look);
		const evidence = [rehearsalEvidence(rehearsal), noteEvidence('alembic check on the rehearsed database at head', [...rehearsal.check.differences, notCompared])];
		if (!rehearsal.check.clean) return failed(`On the rehearsed database at head \`alembic check\` finds ${count(rehearsal.check.differences.length, 'difference')}: ${listed(rehearsal.check.differences, 3)}.`, evidence);
		return passed('On the rehearsed database at head `alembic check` finds no new upgrade operations.', evidence);
	},
};
