/** The statements by version: none names a column or a view that the version does not have. */
import {expect, test} from 'vitest';
import {activityOf} from '../../source/monitor/queries/activity.ts';
import {pollQueries} from '../../source/monitor/queries/index.ts';

const versions = [120000, 130000, 140000, 150000, 160000, 170000, 180000];
/** Everything that a poll sends. */
const textFor = (version: number): string => {
	const context = {version, migration: {pid: 7, backendStart: '2026-11-23 01:00:00.000001+00'}, tables: ['orders']};
	return [...Object.values(pollQueries).map(query => query.text(context)), activityOf([1, 2], context)].join(';\n');
};

test.each([
	['s.leader_pid', 130000],
	['pg_stat_progress_analyze', 130000],
	['pg_stat_progress_basebackup', 130000],
	['k.waitstart', 140000],
	['pg_stat_progress_copy', 140000],
	['pg_stat_get_db_active_time', 140000],
	['s.wal_status', 130000],
	['s.conflicting', 160000],
	['s.invalidation_reason', 170000],
	['s.inactive_since', 170000],
	['pg_stat_checkpointer', 170000],
])('%s is read from %i on', (name, since) => {
	expect(versions.map(version => textFor(version).includes(name))).toEqual(versions.map(version => version >= since));
});

test('pg_stat_bgwriter is read up to 16: then it lost the checkpoints', () => {
	expect(versions.filter(version => textFor(version).includes('pg_stat_bgwriter'))).toEqual([120000, 130000, 140000, 150000, 160000]);
});

test.each(['pg_stat_progress_create_index', 'pg_stat_progress_vacuum', 'pg_stat_progress_cluster', 'pg_stat_get_wal_senders', 'pg_replication_slots', 'pg_stat_wal_receiver'])('%s is read in all versions', name => {
	expect(versions.every(version => textFor(version).includes(name))).toBe(true);
});

// Renamed or gone in some version from 12 to 18, or a danger to the service: they lock user tables or stop the lock manager.
test.each(['num_dead_tuples', 'query_id', 'pg_blocking_pids', 'pg_relation_size', 'pg_total_relation_size', 'pg_indexes_size', 'pg_get_indexdef'])('%s is read in none', name => {
	expect(versions.some(version => textFor(version).includes(name))).toBe(false);
});

test('a backend\'s start that is no time never gets into a statement', () => {
	for (const backendStart of ["x' OR true --", '2026-11-23 01:00:00', '']) {
		expect(() => pollQueries.activity.text({version: 150000, migration: {pid: 1, backendStart}})).toThrow('not a time with its offset');
	}
});
