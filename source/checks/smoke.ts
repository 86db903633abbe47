/** The configured smoke tests, as a summary with evidence. */
import type {Evidence} from '../journal/shapes/evidence.ts';
import {runSmokeTests, type SmokeResult} from '../integrations/smoke.ts';
import type {Look} from './check.ts';
import {count, listed} from './verdict.ts';

export interface Smoke {
	results: SmokeResult[];
	bad: SmokeResult[];
	summary: string;
	evidence: Evidence[];
}

/** Runs all of `smoke`; no answer is a bad one. */
export async function runSmoke(look: Look): Promise<Smoke> {
	const results = await runSmokeTests(look.settings.smoke, {directory: look.settings.project, environment: look.settings.alembic.environment});
	const bad = results.filter(result => !result.ok);
	return {
		results,
		bad,
		summary: bad.length > 0
			? `${bad.length} of ${count(results.length, 'smoke test')} failed: ${listed(bad.map(each => `${each.name} (${each.reason})`), 3)}.`
			: `${results.length === 1 ? 'the one smoke test' : `all ${results.length} smoke tests`} passed, the slowest in ${Math.max(...results.map(each => each.seconds)).toFixed(2)} s.`,
		evidence: results.map(each => ({kind: 'command', title: `${each.name}: ${each.reason}, ${each.seconds.toFixed(2)} s`, command: each.command ?? ['GET', withoutSecrets(each.url ?? '')], ...(each.command && {exit: each.exit}), body: each.body})),
	};
}

function withoutSecrets(url: string): string {
	return url.replace(/\/\/[^/@]*@/, '//***@').replace(/([?&][^=&]*(?:token|key|secret|password)[^=&]*=)[^&]*/gi, '$1***');
}
