/** The types of the columns are those of the models. */
import type {Check} from './check.ts';
import {endsAtHead} from './code-upgrade-complete.ts';
import {noteEvidence} from './evidence.ts';
import {needRehearsal, rehearsalEvidence} from './needed.ts';
import {failed, listed, notApplicable, passed, warned} from './verdict.ts';

const limits = 'not compared: enum labels, domains, types of the project\'s own, collation, precision of timestamps';

export const schemaColumnTypes: Check = {
	id: 'schema.column-types',
	says: 'After the upgrade each column has the type that its SQLAlchemy model says.',
	why: 'A column that is narrower than its model fails at the first long value, weeks later. Types are compared by autogenerate with compare_type, which is on from Alembic 1.12; what it can\'t compare stands in the evidence.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'rehearsal', 'current'],
	async run(look) {
		const {context, upToDate, differences} = await look.database();
		if (!context.targetMetadata) return notApplicable('env.py names no target_metadata, so there are no models to compare types with.');
		const comparison = noteEvidence(`compare_type of env.py: ${context.compareType}`, [limits]);
		if (upToDate && (differences?.answer === 'same' || differences?.answer === 'different')) {
			const types = differences.found.filter(each => each.kind === 'modify_type');
			return answer(types.map(each => each.text), 'the target', context.compareType, [comparison, noteEvidence('all differences on the target', differences.found.map(each => `${each.kind}: ${each.text}`))]);
		}
		const rehearsal = await needRehearsal(look);
		// Their kind is not kept; whatever says what the database has instead of the models may be a type.
		const types = rehearsal.check.differences.filter(text => /modify_type|the database has .*, the models/.test(text));
		const evidence = [comparison, rehearsalEvidence(rehearsal), noteEvidence('all differences on the rehearsed database', rehearsal.check.differences)];
		const where = await endsAtHead(look) ? 'the rehearsed database' : `the rehearsed database, at ${(await look.plan()).to.join(', ') || 'base'} and so before the head,`;
		// Before the head the models may describe what only a later revision brings.
		if (types.length > 0 && !await endsAtHead(look)) return warned(`For a person: on ${where} ${listed(types, 3)}. Say whether the later revisions bring it.`, evidence);
		return answer(types, where, context.compareType, evidence);
	},
};

function answer(types: string[], where: string, compareType: boolean | 'function', evidence: ReturnType<typeof noteEvidence>[]) {
	if (types.length > 0) return failed(`On ${where}: ${listed(types, 3)}.`, evidence);
	if (compareType === false) return warned('env.py switches compare_type off, so types were not compared. For a person: compare them, or switch it on.', evidence);
	return passed(`On ${where} every column has the type of its model.`, evidence);
}
