/** Which tests the matrix runs on each version: those that ask a server something that differs between versions, or might. */

export interface Part {
	/** For the table in docs/versions.md. */
	says: string;
	/** Below test/. */
	files: string[];
	/** The newest version that they can run on with the client programs of the machine; undefined: any. */
	upTo?: number;
	/** The oldest version that they are written for; undefined: any. */
	from?: number;
}

/** pg_dump reads no server that is newer than itself: Debian 12 has version 15. */
export const clientVersion = 15;

export const parts: Part[] = [
	{says: 'what is there only from some version on', files: ['matrix/features.test.ts']},
	{says: 'the live state: every view, progress, standbys, slots, losses of the connection', files: ['monitor/sampler.test.ts', 'monitor/server-loss.test.ts']},
	{says: 'the guard', files: ['monitor/watch.test.ts']},
	{says: 'fewer privileges', files: ['matrix/privileges.test.ts']},
	{says: 'the proof of the target; an upgrade and the way back through a room, every check between them', files: ['matrix/checks.test.ts']},
	// Before 15 counters come half a second late, which these tests, made of minutes in seconds, don't wait for.
	{says: 'figures before and after', files: ['checks/figures.test.ts'], from: 15},
	{says: 'the look before the start', files: ['actions/hindrances.test.ts', 'actions/pre-flight.test.ts']},
	{says: 'catalogs, sessions, the review\'s knowledge', files: ['matrix/catalog.test.ts', 'postgres/session.test.ts', 'review/knowledge.test.ts']},
	{says: 'backup', files: ['postgres/dump.test.ts'], upTo: clientVersion},
];

export const runsOn = ({from = 0, upTo = Infinity}: Part, major: number): boolean => major >= from && major <= upTo;

export const filesFor = (major: number): string[] => parts.filter(part => runsOn(part, major)).flatMap(({files}) => files.map(file => `test/${file}`));
