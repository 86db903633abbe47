/** Both versions of the application work while both run. */
import {readCompatibility, nameOf, runEvidence, statementsEvidence} from './compat-rehearsed.ts';
import {noteEvidence} from './evidence.ts';
import type {Check} from './check.ts';
import {readStatements} from './statements.ts';
import {surfaceOf} from './surface.ts';
import {count, failed, listed, passed, warned} from './verdict.ts';

export const compatApplication: Check = {
	id: 'compat.application',
	says: 'On the rehearsed copy the tests of the released application pass on the new schema and those of the new one on the old (`compatibility: {old, new}`), and the statements that the target is asked most often can still be planned after the upgrade.',
	why: 'The commands find the copy in HOLDPOINT_COPY_URL and DATABASE_URL, and which schema it has, `old` or `new`, in HOLDPOINT_SCHEMA. Between the upgrade and the last restarted process both versions meet both schemas. Which of them workers, cron jobs and reports still run, a person must know; without configured tests the change is listed here for them. A statement that PostgreSQL took before and refuses after the upgrade is proof of a breakage; that all are taken proves little, since pg_stat_statements forgets the rare ones.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'rehearsal'],
	ttlMs: 7 * 24 * 3600 * 1000,
	async run(look) {
		const plan = await readStatements(look);
		const {taken, added} = surfaceOf(plan);
		const {old: released, new: next} = look.settings.compatibility;
		const found = await readCompatibility(look, ['old', 'new']);
		const runs = found?.applications.filter(run => run.which !== 'api' && run.which !== run.schema) ?? [];
		const evidence = [
			...runs.map(runEvidence), ...(found ? statementsEvidence(found) : []),
			noteEvidence('what applications may miss or meet stricter than before', [...taken, ...plan.unseen.map(each => `not seen: ${each}`)]), noteEvidence('what is only new', added),
		];
		const broken = found?.statements?.broken ?? [];
		if (broken.length > 0) return failed(`After the upgrade ${count(broken.length, 'statement')} of the target's users ${broken.length === 1 ? 'fails' : 'fail'}: ${listed(broken.map(({query, calls, problem}) => `${problem}, ${count(calls, 'call')}: ${query.replace(/\s+/g, ' ').trim().slice(0, 120)}`), 2)}.`, evidence);
		const bad = runs.filter(run => !run.ok);
		if (bad.length > 0) return failed(`${listed(bad.map(run => `${nameOf(run)} ${run.reason}`))}.`, evidence);
		const missing = [...(released && !runs.some(run => run.which === 'old') ? ['the released application on the new schema'] : []), ...(next && !runs.some(run => run.which === 'new') ? ['the new application on the old schema'] : [])];
		if (released && next && missing.length === 0) return passed(`The tests of the released application pass on the new schema, and those of the new one on the old${found?.statements && found.statements.missing === undefined ? `; ${count(found.statements.planned, 'statement')} of the target's users can be planned as before` : ''}.`, evidence);
		const changes = taken.length > 0 ? `${count(taken.length, 'change')} that the released application may notice: ${listed(taken, 2)}` : `nothing is taken away or made stricter, ${count(added.length, 'thing')} only new`;
		const tested = missing.length > 0 ? ` (${listed(missing)} could not be tested: the rehearsal did not come so far, or was of the schema only)` : runs.length > 0 ? ` (only ${nameOf(runs[0]!)} was tested)` : '';
		return warned(`For a person: ${changes}; attest that both versions work${tested}.`, evidence);
	},
};
