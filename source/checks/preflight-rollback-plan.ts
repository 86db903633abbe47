/** It is written down how to go back, and who decides. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {readCompletion} from './rollback-completion.ts';
import {digestOfPlan, renderRollbackPlan} from './rollback-plan.ts';
import {count, failed, listed, passed, warned} from './verdict.ts';

/** What a template has where a plan has words. */
const placeholder = /\[Slack\/Phone\]|\[(?:name|time|contact|todo|tbd|phone)[^\]]*\]|\bTODO\b|\bTBD\b|\bFIXME\b|<(?:name|contact|fill in)[^>]*>/i;

export const preflightRollbackPlan: Check = {
	id: 'preflight.rollback-plan',
	says: 'There is a rollback plan of this very upgrade, with a measured way back from each point of failure, and `rollback_plan` says who decides.',
	why: 'In the bad minute nobody invents a good plan. holdpoint writes it from what was planned, rehearsed and backed up; who decides, and when it is too late, people write. Who attests it puts their name to exactly that text: when it changes, their word falls.',
	proves: 'partly',
	dependsOn: ['target', 'plan', 'rollback'],
	async run(look) {
		const [plan, rehearsal, backup] = [await look.plan(), await look.rehearsal(), await look.backup()];
		const completion = await readCompletion(look.settings);
		const {contacts} = look;
		const text = renderRollbackPlan({plan, rehearsal, backup, contacts, completion});
		const sha256 = digestOfPlan(text);
		const kept = look.keep({name: `rollback-plan-${sha256.slice(0, 12)}.md`, text, what: 'the rollback plan'});
		const evidence = [{kind: 'file' as const, title: 'the rollback plan', path: kept.path, sha256: kept.sha256, body: text}, noteEvidence('contacts', contacts.map(each => `${each.role}: ${each.contact}; ${each.escalation}`))];
		const written = `the rollback plan ${sha256.slice(0, 12)}`;
		if (completion?.fault) return failed(completion.fault, evidence);
		const found = completion === null ? undefined : placeholder.exec(completion.text)?.[0];
		if (found !== undefined) return failed(`What \`rollback_plan\` says still has the placeholder ${found}.`, evidence);
		if (rehearsal === null && (backup?.verified.restore ?? null) === null) return failed(`No way back was measured for ${written}: rehearse the upgrade.`, evidence);
		const nobody = contacts.filter(each => placeholder.test(each.contact) || each.contact.trim() === '');
		if (nobody.length > 0) return warned(`For a person: the contacts of ${listed(nobody.map(each => each.role))} are still placeholders; fill the checklist's table or \`contacts\` in holdpoint.yaml, or attest ${written} as it is.`, evidence);
		if (completion === null) return warned(`For a person: ${written} has the ways back with their times; who decides, and until when, is not written: say it in \`rollback_plan\`, or attest exactly this text.`, evidence);
		if (!completion.readable) return warned(`For a person: \`rollback_plan\` is ${completion.source.slice(0, 100)}, which holdpoint can't read; attest that it is right for ${written}.`, evidence);
		if (!contacts.some(each => mentions(completion.text, each.role) || mentions(completion.text, each.contact))) return warned(`For a person: ${completion.source} names none of ${contacts.length === 0 ? 'the contacts, of whom there are none' : listed(contacts.map(each => each.role))} as who decides; attest who does, for ${written}.`, evidence);
		return passed(`${written.charAt(0).toUpperCase()}${written.slice(1)} is whole: ${count(plan.commitPoints.length + 2, 'point of failure', 'points of failure')}, who decides from ${completion.source}.`, evidence);
	},
};

function mentions(text: string, name: string): boolean {
	return name.trim().length > 2 && text.toLowerCase().includes(name.trim().toLowerCase());
}
