/** What the script sees of the shop's database with its own eyes, past holdpoint. */
import os from 'node:os';
import {queryCatalog} from '../../source/postgres/catalog.ts';
import type {Catalog} from '../../source/postgres/catalog.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect} from '../../source/postgres/session.ts';
import type {Sandbox} from '../sandbox.ts';

/** One statement on a connection of its own. */
export async function query<Row>({primary}: Sandbox, statement: string): Promise<Row[]> {
	const client = await primary.connect('shop');
	try {
		return (await client.query(statement)).rows as Row[];
	} finally {
		await client.end();
	}
}

/** Rows of Alembic's version table, as text. */
export async function queryVersion(sandbox: Sandbox): Promise<string> {
	const rows = await query<{version_num: string}>(sandbox, 'SELECT version_num FROM alembic_version ORDER BY 1');
	return rows.map(row => row.version_num).join(', ');
}

/** Every object of the schema with its definition. */
export async function queryObjects({url}: Sandbox): Promise<Catalog> {
	const session = await connect(parseConninfo(url, {}, os.homedir()), {application: 'demo'});
	try {
		return await queryCatalog(session);
	} finally {
		await session.close();
	}
}
