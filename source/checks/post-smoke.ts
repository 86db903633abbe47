/** The application answers as it should on the new schema. */
import {readKept} from './baseline.ts';
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {runSmoke} from './smoke.ts';
import {failed, forPerson, listed, passed, warned} from './verdict.ts';

/** An answer that takes three times as long, and half a second longer, is slower; less is chance. */
const slowFactor = 3;
const slowSeconds = 0.5;

export const postSmoke: Check = {
	id: 'post.smoke',
	says: 'All smoke tests of the configuration (`smoke`) pass after the upgrade, none three times slower than right before it.',
	why: 'A schema can be right and the application broken. What failed before the upgrade already is said to; slowness only warns. What no test asks, a person tries out.',
	proves: 'wholly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		needUpgrade(look);
		if (look.settings.smoke.length === 0) throw forPerson('no smoke test is configured under `smoke`; try the application out and attest what you saw.');
		const {results, bad, summary, evidence} = await runSmoke(look);
		const {before: kept} = await readKept(look);
		const earlier = new Map(kept?.outside?.smoke.map(test => [test.name, test]));
		const lines = results.map(({name, seconds, reason}) => {
			const was = earlier.get(name);
			return `${name}: ${was ? `${was.reason}, ${was.seconds.toFixed(2)} s` : 'not tried'} → ${reason}, ${seconds.toFixed(2)} s`;
		});
		const shown = [...evidence, noteEvidence(`smoke tests ${kept?.outside ? `right before the upgrade, at ${kept.at} → now` : 'now; from before the upgrade nothing was kept'}`, lines)];
		const broken = bad.filter(test => earlier.get(test.name)?.ok === false);
		const said = summary.charAt(0).toUpperCase() + summary.slice(1);
		if (bad.length > 0) return failed(broken.length === 0 ? said : `${said.replace(/\.$/, '')}; ${listed(broken.map(test => test.name))} failed before the upgrade already.`, shown);
		const slower = results.filter(({name, seconds}) => {
			const was = earlier.get(name);
			return was?.ok && seconds > slowFactor * was.seconds && seconds > was.seconds + slowSeconds;
		});
		if (slower.length > 0) return warned(`All pass, but slower than before the upgrade: ${listed(slower.map(({name, seconds}) => `${name} ${earlier.get(name)!.seconds.toFixed(2)} → ${seconds.toFixed(2)} s`))}.`, shown);
		return passed(said, shown);
	},
};
