/** Whoever calls the API sees what they saw before. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {runConfigured} from './outside.ts';
import {readStatements} from './statements.ts';
import {surfaceOf} from './surface.ts';
import {count, failed, listed, passed, warned} from './verdict.ts';

export const compatApi: Check = {
	id: 'compat.api',
	says: 'The configured comparison of the API (`compatibility: {api}`) finds no breaking change.',
	why: 'A new column can show up in every response, and a dropped one be missed by a caller whom nobody knows. Only the application tells; without a command the changed tables are listed for the person who attests it.',
	proves: 'partly',
	dependsOn: ['plan', 'files'],
	ttlMs: 7 * 24 * 3600 * 1000,
	async run(look) {
		const plan = await readStatements(look);
		const {taken, added} = surfaceOf(plan);
		const material = noteEvidence('changes that may show in responses', [...taken, ...added, ...plan.unseen.map(each => `not seen: ${each}`)]);
		const command = look.settings.compatibility.api;
		if (command) {
			const test = await runConfigured(look, {name: 'the comparison of the API', command});
			return test.ok ? passed(`The comparison of the API found no breaking change (${test.seconds.toFixed(1)} s).`, [test.evidence, material]) : failed(`The comparison of the API ${test.fault}.`, [test.evidence, material]);
		}
		const changes = [...taken, ...added];
		return warned(`For a person: ${changes.length === 0 ? 'no table, column or row changes' : `${count(changes.length, 'change')} may show in responses: ${listed(changes, 2)}`}; attest that responses are unchanged or versioned.`, [material]);
	},
};
