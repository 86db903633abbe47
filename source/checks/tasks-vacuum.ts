/** Tables that changed much have been vacuumed and analyzed since. */
import {queryTables, type TableSize} from '../postgres/table-sizes.ts';
import {queryEvidence, type Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {readStatements} from './statements.ts';
import {worn} from './touched.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed, warned} from './verdict.ts';

export const tasksVacuum: Check = {
	id: 'tasks.vacuum',
	says: 'Each table that the migration rewrote, changed in bulk, or changed the statistics of was analyzed, by hand or by autovacuum, since the upgrade.',
	why: 'A change of type throws the column\'s statistics away, an index on an expression has none at first, and a mass update leaves the planner with numbers of yesterday: queries then choose wrong plans.',
	proves: 'wholly',
	dependsOn: ['target', 'current'],
	ttlMs: 24 * 3600 * 1000,
	async run(look) {
		const {startedAt, outcome} = needUpgrade(look);
		const plan = await readStatements(look);
		const needs = await worn(look, plan);
		if (needs.size === 0) return onlyIfSeen(notApplicable('The migration rewrote no table, changed no rows in bulk and took no statistics away.'), plan.unseen);
		const sizes = await queryTables(await look.session(), {tables: [...needs.keys()]});
		const why = (size: TableSize) => needs.get(`${size.schema}.${size.table}`)?.reasons.join(', ') ?? '';
		const evidence = [
			noteEvidence('which tables need it, and why', sizes.map(size => `${size.name}: ${why(size)}`)),
			queryEvidence(`maintenance of those tables; the upgrade began ${startedAt ?? 'at a time that is not known'}`, 'pg_stat_all_tables', sizes.map(({name, lastVacuum, lastAnalyze, deadRows, changedRows}) => ({table: name, lastVacuum, lastAnalyze, deadRows, changedSinceAnalyze: changedRows}))),
		];
		if (sizes.length === 0) return notApplicable('The tables that were changed in bulk are not there any more.', evidence);
		const maintained = look.state.actions.findLast(action => action.action === 'maintain' && action.status === 'done');
		if (startedAt === null) return warned(`When the upgrade (${outcome.to.join(', ')}) began is not known, so that neither is whether ${listed(sizes.map(each => each.name))} ${sizes.length === 1 ? 'was' : 'were'} analyzed since${maintained ? `; ${maintained.reason}` : ''}.`, evidence);
		const late = sizes.filter(each => each.lastAnalyze === null || Date.parse(`${each.lastAnalyze.replace(' ', 'T')}Z`) < Math.floor(Date.parse(startedAt) / 1000) * 1000);
		if (late.length > 0) return failed(`${listed(late.map(each => `${each.name} (${why(each)}; ${each.lastAnalyze === null ? 'never analyzed' : `analyzed last ${each.lastAnalyze}`})`))}: \`holdpoint maintain\` does it.`, evidence);
		return onlyIfSeen(passed(`${count(sizes.length, 'changed table')} analyzed since the upgrade: ${listed(sizes.map(each => `${each.name} at ${each.lastAnalyze}`))}.`, evidence), plan.unseen);
	},
};
