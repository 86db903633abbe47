/** The environment for PostgreSQL's own programs: the connection in PG* variables, the password in a private file, nothing in their arguments. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {Conninfo, Host} from './conninfo.ts';
import {passfileLine} from './passfile.ts';

export interface ClientTarget {
	conninfo: Conninfo;
	/** The one of its hosts that a session of ours is on: of several, the program must not choose another. */
	host: Host;
	/** Default: the conninfo's. */
	database?: string;
	application: string;
}

/**
 * Calls `use` with the environment, and removes the password's file afterwards, whatever happens.
 * PG* variables of this process are left out; messages are in English, since they are read.
 */
export async function withClientEnvironment<T>({conninfo, host, database = conninfo.database, application}: ClientTarget, use: (environment: Record<string, string>) => Promise<T>): Promise<T> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-pass-'));
	try {
		const password = conninfo.readPassword(host, database);
		const passfile = path.join(folder, 'pgpass');
		if (password !== null) {
			// By host name and by address, whichever the program looks for.
			const names = [...new Set([host.host, host.hostaddr ?? host.host])];
			const lines = names.map(name => passfileLine({host: name, port: host.port, database, user: conninfo.user}, password));
			await writeFile(passfile, lines.join(''), {mode: 0o600});
		}
		return await use({...inherited(), ...variables({conninfo, host, database, application}), PGPASSFILE: passfile, LC_ALL: 'C'});
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

function inherited(): Record<string, string> {
	return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !/^(PG|LC_|LANG)/.test(entry[0])));
}

function variables({conninfo, host, database, application}: Required<ClientTarget>): Record<string, string> {
	const {ssl} = conninfo;
	const wanted: Record<string, string | null | undefined> = {
		PGHOST: host.host,
		PGHOSTADDR: host.hostaddr,
		PGPORT: String(host.port),
		PGUSER: conninfo.user,
		PGDATABASE: database,
		PGAPPNAME: application,
		PGOPTIONS: conninfo.options,
		PGSSLMODE: ssl.mode,
		PGSSLROOTCERT: ssl.rootcert,
		PGSSLCERT: ssl.cert,
		PGSSLKEY: ssl.key,
		PGSSLCRL: ssl.crl,
		PGSSLMINPROTOCOLVERSION: ssl.minVersion,
		PGSSLNEGOTIATION: ssl.direct ? 'direct' : null,
		PGCHANNELBINDING: conninfo.channelBinding,
		PGCONNECT_TIMEOUT: conninfo.connectTimeoutMs === null ? null : String(Math.ceil(conninfo.connectTimeoutMs / 1000)),
	};
	return Object.fromEntries(Object.entries(wanted).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''));
}
