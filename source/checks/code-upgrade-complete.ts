/** After upgrade() nothing that the models ask for is missing. */
import type {Check, Look} from './check.ts';
import {noteEvidence, within} from './evidence.ts';
import {commandsEvidence, needFacts, needRehearsal, rehearsalEvidence} from './needed.ts';
import {count, failed, listed, notApplicable, passed, warned} from './verdict.ts';

/** Autogenerate is blind to these; a person must know that nobody compared them. */
export const notCompared = 'not compared by Alembic: CHECK constraints, enum labels, triggers, functions, views, grants, partitions, row level security, and server defaults unless compare_server_default is on';

export const codeUpgradeComplete: Check = {
	id: 'code.upgrade-complete',
	says: 'Each upgrade() does something, and after all of them the schema is what the models say.',
	why: 'A change forgotten in upgrade() shows when the new application meets the old schema. Autogenerate compares what it knows; that data was moved completely only a person can tell.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'rehearsal'],
	async run(look) {
		const facts = await needFacts(look);
		if (facts.length === 0) return notApplicable('No migration is pending.');
		// A merge revision has nothing of its own to do.
		const empty = facts.filter(each => each.upgrade.empty && each.down.length < 2);
		const operations = noteEvidence('operations of each upgrade()', facts.map(each => `${each.revision}: ${each.upgrade.operations.map(operation => operation.op).join(', ') || 'none'}`));
		if (empty.length > 0) return failed(`upgrade() does nothing in ${listed(empty.map(each => within(look.settings.project, each.file)))}.`, [operations]);
		const rehearsal = await needRehearsal(look);
		const evidence = [operations, rehearsalEvidence(rehearsal), noteEvidence('alembic check on the rehearsed database', [...rehearsal.check.differences, notCompared])];
		const broken = rehearsal.commands.find(command => command.exit !== 0);
		if (broken) return failed(`The rehearsal's \`${broken.argv.slice(-2).join(' ')}\` ended with ${broken.exit ?? 'a signal'}.`, [...evidence, ...commandsEvidence(rehearsal)]);
		const database = await look.database();
		if (!database.context.targetMetadata) return warned('Every upgrade() ran in the rehearsal; env.py names no target_metadata, so there are no models to compare with. For a person: attest that it is complete.', evidence);
		if (!rehearsal.check.clean && !await endsAtHead(look)) return warned(`For a person: every upgrade() ran in the rehearsal, and the path ends before the head; of what the models ask for is missing there: ${listed(rehearsal.check.differences, 3)}. Say whether the later revisions bring it.`, evidence);
		if (!rehearsal.check.clean) return failed(`After the upgrade ${count(rehearsal.check.differences.length, 'difference')} to the models ${rehearsal.check.differences.length === 1 ? 'is' : 'are'} left: ${listed(rehearsal.check.differences, 3)}.`, evidence);
		return passed(`Rehearsed: ${count(facts.length, 'upgrade()', 'upgrade()s')} ran, and Alembic's comparison finds nothing missing afterwards that the models ask for.`, evidence);
	},
};

/** `alembic check` answers only when every head is applied. */
export async function endsAtHead(look: Look): Promise<boolean> {
	const [plan, {graph}] = [await look.plan(), await look.project()];
	return graph.heads.every(head => plan.to.includes(head));
}
