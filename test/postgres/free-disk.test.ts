/** The room that is left where a server keeps its data: seen only where it is sure to be that server's. */
import {statfs} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {readFreeDisk} from '../../source/postgres/free-disk.ts';
import {connect} from '../../source/postgres/session.ts';
import {freshDatabase} from '../servers.ts';

test('of a server of this machine; not for a role that may not see where, nor of another machine', async () => {
	const database = await freshDatabase();
	const sql = await database.client();
	const session = await connect(parseConninfo(database.url, {}, '/'), {application: 'holdpoint'});
	try {
		const {rows: [{folder}]} = await sql.query("SELECT current_setting('data_directory') AS folder");
		const {bytes, where} = await readFreeDisk(session);
		const {bavail, bsize} = await statfs(folder);
		expect(where).toBe(folder);
		expect(Math.abs(bytes! - bavail * bsize)).toBeLessThan(1e9);
		await session.query('CREATE ROLE disk_reader; SET ROLE disk_reader');
		expect(await readFreeDisk(session)).toEqual({bytes: null, where: 'the role may not see data_directory; GRANT pg_read_all_settings lets it'});
		// The pid of a process here that is no backend of that database: as it would be for a server elsewhere.
		expect(await readFreeDisk({...session, pid: process.pid})).toEqual({bytes: null, where: 'the server is on another machine'});
	} finally {
		await session.query('RESET ROLE; DROP ROLE disk_reader').catch(() => undefined);
		await session.close();
		await database.drop();
	}
});
