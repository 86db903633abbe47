/** The graph of revisions is sound, and the path leads from the database to the target without a gap. */
import {describeProblem} from '../alembic/problem.ts';
import type {Check} from './check.ts';
import {noteEvidence, within} from './evidence.ts';
import {count, failed, listed, passed, warned} from './verdict.ts';

export const codeRevisions: Check = {
	id: 'code.revisions',
	says: 'Every revision and down_revision is correct: one head, no gap, no duplicate, and the database is on the path.',
	why: 'A wrong down_revision runs migrations in another order than they were tested in, or stops in the middle. It is read by Alembic itself, for the whole folder and not only for the new files.',
	proves: 'wholly',
	dependsOn: ['current', 'files', 'plan'],
	async run(look) {
		const {graph} = await look.project();
		const evidence = [noteEvidence(`the revisions, newest first; heads: ${graph.heads.join(', ') || 'none'}`, graph.revisions.map(each => `${each.down.join(', ') || 'base'} → ${each.revision}${each.head ? ' (head)' : ''}${each.mergePoint ? ' (merge)' : ''}: ${each.doc} [${within(look.settings.project, each.file)}, sha256 ${each.sha256.slice(0, 12)}]`))];
		const broken = graph.problems.filter(problem => problem.kind !== 'several-heads');
		if (broken.length > 0) return failed(broken.map(describeProblem).join(' '), evidence);
		const {unknown} = await look.database();
		if (unknown.length > 0) return failed(`The database is stamped with ${listed(unknown)}, which no file here has: check out the code that it was migrated with.`, evidence);
		const plan = await look.plan();
		const path = `${plan.from.join(', ') || 'base'} → ${[...plan.revisions.map(each => each.revision)].join(' → ') || plan.to.join(', ')}`;
		evidence.push(noteEvidence('the path', [path]));
		if (graph.heads.length > 1) return warned(`There are ${graph.heads.length} heads (${graph.heads.join(', ')}): \`alembic merge heads\` joins them. The path itself is sound: ${path}.`, evidence);
		if (plan.to.length > 1) return warned(`The path ends with ${plan.to.length} rows in the version table (${plan.to.join(', ')}): a branch is left open.`, evidence);
		return passed(`One head, ${graph.heads.join('')}; ${count(plan.revisions.length, 'revision')} on the path: ${path}.`, evidence);
	},
};
