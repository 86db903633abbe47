/** The rollback plan as a text: where each failure leaves the database, the way back from there with its measured time, and what people add; pure. */
import {createHash} from 'node:crypto';
import type {Contact} from '../checklist/contacts.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import type {Plan, WayBack} from '../journal/shapes/plan.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {waysBack} from '../journal/way-back.ts';

export interface RollbackPlanParts {
	plan: Plan;
	/** Of this plan; null where it was not rehearsed. */
	rehearsal: Rehearsal | null;
	backup: Backup | null;
	contacts: readonly Contact[];
	/** What `rollback_plan` says: who decides, and until when. Null: nobody has written it. */
	completion: {source: string; text: string} | null;
}

/** Markdown, the same for the same parts: no time of its own is in it. */
export function renderRollbackPlan({plan, rehearsal, backup, contacts, completion}: RollbackPlanParts): string {
	const {target} = plan;
	return `${[
		`# Rollback plan: ${target.database} on ${target.host}:${target.port}`, '',
		`For the upgrade from ${said(plan.from)} to ${said(plan.to)}, plan ${plan.digest.slice(0, 16)}. ${rehearsal ? `Times were measured in the rehearsal on ${rehearsal.basis}.` : 'It was never rehearsed, so no time is known.'}`, '',
		'## Where a failure leaves the database', '',
		'| it fails | which leaves | the way from there | measured |', '| --- | --- | --- | --- |',
		...failurePoints(plan, rehearsal).map(({when, leaves, way, seconds}) => `| ${[when, leaves, way, seconds === null ? 'never measured' : seconds].map(cell).join(' | ')} |`), '',
		'## Ways back once all of it is done', '',
		...waysBack({...(rehearsal && {rehearsal}), backups: backup === null ? [] : [backup]}).map(way => `- ${describeWay(way, {plan, backup})}`), '',
		'## Whom to call', '',
		...(contacts.length === 0 ? ['Nobody is named.'] : ['| role | contact | for |', '| --- | --- | --- |', ...contacts.map(each => `| ${[each.role, each.contact, each.escalation].map(cell).join(' | ')} |`)]), '',
		'## Who decides, and until when', '',
		...(completion === null ? ['- who decides to go back: [name]', '- until when the downgrade is the way: [time]', '- who tells the users: [name]'] : [`From ${completion.source}:`, '', completion.text.trim()]),
	].join('\n')}\n`;
}

/** What its attestation is bound to. */
export function digestOfPlan(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

interface FailurePoint {
	when: string;
	leaves: string;
	way: string;
	/** In words; null: unknown. */
	seconds: string | null;
}

function failurePoints(plan: Plan, rehearsal: Rehearsal | null): FailurePoint[] {
	const downgrade = `\`holdpoint downgrade ${plan.from[0] ?? 'base'} --confirm ${plan.target.database}\``;
	const path = plan.revisions.map(({revision}) => revision);
	/** Down from behind the revision of that index. */
	const down = (until: number): string | null => {
		const measured = path.slice(0, until + 1).map(revision => rehearsal?.revisions.find(each => each.revision === revision && each.ran?.down !== false)?.down);
		return measured.every(each => each !== undefined) ? `${measured.reduce((sum, each) => sum + each, 0).toFixed(1)} s` : null;
	};
	const [first] = plan.commitPoints;
	return [
		{when: first ? `before ${first.after}${first.inside ? ' begins' : ' is committed'}` : 'at any point before the end', leaves: `the version at ${said(plan.from)}, nothing changed`, way: 'none is needed: PostgreSQL takes it all back', seconds: '0 s'},
		...plan.commitPoints.map((point): FailurePoint => {
			const at = path.indexOf(point.after);
			const committed = point.inside ? at - 1 : at;
			const index = /CONCURRENTLY/.test(point.then) ? '; an invalid index is dropped first, with the command that the failure screen shows' : '';
			return {when: `${point.inside ? 'inside' : 'after'} ${point.after}, or later`, leaves: point.then, way: `${committed < 0 ? 'upgrade again, or drop what is left' : downgrade}${index}`, seconds: committed < 0 ? null : down(committed)};
		}),
		{when: 'after all of it', leaves: `the version at ${said(plan.to)}`, way: downgrade, seconds: down(path.length - 1)},
	];
}

function describeWay({kind, seconds, loses}: WayBack, {plan, backup}: Pick<RollbackPlanParts, 'plan' | 'backup'>): string {
	const command = {
		downgrade: `\`holdpoint downgrade ${plan.from[0] ?? 'base'} --confirm ${plan.target.database}\``,
		restore: backup === null || backup.format === 'external' ? 'with the tool that took the backup' : `into a database of its own: \`createdb ${plan.target.database}_restored && pg_restore --exit-on-error -d ${plan.target.database}_restored '${backup.path}'\``,
		forward: 'a further revision mends it; nothing is lost, and nothing is known of its time',
	}[kind];
	const time = kind === 'forward' ? '' : seconds === undefined ? '; never measured' : `; ${seconds.toFixed(1)} s measured`;
	return `${kind === 'forward' ? 'roll forward' : kind}: ${command}${time}${loses ? `; loses ${loses}` : ''}`;
}

function said(revisions: readonly string[]): string {
	return revisions.join(', ') || 'base';
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
}
