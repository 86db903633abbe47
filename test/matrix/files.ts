/** Which tests the matrix runs on each version: those that ask a server something that differs between versions, or might. */

export interface Part {
	/** For the table in docs/versions.md. */
	says: string;
	/** Below test/. */
	files: string[];
	/** The newest version that they can run on with the client programs of the machine; undefined: any. */
	upTo?: number;
}

/** pg_dump reads no server that is newer than itself: Debian 12 has version 15. */
export const clientVersion = 15;

export const parts: Part[] = [
	{says: 'what is there only from some version on', files: ['matrix/features.test.ts']},
	{says: 'the live state: every view, progress, standbys, slots, losses of the connection', files: ['monitor/sampler.test.ts', 'monitor/server-loss.test.ts']},
	{says: 'the guard', files: ['monitor/watch.test.ts']},
	{says: 'fewer privileges', files: ['matrix/privileges.test.ts']},
	{says: 'upgrade and downgrade through a room, with the proof of the target', files: ['room/migrate.test.ts', 'room/target.test.ts']},
	{says: 'every check', files: ['matrix/checks.test.ts', 'checks/figures.test.ts']},
	{says: 'the look before the start', files: ['actions/hindrances.test.ts', 'actions/pre-flight.test.ts']},
	{says: 'catalogs, sessions, the review\'s knowledge', files: ['postgres/catalog.test.ts', 'postgres/session.test.ts', 'review/knowledge.test.ts']},
	{says: 'backup', files: ['postgres/dump.test.ts'], upTo: clientVersion},
];

export const filesFor = (major: number): string[] => parts.filter(({upTo = major}) => major <= upTo).flatMap(({files}) => files.map(file => `test/${file}`));
