import {expect, test} from 'vitest';
import {addDocumentedLocks} from '../../source/rehearsal/documented-locks.ts';
import {notMet} from '../../source/rehearsal/trace.ts';

test('a statement that was over before anybody looked has its locks as documented, and says so', async () => {
	const unmet = (sql: string) => ({sql, seconds: 0, locks: [], rewrote: [], scanned: [], rows: null, walBytes: null, unmeasured: `outside a transaction: ${notMet}`});
	const told = await addDocumentedLocks(['CREATE INDEX CONCURRENTLY i ON items (a)', 'VACUUM shop.items', 'SELECT 1', 'not SQL'].map(unmet));
	expect(told.map(({locks, unmeasured}) => [locks.map(lock => `${lock.table} ${lock.mode}`).join(), unmeasured])).toEqual([
		['public.items SHARE UPDATE EXCLUSIVE', expect.stringMatching(/its locks as documented/)],
		['shop.items SHARE UPDATE EXCLUSIVE', expect.stringMatching(/its locks as documented/)],
		['', expect.stringContaining(notMet)], ['', expect.stringContaining(notMet)],
	]);
	const seen = {...unmet('VACUUM items'), locks: [{table: 'public.items', mode: 'SHARE'}], unmeasured: 'seen'};
	expect(await addDocumentedLocks([seen])).toEqual([seen]);
});
