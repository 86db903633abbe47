/** The rows are after the way back what they were before the way there. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needRehearsal, rehearsalEvidence} from './needed.ts';
import {count, failed, forPerson, listed, notApplicable, passed, warned} from './verdict.ts';

export const rollbackData: Check = {
	id: 'rollback.data',
	says: 'On the rehearsed copy the rows of the touched tables are after the downgrade what they were before the upgrade.',
	why: 'A dropped column comes back empty. Compared are the columns that both schemas have. Into each touched table the rehearsal also writes a row under the new schema and looks what the downgrade makes of it; what is lost, and what could not be compared or tried, a person must accept.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'rehearsal'],
	async run(look) {
		if ((await look.plan()).revisions.length === 0) return notApplicable('No migration is pending, so there is nothing to take back.');
		const rehearsal = await needRehearsal(look);
		const {data} = rehearsal;
		if (data.length === 0 || /schema only(?! but)/.test(rehearsal.basis)) throw forPerson('the rehearsal compared no rows, since it was of the schema only or touched no table; attest what a downgrade keeps, or rehearse with data.');
		const evidence = [rehearsalEvidence(rehearsal), noteEvidence('rows before the upgrade and after the downgrade', data.map(each => `${each.table}: ${each.before} → ${each.after}${each.equal ? ', equal' : ', not equal'}${each.loses ? `; loses ${each.loses}` : ''}${each.notCompared ? `; not compared: ${each.notCompared}` : ''}`)), noteEvidence('a row written under the new schema, after the downgrade', data.flatMap(each => each.written ? [`${each.table}: ${each.written}`] : []))];
		const changed = data.filter(each => !each.equal);
		if (changed.length > 0) return failed(`After the downgrade the rows of ${listed(changed.map(each => `${each.table} (${each.loses ? `loses ${each.loses}` : `${each.before} before, ${each.after} after`})`))} are not what they were.`, evidence);
		const failing = data.filter(each => each.fate === 'fails');
		if (failing.length > 0) return failed(`With a row that was written to ${listed(failing.map(each => each.table))} after the upgrade ${failing[0]!.written}.`, evidence);
		const words = [
			...group('the downgrade loses', data.flatMap(each => each.loses === undefined ? [] : [`${each.loses} (${each.table})`])),
			...group('of a row written after the upgrade', data.flatMap(each => each.fate === 'gone' || each.fate === 'changed' ? [`${each.written} (${each.table})`] : [])),
			...group('not compared was', data.flatMap(each => each.notCompared === undefined ? [] : [`${each.notCompared} (${each.table})`])),
			...group('no row was written to', data.flatMap(each => each.fate === 'not tried' ? [`${each.table} (${each.written})`] : [])),
		];
		if (words.length > 0) return warned(`For a person: ${words.join('; ')}; say whether that may be.`, evidence);
		return passed(`The rows of ${count(data.length, 'table')} are after the downgrade what they were before the upgrade.`, evidence);
	},
};

function group(what: string, found: readonly string[]): string[] {
	return found.length === 0 ? [] : [`${what} ${listed(found, 3)}`];
}
