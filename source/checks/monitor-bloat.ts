/** What the migration left of dead rows. */
import {byteWords} from '../journal/byte-words.ts';
import type {Session} from '../postgres/session.ts';
import {queryTables, type TableSize} from '../postgres/table-sizes.ts';
import {readKept} from './baseline.ts';
import {queryEvidence, type Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {readStatements} from './statements.ts';
import {touchesOf, worn} from './touched.ts';
import {count, listed, notApplicable, passed, warned} from './verdict.ts';

/** A fifth of dead rows is what autovacuum itself acts on (autovacuum_vacuum_scale_factor). */
const deadShare = 0.2;
/** Below so many the share says nothing. */
const leastDead = 10_000;
/** pgstattuple_approx reads every page that a vacuum has not marked: beyond this that costs more than it tells. */
const mostMeasuredBytes = 2 * 1024 ** 3;

export const monitorBloat: Check = {
	id: 'monitor.bloat',
	says: 'After the upgrade no touched table has more than a fifth of dead rows; sizes and dead rows are shown before and after, measured by pgstattuple_approx where it is installed.',
	why: 'A mass update leaves every row twice until a vacuum has run. The counts are the statistics system\'s, which arrive a little late.',
	proves: 'wholly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		needUpgrade(look);
		const plan = await readStatements(look);
		const rewritten = [...await worn(look, plan)].flatMap(([key, {deadRows}]) => deadRows ? [key] : []);
		if (rewritten.length === 0 && plan.unseen.length === 0) return notApplicable('The plan rewrote no table and changed no rows in bulk, so it left no dead rows.');
		const touched = [...new Set([...rewritten, ...touchesOf(plan).map(touch => touch.table.key)])];
		const session = await look.session();
		const sizes = await queryTables(session, {tables: plan.unseen.length > 0 ? undefined : touched});
		if (sizes.length === 0) return notApplicable('The tables that were changed in bulk are not there any more.');
		const earlier = new Map(((await readKept(look)).before?.figures?.tables ?? []).map(table => [table.name, table]));
		const measured = await measure(session, sizes);
		const evidence = [
			queryEvidence('dead rows of the touched tables', 'pg_stat_all_tables, pg_total_relation_size()', sizes.map(({name, liveRows, deadRows, totalBytes, lastVacuum}) => ({table: name, liveRows, deadRows, totalBytes, lastVacuum}))),
			noteEvidence('right before the upgrade → now', sizes.map(table => `${table.name}: ${describeWear(earlier.get(table.name))} → ${describeWear(table)}`)),
			noteEvidence('measured by pgstattuple_approx', measured.lines),
		];
		const bloated = sizes.filter(({name, liveRows, deadRows}) => {
			const dead = measured.dead.get(name) ?? deadRows;
			return dead !== null && dead >= leastDead && dead > deadShare * (dead + (liveRows ?? 0));
		});
		if (bloated.length > 0) return warned(`Many dead rows: ${listed(bloated.map(each => `${each.name} (${(measured.dead.get(each.name) ?? each.deadRows!).toLocaleString('en-US')} dead, ${(each.liveRows ?? 0).toLocaleString('en-US')} live, ${describeGrowth(earlier.get(each.name), each)})`))}; \`holdpoint maintain\` vacuums.`, evidence);
		const unknown = sizes.filter(each => each.deadRows === null && !measured.dead.has(each.name));
		if (unknown.length > 0) return warned(`There are no statistics of ${listed(unknown.map(each => each.name))}, so their dead rows are not known.`, evidence);
		const grown = sizes.filter(each => (earlier.get(each.name)?.totalBytes ?? Infinity) * 1.2 < each.totalBytes);
		return passed(`${count(sizes.length, 'touched table')}, none with more than a fifth of dead rows${grown.length > 0 ? `; grown: ${listed(grown.map(each => `${each.name} ${describeGrowth(earlier.get(each.name), each)}`), 2)}` : ''}.`, evidence);
	},
};

function describeWear(table: TableSize | undefined): string {
	if (!table) return 'not known';
	return `${byteWords(table.totalBytes)}, ${table.deadRows === null ? 'dead rows not known' : `${table.deadRows.toLocaleString('en-US')} dead rows`}, vacuumed ${table.lastVacuum ?? 'never'}`;
}

function describeGrowth(before: TableSize | undefined, after: TableSize): string {
	return before ? `${byteWords(before.totalBytes)} → ${byteWords(after.totalBytes)}` : byteWords(after.totalBytes);
}

/** Dead rows as the extension counts them, where it is there and this role may use it. */
async function measure(session: Session, sizes: readonly TableSize[]): Promise<{dead: Map<string, number>; lines: string[]}> {
	const [extension] = await session.query<{schema: string}>(`SELECT format('%I', n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pgstattuple'`);
	if (!extension) return {dead: new Map(), lines: ['pgstattuple is not installed in this database']};
	const dead = new Map<string, number>();
	const lines: string[] = [];
	for (const {name, kind, dataBytes} of sizes) {
		if (kind === 'partitioned' || dataBytes > mostMeasuredBytes) {
			lines.push(`${name}: not measured, ${kind === 'partitioned' ? 'it has partitions' : `it has ${byteWords(dataBytes)}`}`);
			continue;
		}
		try {
			const [row] = await session.query<{dead: number; share: number; free: number}>(`SELECT dead_tuple_count::float8 AS dead, dead_tuple_percent AS share, approx_free_percent AS free FROM ${extension.schema}.pgstattuple_approx($1::regclass)`, [name]);
			dead.set(name, row!.dead);
			lines.push(`${name}: ${row!.dead.toLocaleString('en-US')} dead rows (${row!.share.toFixed(1)} %), about ${row!.free.toFixed(1)} % free space`);
		} catch (error) {
			lines.push(`${name}: ${(error as Error).message}`);
		}
	}
	return {dead, lines};
}
