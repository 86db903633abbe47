/** The rows are after the way back what they were before the way there. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needRehearsal, rehearsalEvidence} from './needed.ts';
import {count, failed, forPerson, listed, notApplicable, passed, warned} from './verdict.ts';

export const rollbackData: Check = {
	id: 'rollback.data',
	says: 'On the rehearsed copy the rows of the touched tables are after the downgrade what they were before the upgrade.',
	why: 'A dropped column comes back empty. Compared are the columns that both schemas have; what was written under the new schema in the meantime is lost in any downgrade, and a person must accept that.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'rehearsal'],
	async run(look) {
		if ((await look.plan()).revisions.length === 0) return notApplicable('No migration is pending, so there is nothing to take back.');
		const rehearsal = await needRehearsal(look);
		const {data} = rehearsal;
		if (data.length === 0 || /schema only/.test(rehearsal.basis)) throw forPerson('the rehearsal compared no rows, since it was of the schema only or touched no table; attest what a downgrade keeps, or rehearse with data.');
		const evidence = [rehearsalEvidence(rehearsal), noteEvidence('rows before the upgrade and after the downgrade', data.map(each => `${each.table}: ${each.before} → ${each.after}${each.equal ? ', equal' : ', not equal'}${each.loses ? `; loses ${each.loses}` : ''}`))];
		const changed = data.filter(each => !each.equal);
		if (changed.length > 0) return failed(`After the downgrade the rows of ${listed(changed.map(each => `${each.table} (${each.loses ? `loses ${each.loses}` : `${each.before} before, ${each.after} after`})`))} are not what they were.`, evidence);
		const losing = data.filter(each => each.loses !== undefined);
		if (losing.length > 0) return warned(`For a person: the downgrade loses ${listed(losing.map(each => `${each.loses} (${each.table})`))}; say whether that may be lost.`, evidence);
		return passed(`The rows of ${count(data.length, 'table')} are after the downgrade what they were before the upgrade.`, evidence);
	},
};
