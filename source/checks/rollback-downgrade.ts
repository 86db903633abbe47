/** The way back was walked on a copy, from the target to where the database is now. */
import {secondsDown} from '../journal/way-back.ts';
import type {Check} from './check.ts';
import {commandsEvidence, needRehearsal, rehearsalEvidence} from './needed.ts';
import {count, failed, listed, notApplicable, passed} from './verdict.ts';

export const rollbackDowngrade: Check = {
	id: 'rollback.downgrade',
	says: 'On the rehearsed copy the downgrade to the database\'s own revision succeeded, for every revision on the path.',
	why: 'A way back that was never walked is a hope. The document\'s `downgrade -1` takes back only the last of several revisions; what is rehearsed is the whole way.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'rehearsal'],
	async run(look) {
		const plan = await look.plan();
		if (plan.revisions.length === 0) return notApplicable('No migration is pending, so there is nothing to take back.');
		const rehearsal = await needRehearsal(look);
		const evidence = [rehearsalEvidence(rehearsal), ...commandsEvidence(rehearsal)];
		const broken = rehearsal.commands.find(command => command.exit !== 0);
		if (broken) return failed(`\`${broken.argv.slice(-2).join(' ')}\` ended with ${broken.exit ?? 'a signal'} in the rehearsal.`, evidence);
		if (!rehearsal.commands.some(command => command.argv.some(word => word.includes('downgrade')))) return failed(`The rehearsal ran no downgrade${rehearsal.problems[0] ? `: ${rehearsal.problems[0]}` : ''}.`, evidence);
		const seconds = secondsDown(rehearsal);
		if (seconds === undefined) return failed(`The rehearsed downgrade never came to ${listed(rehearsal.revisions.filter(each => each.ran?.down === false).map(each => each.revision))}.`, evidence);
		const unfit = rehearsal.data.filter(each => each.fate === 'fails');
		if (unfit.length > 0) return failed(`The downgrade succeeded on the rows of the backup, and ${listed(unfit.map(each => `with a row written to ${each.table} since ${each.written}`), 1)}.`, evidence);
		return passed(`The downgrade to ${plan.from.join(', ') || 'base'} succeeded over ${count(rehearsal.revisions.length, 'revision')} in ${seconds.toFixed(1)} s${plan.revisions.length > 1 ? '; `downgrade -1` would take back only the last' : ''}.`, evidence);
	},
};
