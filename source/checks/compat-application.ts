/** Both versions of the application work while both run. */
import {noteEvidence} from './evidence.ts';
import type {Check} from './check.ts';
import {runConfigured} from './outside.ts';
import {readStatements} from './statements.ts';
import {surfaceOf} from './surface.ts';
import {count, failed, listed, passed, warned} from './verdict.ts';

export const compatApplication: Check = {
	id: 'compat.application',
	says: 'The tests of the released application pass on the new schema, and those of the new one on the old (`compatibility: {old, new}`).',
	why: 'Between the upgrade and the last restarted process both versions meet both schemas. Which of them workers, cron jobs and reports still run, a person must know; without configured tests the change is listed here for them.',
	proves: 'partly',
	dependsOn: ['plan', 'files'],
	ttlMs: 7 * 24 * 3600 * 1000,
	async run(look) {
		const plan = await readStatements(look);
		const {taken, added} = surfaceOf(plan);
		const material = [noteEvidence('what applications may miss or meet stricter than before', [...taken, ...plan.unseen.map(each => `not seen: ${each}`)]), noteEvidence('what is only new', added)];
		const {old: released, new: next} = look.settings.compatibility;
		const tests = [];
		if (released) tests.push(await runConfigured(look, {name: 'the released application on the new schema', command: released}));
		if (next) tests.push(await runConfigured(look, {name: 'the new application on the old schema', command: next}));
		const evidence = [...tests.map(test => test.evidence), ...material];
		const bad = tests.filter(test => !test.ok);
		if (bad.length > 0) return failed(`${listed(bad.map(test => `${test.name} ${test.fault}`))}.`, evidence);
		if (released && next) return passed('The tests of the released application pass on the new schema, and those of the new one on the old.', evidence);
		const changes = taken.length > 0 ? `${count(taken.length, 'change')} that the released application may notice: ${listed(taken, 2)}` : `nothing is taken away or made stricter, ${count(added.length, 'thing')} only new`;
		return warned(`For a person: ${changes}; attest that both versions work${released || next ? ` (only ${tests[0]!.name} was tested)` : ''}.`, evidence);
	},
};
