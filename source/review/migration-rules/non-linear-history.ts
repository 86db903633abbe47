/** Two migrations on top of the same one. */
import type {MigrationRule} from '../migration-rule.ts';

export const nonLinearHistory: MigrationRule = {
	id: 'non-linear-history',
	subject: 'migration',
	level: 'warning',
	category: 'robustness',
	says: 'is not the only one on top of its predecessor',
	triggers: 'A migration whose predecessor has another successor among those under review, unless a later migration merges the two.',
	spares: ['a merge, and what is merged', 'branches that begin at base'],
	why: 'There are two heads: `upgrade head` refuses, and the order in which the two run differs from one database to the next.',
	fix: {sql: '-- nothing in SQL', alembic: 'down_revision = "…the other head…"  # or: alembic merge heads'},
	check(facts, {all}) {
		const {revision, down} = facts;
		if (revision === null || down.length !== 1) return [];
		const siblings = all.filter(other => other !== facts && other.revision !== null && other.down.length === 1 && other.down[0] === down[0]);
		// Said once, of the one that comes later in the list.
		const earlier = siblings.find(other => all.indexOf(other) < all.indexOf(facts) && !isMerged(revision, other.revision!, all));
		return earlier ? [{line: 1, message: `${revision} and ${earlier.revision} both come right after ${down[0]}.`}] : [];
	},
};

type All = Parameters<MigrationRule['check']>[1]['all'];

/** Whether some migration has both among its ancestors. */
function isMerged(one: string, other: string, all: All): boolean {
	const byRevision = new Map(all.map(facts => [facts.revision, facts]));
	return all.some(facts => {
		if (facts.down.length < 2) return false;
		const seen = new Set<string>();
		const waiting = [...facts.down];
		for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
			if (seen.has(next)) continue;
			seen.add(next);
			waiting.push(...byRevision.get(next)?.down ?? []);
		}
		return seen.has(one) && seen.has(other);
	});
}
