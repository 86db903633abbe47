import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {queryPooler} from '../../source/postgres/pooler.ts';
import {connect} from '../../source/postgres/session.ts';
import {smallPooler} from '../alembic/small-pooler.ts';
import {freshDatabase, primaryServer, type FreshDatabase} from '../servers.ts';

let database: FreshDatabase;
beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => database.drop());

test.each(['session', 'transaction'] as const)('a pooler in %s mode is recognised as such', async mode => {
	const primary = await primaryServer();
	const pooler = await smallPooler({server: path.join(primary.socketDirectory, `.s.PGSQL.${primary.port}`), mode});
	const session = await connect(parseConninfo(`host=127.0.0.1 port=${pooler.port} user=postgres dbname=${database.name}`, {}, '/nonexistent'), {application: 'holdpoint-test'});
	const answer = await queryPooler(session);
	await session.close();
	await pooler.close();
	expect(answer.kind).toBe(mode);
});
