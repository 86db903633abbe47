/** A database of its own for each test, made from a template in milliseconds. */
import pg from 'pg';
import type {Cluster, Role} from '../../source/postgres/cluster.ts';
import {primaryServer} from './pair.ts';

export interface FreshDatabase {
	name: string;
	server: Cluster;
	/** `postgresql://…`, over TCP, as the superuser. */
	url: string;
	/** As SQLAlchemy wants it: `postgresql+psycopg://…`. */
	sqlalchemyUrl: string;
	urlAs(role: Role): string;
	/** A connected client, ended by `drop` at the latest. */
	client(role?: Role): Promise<pg.Client>;
	/** Ends whoever is connected and drops it. */
	drop(): Promise<void>;
}

/**
 * Creates a database on the worker's primary.
 * @param template name of another database to copy; nobody may be connected to it
 */
export async function freshDatabase({template = 'template1', prefix = 'test', server}: {template?: string; prefix?: string; server?: Cluster} = {}): Promise<FreshDatabase> {
	const home = server ?? await primaryServer();
	const name = `${prefix}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
	await administer(home, `CREATE DATABASE "${name}" TEMPLATE "${template}"`);
	const clients: pg.Client[] = [];
	return {
		name,
		server: home,
		url: home.url(name),
		sqlalchemyUrl: home.url(name).replace('postgresql://', 'postgresql+psycopg://'),
		urlAs: role => home.url(name, role),
		async client(role) {
			const client = new pg.Client({connectionString: home.url(name, role)});
			client.on('error', () => undefined);
			await client.connect();
			clients.push(client);
			return client;
		},
		async drop() {
			await Promise.all(clients.map(async client => client.end().catch(() => undefined)));
			// WITH (FORCE) came with version 13.
			await administer(home, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
			await administer(home, `DROP DATABASE IF EXISTS "${name}"`);
		},
	};
}

async function administer(server: Cluster, statement: string): Promise<void> {
	const client = await server.connect();
	try {
		await client.query(statement);
	} finally {
		await client.end();
	}
}
