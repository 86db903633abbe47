/** It is written down how to go back, and who decides. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Check} from './check.ts';
import {fileEvidence, noteEvidence} from './evidence.ts';
import {readWaysBack} from './needed.ts';
import {failed, listed, passed, warned} from './verdict.ts';

/** What a template has where a plan has words. */
const placeholder = /\[Slack\/Phone\]|\[(?:name|contact|todo|tbd|phone)[^\]]*\]|\bTODO\b|\bTBD\b|\bFIXME\b|<(?:name|contact|fill in)[^>]*>/i;

export const preflightRollbackPlan: Check = {
	id: 'preflight.rollback-plan',
	says: 'There is a written rollback plan (`rollback_plan`) without placeholders, beside the ways back that this run has measured.',
	why: 'In the bad minute nobody invents a good plan. holdpoint knows which ways back are open and how long they take; who decides, and when it is too late, is written by people.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'rehearsal', 'backup'],
	async run(look) {
		const plan = await look.plan();
		const wayBack = await readWaysBack(look);
		const ways = wayBack.map(way => `${way.kind}: ${way.seconds === undefined ? 'never measured' : `${way.seconds.toFixed(1)} s measured`}${way.loses ? `, loses ${way.loses}` : ''}`);
		const evidence = [noteEvidence('ways back', ways), noteEvidence('where a failure leaves the database', plan.commitPoints.map(point => `after ${point.after}: ${point.then} (${point.why})`)), noteEvidence('contacts', look.settings.contacts.map(each => `${each.role}: ${each.contact}; ${each.escalation}`))];
		const nobody = look.settings.contacts.filter(each => placeholder.test(each.contact) || each.contact.trim() === '');
		if (nobody.length > 0) return failed(`The contacts of ${listed(nobody.map(each => each.role))} are still placeholders.`, evidence);
		const {rollbackPlan} = look.settings;
		if (rollbackPlan === null) {
			const measured = wayBack.filter(way => way.seconds !== undefined);
			if (measured.length === 0) return failed('There is no `rollback_plan` in holdpoint.yaml, and no way back was measured: rehearse, or name the plan.', evidence);
			return warned(`For a person: no \`rollback_plan\` is named; open are ${listed(measured.map(way => `${way.kind} in ${way.seconds!.toFixed(0)} s`))}. Attest that who decides knows it.`, evidence);
		}
		const file = path.resolve(look.settings.project, rollbackPlan);
		const text = await readFile(file, 'utf8').catch(() => null);
		if (text === null && /^[\w./-]+\.(md|txt|rst|html|pdf|adoc)$/i.test(rollbackPlan)) return failed(`The rollback plan ${file} can't be read.`, evidence);
		evidence.push(text === null ? noteEvidence('the rollback plan, as holdpoint.yaml says it', [rollbackPlan]) : await fileEvidence('the rollback plan', file, text.slice(0, 20_000)));
		const words = text ?? rollbackPlan;
		if (words.trim().length < 20 && !/^https?:/.test(words)) return failed('The rollback plan is empty.', evidence);
		const found = placeholder.exec(words)?.[0];
		if (found !== undefined) return failed(`The rollback plan still has the placeholder ${found}.`, evidence);
		if (text === null) return warned(`For a person: the rollback plan is ${rollbackPlan.slice(0, 100)}, which holdpoint can't read; attest that it is right for this path.`, evidence);
		return passed(`The rollback plan ${path.basename(file)} is written (${text.split('\n').length} lines, no placeholder); ways back: ${listed(ways)}.`, evidence);
	},
};
