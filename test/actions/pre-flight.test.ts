/** What keeps a migration from starting: another one, a backup of ours, somebody's pg_dump; on real sessions. */
import {expect, test} from 'vitest';
import type {ActionContext} from '../../source/actions/context.ts';
import {refuseWhenUnsafe} from '../../source/actions/pre-flight.ts';
import type {Plan} from '../../source/journal/shapes/plan.ts';
import {backupKey, ownKey} from '../../source/postgres/advisory.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect} from '../../source/postgres/session.ts';
import {freshDatabase} from '../servers.ts';

test('a migration, a backup or a pg_dump at work on the database', async () => {
	const database = await freshDatabase();
	const session = await connect(parseConninfo(database.url, {}, '/'), {application: 'holdpoint'});
	const other = await database.client();
	const refusal = async () => refuseWhenUnsafe({session: async () => session} as unknown as ActionContext, {target: {database: database.name}} as Plan).then(() => null, (error: Error) => error);
	try {
		expect(await refusal()).toBeNull();
		for (const [key, words] of [[ownKey(database.name), 'is already at work: backend'], [backupKey(database.name), 'is being taken (backend']] as const) {
			await other.query('SELECT pg_advisory_lock($1::bigint)', [key]);
			expect(await refusal()).toMatchObject({exit: 3, message: expect.stringContaining(words)});
			await other.query('SELECT pg_advisory_unlock($1::bigint)', [key]);
		}
		await other.query("SET application_name = 'pg_dump'");
		expect(await refusal()).toMatchObject({exit: 3, message: expect.stringContaining('pg_dump is at work')});
	} finally {
		await session.close();
		await database.drop();
	}
});
