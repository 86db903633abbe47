/** Index operations on large tables use CONCURRENTLY, and nothing stands in their way now. */
import {queryEvidence, type Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {describeFault, readIndexOperations} from './index-operations.ts';
import {placeOf, readStatements} from './statements.ts';
import {querySizes} from './tables.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed, warned} from './verdict.ts';

/** A session that holds an old snapshot: CONCURRENTLY waits for it, whatever table it looked at. */
const snapshots = `SELECT pid, usename, application_name, state, extract(epoch FROM now() - xact_start)::int AS seconds, left(query, 100) AS query
	FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL AND now() - xact_start > interval '60 seconds' ORDER BY xact_start`;
const work = `SELECT pid, relid::regclass::text AS "table", phase FROM pg_stat_progress_create_index WHERE datname = current_database() UNION ALL SELECT pid, relid::regclass::text, phase FROM pg_stat_progress_vacuum WHERE datname = current_database()`;

export const largeConcurrently: Check = {
	id: 'large.concurrently',
	says: 'Index operations on large tables are CONCURRENTLY, outside a transaction, and no old snapshot makes them wait.',
	why: 'CONCURRENTLY waits for every transaction that holds an older snapshot, also on other tables; a long report makes it wait for hours. The sessions change by the minute.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'target'],
	ttlMs: 5 * 60 * 1000,
	async run(look) {
		const plan = await readStatements(look);
		const sizes = await querySizes(look);
		const session = await look.session();
		const operations = (await readIndexOperations(session, plan)).filter(each => sizes.isLarge(each.table) !== false);
		if (operations.length === 0) return onlyIfSeen(notApplicable(`The plan does nothing to an index or constraint of a table of ${look.settings.largeTableRows.toLocaleString('en-US')} rows or more.`), plan.unseen);
		const [old, busy] = [await session.query<{pid: number; application_name: string | null; seconds: number}>(snapshots), await session.query<{pid: number; table: string; phase: string}>(work)];
		const evidence = [
			noteEvidence('index operations on large tables', operations.map(each => `${sizes.describe(each.table)}: ${placeOf(each.statement)}`)),
			sizes.evidence(operations.map(each => each.table)),
			queryEvidence('sessions that hold a snapshot older than a minute', snapshots, old),
			queryEvidence('index builds and vacuums now', work, busy),
		];
		const faults = operations.filter(each => each.fault !== null && sizes.isLarge(each.table));
		if (faults.length > 0) return failed(`${listed(faults.map(describeFault), 3)}.`, evidence);
		const unknown = operations.filter(each => each.fault !== null);
		if (unknown.length > 0) return onlyIfSeen(warned(`The rows of ${listed([...new Set(unknown.map(each => each.table.text))])} are not known (never analyzed): ${listed(unknown.map(describeFault), 2)}.`, evidence), plan.unseen);
		if (old.length > 0) return onlyIfSeen(warned(`${count(old.length, 'session')} ${old.length === 1 ? 'holds' : 'hold'} a snapshot older than a minute (pid ${listed(old.map(each => `${each.pid}, ${each.application_name || 'no name'}, ${each.seconds} s`), 2)}): CONCURRENTLY would wait for ${old.length === 1 ? 'it' : 'them'}.`, evidence), plan.unseen);
		const same = busy.filter(each => operations.some(operation => operation.table.text === each.table || operation.table.key === each.table));
		if (same.length > 0) return onlyIfSeen(warned(`${listed(same.map(each => `pid ${each.pid} is at work on ${each.table} (${each.phase})`))}.`, evidence), plan.unseen);
		return onlyIfSeen(passed(`${count(operations.length, 'index operation')} on large tables, none of which keeps writers out; no old snapshot is held.`, evidence), plan.unseen);
	},
};
