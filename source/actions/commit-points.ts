/** The places on a path after which a failure no longer takes everything back; pure. */
import type {CommitPoint} from '../journal/shapes/plan.ts';

export interface PathPart {
	revision: string;
	/** The rows of the version table before it. */
	from: string[];
	/** It has an autocommit_block(). */
	autocommit: boolean;
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
				then: `the version at ${from}${part.before ? `, with the first part of ${part.revision} applied` : ''}, and an invalid index where a CONCURRENTLY failed`,
			});
		}
		const last = index === path.length - 1;
		if (transactionPerMigration && !last) points.push({after: part.revision, why: 'each revision is a transaction of its own', then: `the version at ${part.revision}`});
	});
	return points;
}
