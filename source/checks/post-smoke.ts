/** The application answers as it should on the new schema. */
import type {Check} from './check.ts';
import {needUpgrade} from './needed.ts';
import {runSmoke} from './smoke.ts';
import {failed, forPerson, passed} from './verdict.ts';

export const postSmoke: Check = {
	id: 'post.smoke',
	says: 'All smoke tests of the configuration (`smoke`) pass after the upgrade.',
	why: 'A schema can be right and the application broken. What no test asks, a person tries out.',
	proves: 'wholly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		needUpgrade(look);
		if (look.settings.smoke.length === 0) throw forPerson('no smoke test is configured under `smoke`; try the application out and attest what you saw.');
		const {bad, summary, evidence} = await runSmoke(look);
		return bad.length > 0 ? failed(summary, evidence) : passed(summary.charAt(0).toUpperCase() + summary.slice(1), evidence);
	},
};
