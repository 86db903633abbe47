/** A small real database: a table of 2,000 rows, one of ten, one empty; analyzed, with holdpoint's own session on it. */
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {freshDatabase, type FreshDatabase} from '../servers.ts';

export interface Shop {
	database: FreshDatabase;
	session: Session;
	/** Runs SQL as another session would. */
	sql(text: string): Promise<void>;
	/** In a session that ends: only then does the server count its rows at once, and not ten seconds later. */
	sqlApart(text: string): Promise<void>;
	close(): Promise<void>;
}

export async function openShop(): Promise<Shop> {
	const database = await freshDatabase();
	const client = await database.client();
	await client.query(`
		CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, note text);
		INSERT INTO items SELECT n, 'item ' || n, CASE WHEN n % 2 = 0 THEN 'even' END FROM generate_series(1, 10) n;
		CREATE TABLE events (id int PRIMARY KEY, kind text, at timestamptz DEFAULT now());
		INSERT INTO events SELECT n, 'kind ' || n % 5 FROM generate_series(1, 2000) n;
		CREATE INDEX events_kind ON events (kind);
		CREATE TABLE nothing (id int PRIMARY KEY, word text);
		CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
		INSERT INTO alembic_version VALUES ('a1');
		ANALYZE;
	`);
	const session = await connect(await parseConninfo(database.url, process.env, '/'), {application: 'holdpoint-test', statementTimeoutMs: 10_000});
	return {
		database,
		session,
		sql: async text => {
			await client.query(text);
		},
		sqlApart: async text => {
			const apart = await database.client();
			await apart.query(text);
			await apart.end();
		},
		close: async () => {
			await session.close();
			await database.drop();
		},
	};
}
