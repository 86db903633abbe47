/** How much room is left where a server keeps its data, if that is this machine. */
import {statfs} from 'node:fs/promises';
import path from 'node:path';
import {readCommandLine} from './process-identity.ts';
import type {Session} from './session.ts';

export interface FreeDisk {
	/** The least of its file systems; null: it can't be seen from here. */
	bytes: number | null;
	/** Where that is, or why it is not known: part of a sentence. */
	where: string;
}

/** Looks only where it is sure to look at the server's own disk: the session's backend must be a process of this machine. */
export async function readFreeDisk(session: Session): Promise<FreeDisk> {
	if (!isHere(session)) return {bytes: null, where: 'the server is on another machine'};
	const [row] = await session.query<{data: string | null; spaces: string[]}>(`SELECT (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS data,
		ARRAY(SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE pg_tablespace_location(oid) <> '')::text[] AS spaces`);
	const {data, spaces} = row!;
	if (data === null) return {bytes: null, where: 'the role may not see data_directory; GRANT pg_read_all_settings lets it'};
	// Only the server's own user can look behind the link to a WAL directory elsewhere.
	const folders = [data, ...spaces, path.join(data, 'pg_wal')];
	const free = (await Promise.all(folders.map(async folder => statfs(folder).then(({bavail, bsize}) => ({folder, bytes: bavail * bsize}), () => null)))).filter(each => each !== null);
	if (free[0]?.folder !== data) return {bytes: null, where: `${data} can't be looked at from here`};
	const least = free.reduce((one, other) => (other.bytes < one.bytes ? other : one));
	return {bytes: least.bytes, where: least.folder};
}

/** A backend's title names its database: another process with its pid, on another machine than the server's, does not. */
function isHere({pid, conninfo}: Session): boolean {
	const title = readCommandLine(pid);
	return /^\S*postgres/.test(title) && title.includes(` ${conninfo.database} `);
}
