/** What stands in the way of an action: pure decisions, each with its reason in a sentence. */
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import {unmetItems, type Item} from '../journal/shapes/item.ts';
import type {Environment, Plan} from '../journal/shapes/plan.ts';
import type {Approval} from '../journal/shapes/run.ts';

/** Unknown counts as production. */
export function isProduction(environment: Environment): boolean {
	return environment === 'production' || environment === 'unknown';
}

export interface Consent {
	/** A person confirmed it on a screen that showed what would happen, or `--yes`. */
	confirmed: boolean;
	/** The digest that was looked at: `--expect`, or the one that a confirmation showed. */
	expect?: string;
	/** The database's name as a person typed it, or `--confirm`. */
	database?: string;
}

/** The answer to "may this plan run now?": null for yes. The first reason counts. */
export function decideMigration({plan, items, approvals, startedBy, settings, consent, now}: {
	plan: Plan;
	items: readonly Item[];
	approvals: readonly Approval[];
	startedBy: string;
	settings: Pick<Settings, 'approvals' | 'readOnly'>;
	consent: Consent;
	now: Date;
}): Refusal | null {
	const {environment, database} = plan.target;
	const unmet = unmetItems(items, plan.action);
	if (unmet.length > 0 && isProduction(environment)) return new Refusal(3, unmetSentence(plan.action, unmet));
	if (consent.expect !== undefined && !plan.digest.startsWith(consent.expect)) {
		return new Refusal(3, `The plan is no longer the one that was looked at: its digest is ${plan.digest.slice(0, 16)}, not ${consent.expect.slice(0, 16)}; look at \`holdpoint plan\` again.`);
	}
	if (!consent.confirmed) return new Refusal(3, `The ${plan.action} was not confirmed; nothing was changed. Confirm it on a terminal, or give --yes.`);
	if (plan.action === 'downgrade') {
		if (!isProduction(environment) || consent.database === database) return null;
		return new Refusal(3, `A downgrade of ${database} (${environment}) needs the database's name: --confirm ${database}.`);
	}
	const approved = countApprovals({approvals, digest: plan.digest, startedBy, settings, now});
	if (approved < settings.approvals.required) {
		return new Refusal(3, `The plan ${plan.digest.slice(0, 16)} has ${approved} of ${settings.approvals.required} signed approvals by others than ${startedBy}; \`holdpoint approve --sign\` gives one.`);
	}
	if (!isProduction(environment) || settings.approvals.required > 0 || approved > 0) return null;
	if (consent.expect !== undefined && consent.expect.length >= 8) return null;
	return new Refusal(3, `In ${environment === 'unknown' ? 'an unknown environment, which counts as production,' : environment} the upgrade needs --expect ${plan.digest.slice(0, 16)}, or an approval of that digest: \`holdpoint approve\`.`);
}

/** Approvals of a digest that count: not expired; from `required: 1` on only signed ones of others (neither given nor sent by who starts it), each person once. */
export function countApprovals({approvals, digest, startedBy, settings, now}: {
	approvals: readonly Approval[];
	digest: string;
	startedBy: string;
	settings: Pick<Settings, 'approvals'>;
	now: Date;
}): number {
	const {required, expireMs} = settings.approvals;
	const counting = approvals.filter(approval =>
		approval.digest === digest
		&& now.getTime() - Date.parse(approval.at) <= expireMs
		&& (required === 0 || (approval.signed && approval.by !== startedBy && approval.sentBy !== startedBy)));
	return new Set(counting.map(approval => approval.by)).size;
}

/** Names what is not satisfied, and how to go on. */
export function unmetSentence(action: string, unmet: readonly Item[]): string {
	const names = unmet.slice(0, 3).map(item => `${item.id} (${item.state})`).join(', ');
	const more = unmet.length > 3 ? ` and ${unmet.length - 3} more` : '';
	return `The hold point before ${action} stands: ${unmet.length} ${unmet.length === 1 ? 'item is' : 'items are'} not satisfied: ${names}${more}; check, attest or waive them.`;
}
