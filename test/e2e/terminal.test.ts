/** Terminals and passwords: what can't be drawn on is refused in a sentence, and a password is asked for as psql does. */
import {readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {openSite, type Site} from '../room/site.ts';
import {openConsole} from './console.ts';

let site: Site;
afterEach(async () => {
	await site?.close();
});

test('TERM=dumb, or CI: one sentence and 2, and nothing is opened', async () => {
	site = await openSite();
	for (const [environment, words] of [[{TERM: 'dumb'}, /can't draw on this terminal \(TERM=dumb\); set TERM/], [{CI: 'true'}, /needs a terminal, and CI is set/]] as const) {
		const dumb = openConsole(site, {columns: 200, environment});
		expect(await dumb.ended).toBe(2);
		expect(await dumb.screen()).toMatch(words);
	}
	expect(readdirSync(site.stateDir)).toEqual([]);
});

test('Ctrl-C, or the end of the input, at the question before an upgrade: nothing was changed, 3', async () => {
	site = await openSite();
	for (const key of ['Ctrl+C', '\u0004']) {
		const asked = openConsole(site, {columns: 200, args: ['upgrade', '--environment', 'development']});
		await asked.see('Run this upgrade on');
		await asked.press(key);
		expect(await asked.ended).toBe(3);
		expect(await asked.screen()).toContain('holdpoint: Nobody answered the question; nothing was changed.');
	}
	expect(site.events('action-started')).toEqual([]);
}, 60_000);

test('a wrong or missing password is asked for without echo, kept in memory only, and opens the room', async () => {
	site = await openSite();
	const client = await site.database.client();
	const [role, password] = [`asked_${site.database.name}`, 'gr33n-tangerine'];
	await client.query(`CREATE ROLE "${role}" LOGIN SUPERUSER PASSWORD '${password}'`);
	try {
		const database = site.database.urlAs({name: role, password: 'wrong'});
		const refused = openConsole(site, {columns: 200, args: ['--database', database]});
		await refused.see(`Password for ${role} on ${site.database.name}:`);
		await refused.press('wrong-again', 'Enter');
		expect(await refused.ended).toBe(2);
		const screen = await refused.screen();
		expect(screen).toContain(`The password for ${role} was rejected by`);
		expect(screen).not.toContain('wrong-again');

		const asked = openConsole(site, {args: ['--database', database.replace(':wrong@', '@')]});
		await asked.see('Password for ');
		await asked.press(password);
		expect(await asked.screen()).not.toContain(password);
		await asked.press('Enter');
		expect(await asked.see('Somebody has looked')).toContain(`as ${role.slice(0, 8)}`);
		await asked.press('q');
		expect(await asked.ended).toBe(0);
		const files = readdirSync(site.stateDir, {recursive: true, encoding: 'utf8'}).map(file => path.join(site.stateDir, file)).filter(file => statSync(file).isFile());
		expect(files.filter(file => readFileSync(file).includes(password))).toEqual([]);
	} finally {
		await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`);
		await client.query(`DROP ROLE "${role}"`);
	}
}, 120_000);
