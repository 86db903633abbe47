/** downgrade() takes back what upgrade() did: read in the code, proven on the rehearsal. */
import type {Operation, ReadableFacts} from '../alembic/facts.ts';
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {commandsEvidence, needFacts, needRehearsal, rehearsalEvidence} from './needed.ts';
import {differenceLines} from './rollback-differences.ts';
import {failed, listed, notApplicable, passed} from './verdict.ts';

/** What undoes what; an `execute` may stand for anything. */
const opposites: Record<string, string[]> = {
	create_table: ['drop_table'], add_column: ['drop_column'], create_index: ['drop_index', 'drop_column', 'drop_table'],
	create_unique_constraint: ['drop_constraint'], create_foreign_key: ['drop_constraint'], create_check_constraint: ['drop_constraint'], create_primary_key: ['drop_constraint'],
	drop_table: ['create_table'], drop_column: ['add_column'], drop_index: ['create_index'], rename_table: ['rename_table'], alter_column: ['alter_column'],
};

export const codeDowngradeReverses: Check = {
	id: 'code.downgrade-reverses',
	says: 'Each downgrade() takes its upgrade() back, and a rehearsal has shown that the schema is then as before.',
	why: 'The way back is needed in the worst minute, and one that was never run fails in it. A migration that is meant to be one-way needs a waiver and another way back.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'rehearsal'],
	async run(look) {
		const facts = await needFacts(look);
		if (facts.length === 0) return notApplicable('No migration is pending.');
		const read = noteEvidence('upgrade() and downgrade() side by side', facts.map(each => `${each.revision}: ${words(each.upgrade.operations)} | ${each.downgrade.raises ? 'raises' : words(each.downgrade.operations)}`));
		const faults = facts.flatMap(findFaults);
		if (faults.length > 0) return failed(`${listed(faults)}.`, [read]);
		const rehearsal = await needRehearsal(look);
		const {afterDowngrade, afterSecondUpgrade} = rehearsal.schema;
		const evidence = [read, rehearsalEvidence(rehearsal), noteEvidence('schema after the downgrade, against before the upgrade', differenceLines(afterDowngrade)), noteEvidence('schema after the second upgrade, against after the first', differenceLines(afterSecondUpgrade))];
		const broken = rehearsal.commands.find(command => command.exit !== 0);
		if (broken) return failed(`The rehearsal's \`${broken.argv.slice(-2).join(' ')}\` ended with ${broken.exit ?? 'a signal'}.`, [...evidence, ...commandsEvidence(rehearsal)]);
		if (afterDowngrade.length > 0) return failed(`After the downgrade the schema is not as before: ${listed(differenceLines(afterDowngrade), 3)}.`, evidence);
		if (afterSecondUpgrade.length > 0) return failed(`The second upgrade made another schema than the first: ${listed(differenceLines(afterSecondUpgrade), 3)}.`, evidence);
		return passed(`Rehearsed up, down and up: the schema was as before after the downgrade, and the same after the second upgrade (${facts.map(each => each.revision).join(', ')}).`, evidence);
	},
};

function findFaults(facts: ReadableFacts): string[] {
	const {upgrade, downgrade, revision} = facts;
	if (downgrade.raises) return [`${revision} is one-way: its downgrade() raises at once`];
	if (!downgrade.defined) return [`${revision} has no downgrade()`];
	if (upgrade.empty) return [];
	if (downgrade.empty) return [`the downgrade() of ${revision} does nothing`];
	const undone = new Set(downgrade.operations.map(operation => operation.op));
	if (undone.has('execute')) return [];
	const left = upgrade.operations.filter(operation => opposites[operation.op]?.every(opposite => !undone.has(opposite)));
	return left.map(operation => `${revision} never takes back its ${operation.op} in line ${operation.line}`);
}

function words(operations: readonly Operation[]): string {
	return operations.map(operation => operation.op).join(', ') || 'nothing';
}
