import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {Refusal} from '../../source/journal/refusal.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';

let home: string;
beforeAll(async () => {
	home = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-home-'));
});
afterAll(async () => rm(home, {recursive: true, force: true}));

const read = (text: string, environment: Record<string, string> = {}) => {
	const {hosts, database, user, readPassword, targetSessionAttrs, ssl} = parseConninfo(text, environment, home);
	return {hosts: hosts.map(host => `${host.host}:${host.port}`).join(' '), database, user, password: readPassword(hosts[0]!), attributes: targetSessionAttrs, ssl: ssl.mode};
};

describe('what is read from a text', () => {
	test.each([
		['postgresql://ann:s%40cret@db.example:6432/shop', {hosts: 'db.example:6432', database: 'shop', user: 'ann', password: 's@cret'}],
		['postgresql+psycopg://ann:a/b@db.example/shop', {hosts: 'db.example:5432', database: 'shop', user: 'ann', password: 'a/b'}],
		['postgresql+asyncpg://ann@db/shop?ssl=require&prepared_statement_cache_size=0', {hosts: 'db:5432', database: 'shop', user: 'ann', ssl: 'require'}],
		['postgresql+psycopg://ann@/shop?host=a:1&host=b:2', {hosts: 'a:1 b:2', database: 'shop'}],
		['postgres://ann@a:1,b:2,[::1]:3/shop?target_session_attrs=primary', {hosts: 'a:1 b:2 ::1:3', attributes: 'primary'}],
		['postgresql://ann@%2Frun%2Fpg:5433/shop', {hosts: '/run/pg:5433', database: 'shop'}],
		['host=/run/pg port=5433 dbname=\'my shop\' user=o\\\'ann password=\'p\\\'w\'', {hosts: '/run/pg:5433', database: 'my shop', user: 'o\'ann', password: 'p\'w'}],
		['host=a,b port=7 user=ann', {hosts: 'a:7 b:7', database: 'ann'}],
	])('%s', (text, expected) => {
		expect(read(text)).toMatchObject(expected);
	});

	test('the text goes before the service, the service before the variables', async () => {
		await writeFile(path.join(home, '.pg_service.conf'), '# ours\n[shop]\nhost=from-service\ndbname=from-service\n');
		const variables = {PGSERVICE: 'shop', PGHOST: 'from-variable', PGDATABASE: 'from-variable', PGUSER: 'from-variable'};
		expect(read('dbname=from-text', variables)).toMatchObject({hosts: 'from-service:5432', database: 'from-text', user: 'from-variable'});
	});

	test('.pgpass: the first line that fits; not when others may read it, which is said', async () => {
		const passfile = path.join(home, '.pgpass');
		await writeFile(passfile, 'other:*:*:*:no\ndb:5432:a\\:b:ann:se\\:cret\n*:*:*:*:last\n', {mode: 0o600});
		expect(read('postgresql://ann@db/a:b').password).toBe('se:cret');
		expect(read('postgresql://bob@db/a:b').password).toBe('last');
		await rm(passfile);
		await writeFile(passfile, '*:*:*:*:open\n', {mode: 0o644});
		expect(read('postgresql://ann@db/shop').password).toBeNull();
		expect(parseConninfo('postgresql://ann@db/shop', {}, home).warnings.join()).toMatch(/chmod 600/);
	});

	test('no dump of it shows the password', () => {
		const conninfo = parseConninfo('postgresql://ann:hunter2@db/shop', {}, home);
		expect(JSON.stringify(conninfo)).not.toContain('hunter2');
	});
});

test.each([
	['host=db gssencmode=require', /GSSAPI is not supported/],
	['postgresql://db/shop?require_auth=scram-sha-256', /require_auth is not supported/],
	['postgresql://db/shop?colour=red', /parameter colour is not supported/],
	['postgresql://db:port/shop', /port "port" is not a number/],
	['mysql://db/shop', /begins with mysql:/],
	['service=nowhere', /service "nowhere" is not defined in .*pg_service.conf/],
	['host=a,b,c port=1,2', /host names 3 servers and port 2/],
	['postgresql://db/shop?sslmode=sometimes', /sslmode can't be "sometimes"/],
	['postgresql://ann:hunter2%@db/shop', /write a percent sign as %25/],
	['host=db password=\'hunter2', /can't be read/],
])('%s is refused', (text, sentence) => {
	const refused = (() => {
		try {
			parseConninfo(text, {}, home);
		} catch (error) {
			return error as Refusal;
		}
		return undefined;
	})();
	expect(refused).toBeInstanceOf(Refusal);
	expect(refused!.exit).toBe(2);
	expect(refused!.message).toMatch(sentence);
	expect(refused!.message).not.toContain('hunter2');
});
