/** What the migration left of dead rows. */
import {queryTables} from '../postgres/table-sizes.ts';
import {queryEvidence, type Check} from './check.ts';
import {needUpgrade} from './needed.ts';
import {readStatements} from './statements.ts';
import {rewrittenTables, touchesOf} from './touched.ts';
import {describeBytes} from './tables.ts';
import {count, listed, notApplicable, passed, warned} from './verdict.ts';

/** A fifth of dead rows is what autovacuum itself acts on (autovacuum_vacuum_scale_factor). */
const deadShare = 0.2;
/** Below so many the share says nothing. */
const leastDead = 10_000;

export const monitorBloat: Check = {
	id: 'monitor.bloat',
	says: 'After the upgrade no touched table has more than a fifth of dead rows.',
	why: 'A mass update leaves every row twice until a vacuum has run. The counts are the statistics system\'s, which arrive a little late.',
	proves: 'wholly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		needUpgrade(look);
		const plan = await readStatements(look);
		const rewritten = await rewrittenTables(look, plan);
		if (rewritten.length === 0 && plan.unseen.length === 0) return notApplicable('The plan rewrote no table and changed no rows in bulk, so it left no dead rows.');
		const touched = [...new Set([...rewritten, ...touchesOf(plan).map(touch => touch.table.key)])];
		const sizes = await queryTables(await look.session(), {tables: plan.unseen.length > 0 ? undefined : touched});
		const evidence = [queryEvidence('dead rows of the touched tables', 'pg_stat_all_tables, pg_total_relation_size()', sizes.map(({name, liveRows, deadRows, totalBytes, lastVacuum}) => ({table: name, liveRows, deadRows, totalBytes, lastVacuum})))];
		const bloated = sizes.filter(({liveRows, deadRows}) => deadRows !== null && deadRows >= leastDead && deadRows > deadShare * (deadRows + (liveRows ?? 0)));
		if (bloated.length > 0) return warned(`Many dead rows: ${listed(bloated.map(each => `${each.name} (${each.deadRows!.toLocaleString('en-US')} dead, ${(each.liveRows ?? 0).toLocaleString('en-US')} live, ${describeBytes(each.totalBytes)})`))}; \`holdpoint maintain\` vacuums.`, evidence);
		const unknown = sizes.filter(each => each.deadRows === null);
		if (unknown.length > 0) return warned(`There are no statistics of ${listed(unknown.map(each => each.name))}, so their dead rows are not known.`, evidence);
		return passed(`${count(sizes.length, 'touched table')}, none with more than a fifth of dead rows.`, evidence);
	},
};
