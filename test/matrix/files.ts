/** Which tests the matrix runs on each version: those that ask a server something that differs between versions, or might. */

export interface Part {
	/** For the table in docs/versions.md. */
	says: string;
	/** Below test/. */
	files: string[];
	/** They take backups, with programs that are not older than the server. */
	dumps?: true;
	/** The oldest version that they are written for; undefined: any. */
	from?: number;
	/** The oldest and the newest say enough of what is long and mostly not the server's; undefined: all. */
	only?: number[];
}

/** pg_dump reads no server that is newer than itself: Debian 12 has version 15, for the others it comes from a package. */
export const machineClients = 15;

export const parts: Part[] = [
	{says: 'what is there only from some version on', files: ['matrix/features.test.ts']},
	{says: 'the live state: every view, progress, standbys, slots, losses of the connection', files: ['monitor/sampler.test.ts', 'monitor/server-loss.test.ts']},
	{says: 'the guard', files: ['monitor/watch.test.ts']},
	{says: 'the guard with real traffic: its limits, the ladder, a dry run, standbys, an index that fails', files: ['actions/guard-scenarios.test.ts'], only: [12, 13, 18]},
	{says: 'reading and running real Alembic projects, sync and async, one database and several', files: ['alembic/reading.test.ts', 'alembic/running.test.ts'], only: [12, 18]},
	{says: 'fewer privileges', files: ['matrix/privileges.test.ts']},
	{says: 'the proof of the target; an upgrade and the way back through a room, every check between them', files: ['matrix/checks.test.ts']},
	// Before 15 counters come half a second late, which these tests, made of minutes in seconds, don't wait for.
	{says: 'figures before and after', files: ['checks/figures.test.ts'], from: 15},
	{says: 'the look before the start', files: ['actions/hindrances.test.ts', 'actions/pre-flight.test.ts']},
	{says: 'catalogs, sessions, the review\'s knowledge', files: ['matrix/catalog.test.ts', 'postgres/session.test.ts', 'review/knowledge.test.ts']},
	{says: 'backup and restore', files: ['postgres/dump.test.ts'], dumps: true},
	{says: 'a proven backup and a rehearsal through a room; client programs of another version', files: ['matrix/backup.test.ts'], dumps: true},
];

/** What of a part runs where; `mayDump`: there are client programs for this version. */
export const runsOn = ({from = 0, only, dumps}: Part, {major, mayDump}: {major: number; mayDump: boolean}): boolean => major >= from && (only?.includes(major) ?? true) && (mayDump || !dumps);

export const filesFor = (version: {major: number; mayDump: boolean}): string[] => parts.filter(part => runsOn(part, version)).flatMap(({files}) => files.map(file => `test/${file}`));
