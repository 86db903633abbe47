/** The live pane at a real terminal: what others put into queries and names never disturbs it, and a query is read in full. */
import stringWidth from 'string-width';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openSite, type Site} from '../room/site.ts';
import {openConsole, type OpenConsole} from './console.ts';

/** Clears the screen, sets the title, moves the cursor, turns the reading direction, takes two columns. */
const hostile = '\u001B[2J\u001B]0;pwned\u0007\u009B31m\r\u202Eover \u200Bthere 漢字 👩‍👩‍👧 \u0008end';
/** The same within the 63 bytes of a name: of the database, a role and an application. */
const short = '\u001B[2J\u202Ename 漢\r';
let site: Site;
let console: OpenConsole;

beforeAll(async () => {
	site = await openSite({prefix: short});
	const admin = await site.database.client();
	await admin.query(`CREATE ROLE "${short}" LOGIN SUPERUSER PASSWORD 'x'`);
	const [holder, waiter] = [await site.database.client({name: short, password: 'x'}), await site.database.client()];
	await holder.query(`SET application_name = '${short}'`);
	await holder.query(`CREATE TABLE "${hostile}" (id int)`);
	await holder.query(`BEGIN; LOCK TABLE "${hostile}"; SELECT '${hostile}'`);
	void waiter.query(`SELECT * FROM "${hostile}" /* ${hostile} */`).catch(() => {});
	console = openConsole(site, {args: ['monitor'], columns: 80, rows: 24});
	await console.see('blocks 1');
});
afterAll(async () => {
	console.signal('SIGKILL');
	await console.ended;
	const admin = await site.database.server.connect();
	await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${short}'`);
	await site.close();
	await admin.query(`DROP ROLE "${short}"`);
	await admin.end();
});

/** Nothing has moved: the header's frame, the pane's rule and the keys stand where they belong, and nothing is wider than the terminal. */
function isWhole(screen: string): void {
	const rows = screen.split('\n');
	expect(rows).toHaveLength(24);
	for (const [index, edges] of [['┏', '┓'], ['┃', '┃'], ['┃', '┃'], ['┗', '┛']].entries()) expect([rows[index]!.at(0), rows[index]!.at(-1), stringWidth(rows[index]!)]).toEqual([...edges, 80]);
	expect(rows[4]).toMatch(/^── .*Live /);
	expect(rows[23]).toContain('? help  q detach');
	expect(screen).not.toContain('\u202E');
}

test('hostile names and queries are shown as what they are, in every view', async () => {
	for (const words of [/ waits for \d+ +postgres +SELECT \* FROM "\\x1b/, 'R, or C on it: ends it', 'AccessShare          "\\x1b[2J', /no standby is connected|not sent/, 'no command reports', 'no plan names', ' rows read ', /transaction ids[\s\S]* BEGIN; /]) {
		await console.press('Right');
		isWhole(await console.see(words));
	}
});

test('a filter, a frozen screen, and a query in full: escaped, in its whole length', async () => {
	await console.press('Right', '/');
	await console.see('Enter keeps it');
	await console.type('waits for nobody');
	await console.see('no session matches');
	await console.press('Esc');
	await console.see(/ waits for \d+/);
	await console.press('Space');
	isWhole(await console.see(/FROZEN since \d\d:\d\d:\d\d UTC/));
	await console.press('Space', 'Right', 'Down', 'Down');
	await console.see(/^› .* waits for \d+/m);
	await console.press('Enter');
	const dialog = await console.see('Query of session');
	isWhole(dialog);
	expect(dialog).toContain('\\x1b[2J\\x1b]0;pwned\\x07\\x9b31m');
	await console.press('e');
	expect(await console.see(/No plan|read-only|decid/)).not.toContain('Query of session');
});
