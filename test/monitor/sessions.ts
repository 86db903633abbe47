/** What the monitor's tests share: its sessions, and a blocked crowd on a real server. */
import type pg from 'pg';
import {monitorSessionOptions, startText, type Backend} from '../../source/monitor/connection.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {eventually, type FreshDatabase} from '../servers.ts';

/** A session as the room opens the monitor's. */
export const openMonitorSession = async (url: string): Promise<Session> => connect(parseConninfo(url, {}, '/nowhere'), monitorSessionOptions);

export interface Crowd {
	/** Idle in transaction, having read table `orders`. */
	holder: number;
	/** Wants ACCESS EXCLUSIVE on it. */
	altering: number;
	alteringStart: string;
	/** Read it, and so wait behind the ALTER. */
	readers: number[];
	/** Lets everybody go. */
	release(): Promise<void>;
}

/** Makes table `orders`, and who waits for whom on it: readers ← ALTER ← a holder who does nothing. */
export async function makeCrowd(database: FreshDatabase, readers: number): Promise<Crowd> {
	const holder = await database.client();
	await holder.query('CREATE TABLE IF NOT EXISTS orders (id int)');
	await holder.query("SET application_name = 'reports'; BEGIN; SELECT * FROM orders");
	const altering = await database.client();
	await altering.query("SET application_name = 'shop-migration'");
	const backend = await backendOf(altering);
	const pending: Promise<unknown>[] = [];
	const send = (client: pg.Client, text: string): void => {
		// A test may cancel it: that is no error of the crowd's.
		pending.push(client.query(text).catch(() => undefined));
	};

	send(altering, 'ALTER TABLE orders ADD COLUMN note text');
	await waiting(holder, [pidOf(altering)]);
	const clients = await Promise.all(Array.from({length: readers}, async () => database.client()));
	for (const client of clients) send(client, 'SELECT * FROM orders');
	await waiting(holder, clients.map(pidOf));
	return {
		holder: pidOf(holder),
		altering: pidOf(altering),
		alteringStart: backend.backendStart,
		readers: clients.map(pidOf),
		async release() {
			await holder.query('COMMIT');
			await Promise.all(pending);
		},
	};
}

/** Resolves when all of them wait for a lock. */
export async function waiting(asker: pg.Client, pids: number[]): Promise<void> {
	await eventually(`${pids.length} sessions waiting for a lock`, async () => {
		const {rows} = await asker.query<{waiting: number}>("SELECT count(DISTINCT pid)::int AS waiting FROM pg_locks l WHERE NOT granted AND (to_jsonb(l) ->> 'waitstart' IS NOT NULL OR current_setting('server_version_num')::int < 140000) AND pid = ANY ($1)", [pids]);
		return rows[0]?.waiting === pids.length;
	});
}

/** The client's own backend, as the migration's is known by. */
export async function backendOf(client: pg.Client): Promise<Backend> {
	const {rows: [row]} = await client.query<{start: string}>(`SELECT ${startText('backend_start')} AS start FROM pg_stat_activity WHERE pid = pg_backend_pid()`);
	return {pid: pidOf(client), backendStart: row!.start};
}

export const pidOf = (client: pg.Client): number => (client as unknown as {processID: number}).processID;
