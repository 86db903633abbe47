/** Whoever calls the API sees what they saw before. */
import type {Check} from './check.ts';
import {nameOf, readCompatibility, runEvidence} from './compat-rehearsed.ts';
import {noteEvidence} from './evidence.ts';
import {readStatements} from './statements.ts';
import {surfaceOf} from './surface.ts';
import {count, failed, listed, passed, warned} from './verdict.ts';

export const compatApi: Check = {
	id: 'compat.api',
	says: 'The command that asks the API (`compatibility: {api}`) succeeds on the rehearsed copy before and after the upgrade, and prints the same.',
	why: 'The command finds the copy in HOLDPOINT_COPY_URL and DATABASE_URL, read-only, so that both answers are of the same rows; what changes by itself, such as a time, it has to leave out. A new column can show up in every response, and a dropped one be missed by a caller whom nobody knows. Only the application tells; without a command the changed tables are listed for the person who attests it.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'rehearsal'],
	ttlMs: 7 * 24 * 3600 * 1000,
	async run(look) {
		const plan = await readStatements(look);
		const {taken, added} = surfaceOf(plan);
		const material = noteEvidence('changes that may show in responses', [...taken, ...added, ...plan.unseen.map(each => `not seen: ${each}`)]);
		const found = await readCompatibility(look, ['api']);
		const runs = found?.applications.filter(run => run.which === 'api') ?? [];
		const evidence = [...runs.map(runEvidence), ...(found?.api ? [noteEvidence('lines that only one schema gave: - the old, + the new', found.api)] : []), material];
		const bad = runs.filter(run => !run.ok);
		if (bad.length > 0) return failed(`${listed(bad.map(run => `${nameOf(run)} ${run.reason}`))}.`, evidence);
		if (found?.api) {
			if (found.api.length > 0) return failed(`The API answers otherwise on the new schema: ${listed(found.api, 3)}.`, evidence);
			return passed(`The API answers on the new schema as on the old (${count(runs[0]!.output.split('\n').length, 'line')}).`, evidence);
		}
		const changes = [...taken, ...added];
		return warned(`For a person: ${changes.length === 0 ? 'no table, column or row changes' : `${count(changes.length, 'change')} may show in responses: ${listed(changes, 2)}`}; attest that responses are unchanged or versioned${look.settings.compatibility.api ? ' (the rehearsal did not come so far as to ask on both schemas)' : ''}.`, evidence);
	},
};
