/** Whether a server can take a backup is known before anything is made there. */
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {runDump} from '../../source/postgres/dump.ts';
import {readSnapshotRecord} from '../../source/postgres/restore.ts';
import {connect} from '../../source/postgres/session.ts';
import {decideFit, type FitInput, lookBeforeRestore, parseNeeds} from '../../source/rehearsal/look.ts';
import {freshDatabase} from '../servers.ts';

const directory = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-look-'));
afterAll(async () => rm(directory, {recursive: true, force: true}));

const fits = {
	needs: {extensions: ['citext'], icuCollations: [], icuDefault: null, tablespaces: [], roles: ['ann']},
	has: {role: 'joe', extensions: ['citext', 'plpgsql'], roles: ['ann', 'joe'], locales: ['C', 'en_US.utf8'], icu: true, mayCreate: true},
	record: {identity: {database: 'shop', versionNumber: 150018}, collation: {encoding: 'UTF8', collate: 'en_US.UTF-8', ctype: 'en_US.UTF-8'}} as FitInput['record'],
	own: false, place: 'db:5432', version: 15,
};

test.for<[what: string, change: {needs?: object; has?: object; own?: boolean; version?: number}, says: {refusal: unknown; warnings: unknown[]}]>([
	['all is there', {}, {refusal: null, warnings: []}],
	['an older server', {version: 14}, {refusal: expect.stringMatching(/is of PostgreSQL 15 and the server db:5432 is 14/), warnings: []}],
	['a newer server', {version: 17}, {refusal: null, warnings: [expect.stringMatching(/on PostgreSQL 17 and the original on 15/)]}],
	['an extension that is not installed', {needs: {extensions: ['postgis', 'citext']}}, {refusal: expect.stringMatching(/^The extension postgis of shop can't be had on db:5432; install/), warnings: []}],
	['no right to create databases', {has: {mayCreate: false}}, {refusal: expect.stringMatching(/^The role joe may not create databases/), warnings: []}],
	['roles that are not there', {needs: {roles: ['ann', 'eve', 'bob']}}, {refusal: expect.stringMatching(/^Each of the roles eve, bob, .* does not exist on db:5432/), warnings: []}],
	['roles that a server of our own is given', {needs: {roles: ['eve']}, own: true}, {refusal: null, warnings: []}],
	['ICU collations on a server without', {needs: {icuCollations: ['public.german']}, has: {icu: false}}, {refusal: expect.stringMatching(/^The collation public.german of shop comes from ICU/), warnings: []}],
	['a locale that is not there', {has: {locales: ['C', 'POSIX']}}, {refusal: null, warnings: [expect.stringMatching(/lacks the locale en_US.UTF-8:/)]}],
	['an ICU database', {needs: {icuDefault: 'de-AT'}}, {refusal: null, warnings: [expect.stringMatching(/ICU's de-AT/)]}],
	['tablespaces', {needs: {tablespaces: ['fast']}}, {refusal: null, warnings: [expect.stringMatching(/^The tablespace fast of the original is not on the copy/)]}],
])('%s', ([, {needs, has, ...rest}, says]) => {
	expect(decideFit({...fits, ...rest, needs: {...fits.needs, ...needs}, has: {...fits.has, ...has}})).toMatchObject(says);
});

test('what a backup needs is read from its list and its schema, and not from the body of a function', () => {
	expect(parseNeeds({
		roles: ['ann', 'bob', 'Eve X'],
		list: ';     Format: CUSTOM\n2; 3079 16385 EXTENSION - citext \n3; 3079 16490 EXTENSION - uuid-ossp \n215; 1259 16386 TABLE public items ann\n',
		schema: `CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = icu LOCALE = 'en_US.UTF-8' ICU_LOCALE = 'de-AT' TABLESPACE = slow;
CREATE COLLATION public.german (provider = icu, locale = 'de');
SET default_tablespace = '';
SET default_tablespace = fast;
ALTER TABLE public.items OWNER TO ann;
CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$
ALTER TABLE public.items OWNER TO stranger;
$$;
GRANT SELECT,INSERT ON TABLE public.items TO "Eve X" WITH GRANT OPTION;
`,
	})).toEqual({extensions: ['citext', 'uuid-ossp'], icuCollations: ['public.german'], icuDefault: 'de-AT', tablespaces: ['fast', 'slow'], roles: ['ann', 'Eve X']});
});

test('a real backup whose owner is gone from the server', async () => {
	const [owner, database] = [`owner_${process.pid}`, await freshDatabase()];
	const admin = await database.client();
	await admin.query(`CREATE ROLE ${owner}; CREATE COLLATION german (provider = icu, locale = 'de'); CREATE TABLE t (a text COLLATE german); ALTER TABLE t OWNER TO ${owner}`);
	const {backup} = await runDump({conninfo: parseConninfo(database.url, {}, directory), directory, format: 'custom', verify: 'list'});
	const server = await connect(parseConninfo(database.server.url('postgres'), {}, directory), {application: 'holdpoint-rehearsal'});
	try {
		const look = async (own: boolean) => lookBeforeRestore({backup, record: await readSnapshotRecord(backup), server, own, schemaOnly: false});
		expect(await look(false)).toEqual({
			lines: ['server: PostgreSQL 15, as the original', 'extensions: none are needed', expect.stringMatching(/^collations: .* is there; ICU for public.german$/), `roles: ${owner}, postgres are there`, 'tablespaces: only the default one', expect.stringMatching(/^space: about [\d.]+ MB are needed and [\d.]+ GB are free where the data will lie, \/.*\/data$/)],
			warnings: [expect.stringMatching(/^The copy lies on the target's own server/)],
		});
		await database.drop();
		await server.query(`DROP ROLE ${owner}`);
		await expect(look(false)).rejects.toMatchObject({exit: 2, message: expect.stringMatching(new RegExp(`^The role ${owner}, .* does not exist on`))});
		expect(await look(true)).toMatchObject({warnings: []});
	} finally {
		await server.close();
	}
});
