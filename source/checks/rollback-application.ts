/** The application works on what the downgrade leaves. */
import type {Check} from './check.ts';
import {nameOf, readCompatibility, runEvidence} from './compat-rehearsed.ts';
import {noteEvidence} from './evidence.ts';
import {needRehearsal, rehearsalEvidence} from './needed.ts';
import {differenceLines} from './rollback-differences.ts';
import {wentBack} from './rollback-indexes.ts';
import {runSmoke} from './smoke.ts';
import {failed, listed, notApplicable, passed, warned} from './verdict.ts';

export const rollbackApplication: Check = {
	id: 'rollback.application',
	says: 'The released application works on what the downgrade leaves.',
	why: 'Before the upgrade only the copy can tell. With `compatibility: {old}` the tests of the released application run there once more at the end: on the schema after the downgrade, and over the rows that were written under the new one. Without it the schemas are compared, and that the application works with the rows as they are then, a person attests. After a real downgrade the smoke tests tell.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'rehearsal', 'current'],
	async run(look) {
		const last = look.state.actions.findLast(action => action.action === 'upgrade' || action.action === 'downgrade');
		if (last?.action === 'downgrade' && last.status === 'done' && look.settings.smoke.length > 0) {
			const {bad, summary, evidence} = await runSmoke(look);
			return bad.length > 0 ? failed(`After the downgrade to ${last.to.join(', ') || 'base'}: ${summary}`, evidence) : passed(`After the downgrade to ${last.to.join(', ') || 'base'}: ${summary}`, evidence);
		}
		if ((await look.plan()).revisions.length === 0) return notApplicable('No migration is pending, so there is nothing to take back.');
		const rehearsal = await needRehearsal(look);
		const found = await readCompatibility(look, ['old']);
		const run = found?.applications.find(each => each.which === 'old' && each.schema === 'old');
		const lines = differenceLines(rehearsal.schema.afterDowngrade);
		const evidence = [...(run ? [runEvidence(run)] : []), rehearsalEvidence(rehearsal), noteEvidence('the schema after the downgrade against the one that the application runs on now', lines)];
		if (!wentBack(rehearsal)) return failed('The rehearsal did not get through its downgrade, so nothing is known of what the application would find.', evidence);
		const lost = rehearsal.schema.afterDowngrade.filter(difference => difference.kind !== 'extra');
		if (lost.length > 0) return failed(`After the downgrade the application would not find what it runs on now: ${listed(differenceLines(lost), 3)}.`, evidence);
		if (run && !run.ok) return failed(`${nameOf(run)} ${run.reason}.`.replace(/^t/, 'T'), evidence);
		if (run) return passed(`After the rehearsed downgrade the tests of the released application pass, on a schema that ${lines.length === 0 ? 'equals the one it runs on now' : `has ${listed(lines, 2)} besides`}.`, evidence);
		return warned(`For a person: after the rehearsed downgrade the schema ${lines.length === 0 ? 'equals the one that the application runs on now' : `has ${listed(lines, 2)} besides what the application runs on now`}; attest that the application works on it.`, evidence);
	},
};
