/** The places on a path after which a failure no longer takes everything back; pure. */
import type {CommitPoint, Plan} from '../journal/shapes/plan.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import type {RunningAction} from '../journal/shapes/run.ts';

export interface PathPart {
	revision: string;
	/** The rows of the version table before it. */
	from: string[];
	/** It has an autocommit_block(). */
	autocommit: boolean;
	/** Something of it is built CONCURRENTLY; true where that is not known. */
	concurrently: boolean;
	/** Something of it runs in the transaction before its first autocommit_block(); true where that is not known. */
	before: boolean;
}

/** `transactionPerMigration` as env.py configures it: by default one transaction covers the whole path. */
export function commitPointsOf(path: readonly PathPart[], {transactionPerMigration}: {transactionPerMigration: boolean}): CommitPoint[] {
	const points: CommitPoint[] = [];
	path.forEach((part, index) => {
		const from = part.from.join(', ') || 'base';
		if (part.autocommit) {
			const earlier = !transactionPerMigration && index > 0 && !path[index - 1]?.autocommit ? ', and the revisions before it' : '';
			points.push({
				after: part.revision,
				why: `its autocommit_block() commits what came before it${earlier}`,
				then: `the version at ${from}${part.before ? `, with the first part of ${part.revision} applied` : ''}, and ${part.concurrently ? 'an invalid index where a CONCURRENTLY failed' : 'what its autocommit_block() had done by then'}`,
				inside: true,
			});
		}
		const last = index === path.length - 1;
		if (transactionPerMigration && !last) points.push({after: part.revision, why: 'each revision is a transaction of its own', then: `the version at ${part.revision}`});
	});
	return points;
}

export interface Whereabouts {
	plan: Pick<Plan, 'revisions' | 'commitPoints'>;
	running: Pick<RunningAction, 'backend' | 'heldSince' | 'revisions'> | null;
	/** The statement that runs now is in no transaction. */
	autocommit: boolean;
	/** None runs now, and the last one was in none: between two batches of an autocommit_block(). */
	between: boolean;
	/** The revision whose autocommit_block() has begun, or null. */
	blockOf: string | null;
	/** Of this plan; empty where it was not rehearsed. */
	rehearsed: Rehearsal['revisions'];
	now: Date;
}

/** Where a migration that is asked to hold will do so, and how soon: one sentence. */
export function nextSafePoint({plan, running, autocommit, between, blockOf, rehearsed, now}: Whereabouts): string {
	if (running?.heldSince) return 'It is held already.';
	if (!running?.backend) return 'It will hold before its first statement.';
	if (autocommit) return 'It will hold after the statement that runs now, which is in no transaction.';
	if (between) return 'It will hold before its next statement: no transaction is open.';
	const path = plan.revisions.map(({revision}) => revision);
	const current = running.revisions.at(-1);
	const at = Math.max(0, path.indexOf(current?.revision ?? ''));
	const point = plan.commitPoints.find(({after, inside}) => path.indexOf(after) >= at && !(inside && after === blockOf) && (inside || after !== path.at(-1)));
	if (!point) return 'There is no safe point before its end: one transaction covers the rest. It can only be cancelled, which takes that back.';
	const until = path.slice(at, path.indexOf(point.after) + (point.inside ? 0 : 1)).map(revision => rehearsed.find(each => each.revision === revision && each.ran?.up !== false)?.up);
	const spent = current ? (now.getTime() - Date.parse(current.startedAt)) / 1000 : 0;
	const known = until.length > 0 && until.every(seconds => seconds !== undefined);
	const left = known ? Math.round(Math.max(0, until.reduce<number>((sum, seconds) => sum + seconds!, 0) - spent)) : null;
	const where = point.inside ? `at the autocommit_block() of ${point.after}` : `after revision ${point.after}`;
	return `It will hold ${where}${left === null ? '; when that is was never measured' : `, in about ${left} s by the rehearsal`}.`;
}
