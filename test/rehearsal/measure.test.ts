/** What each statement of a migration locks, rewrites and scans, as the rehearsal's runner reads it on a real server. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {holdProof} from '../../source/postgres/advisory.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {alembicRunner, type MigrationRun} from '../../source/rehearsal/runner.ts';
import {projectIn} from '../alembic/migrating.ts';
import {alembicProject, freshDatabase, revisionFile, type AlembicProject, type FreshDatabase} from '../servers.ts';

let database: FreshDatabase;
let project: AlembicProject;
let session: Session;

beforeAll(async () => {
	database = await freshDatabase();
	const admin = await database.client();
	await admin.query(`CREATE TABLE parents (id int PRIMARY KEY); INSERT INTO parents SELECT generate_series(1, 100);
		CREATE TABLE items (id int PRIMARY KEY, parent int, note varchar(20), amount int);
		INSERT INTO items SELECT g, 1 + g % 100, 'note ' || g, g FROM generate_series(1, 20000) g; ANALYZE`);
	session = await connect(parseConninfo(database.url, {}, '/tmp'), {application: 'holdpoint-rehearsal', idleInTransactionTimeoutMs: 0});
});
afterAll(async () => {
	await session.close();
	await project.remove();
	await database.drop();
});

/** Each statement by itself; `outside` a transaction, or in a `loop` of 68. */
async function upgrade(statements: string[]): Promise<MigrationRun> {
	const lines = statements.map(text => {
		const [, how, sql] = /^(outside|loop|) ?(.*)$/s.exec(text)!;
		const run = `op.execute(${JSON.stringify(sql)})`;
		return how === 'outside' || /CONCURRENTLY/.test(text) ? `with op.get_context().autocommit_block(): ${run}` : how === 'loop' ? `for _ in range(68): ${run}` : run;
	});
	project = await alembicProject({url: database.url, revisions: {'z.py': revisionFile({revision: 'z', upgrade: lines})}});
	await (await database.client()).query('DROP TABLE IF EXISTS alembic_version');
	const {key} = await holdProof(session);
	const runner = alembicRunner({project: projectIn(project.directory), proofKey: key, session, alone: true, versionTable: 'alembic_version', lockTimeoutMs: 5000, statementTimeoutMs: 60_000});
	return runner.upgrade('z');
}

/** One line for each statement of the migration itself. */
function told(run: MigrationRun): string[] {
	return run.statements.filter(each => each.revision === 'z' && !/alembic_version/.test(each.sql)).map(({sql, locks, rewrote, scanned, rows, unmeasured}) => [
		sql.slice(0, 44), locks.map(({table, mode}) => `${table.replace('public.', '')} ${mode}`).join(', ') || '-',
		...(rewrote.length > 0 ? [`rewrote ${rewrote.join(' ')}`] : []), ...(scanned.length > 0 ? [`scanned ${scanned.join(' ')}`] : []),
		...(rows === null ? [] : [`${rows} rows`]), ...(unmeasured ? [unmeasured] : []),
	].join(' | '));
}

const sampled = 'outside a transaction: its locks as seen from another session while it ran';

test('locks, rewrites and scans of each statement, inside a transaction and outside', async () => {
	const run = await upgrade([
		'ALTER TABLE items ADD COLUMN plain int DEFAULT 7',
		'ALTER TABLE items ALTER amount TYPE bigint',
		'ALTER TABLE items ADD CONSTRAINT fk FOREIGN KEY (parent) REFERENCES parents NOT VALID',
		'ALTER TABLE items VALIDATE CONSTRAINT fk',
		'CREATE TABLE fresh AS SELECT id FROM parents',
		'ALTER TABLE fresh ALTER id TYPE bigint',
		'UPDATE items SET plain = 8 WHERE id <= 5',
		'outside CREATE INDEX ix ON items (note)',
		'CREATE INDEX CONCURRENTLY iy ON items (amount)',
		'outside ALTER TABLE parents ADD COLUMN random float DEFAULT random()',
		'DROP TABLE items',
	]);
	expect(run.problem).toBeNull();
	expect(told(run)).toEqual([
		'ALTER TABLE items ADD COLUMN plain int DEFAU | items ACCESS EXCLUSIVE',
		'ALTER TABLE items ALTER amount TYPE bigint | items ACCESS EXCLUSIVE | rewrote public.items | scanned public.items',
		'ALTER TABLE items ADD CONSTRAINT fk FOREIGN  | items ACCESS EXCLUSIVE, parents SHARE ROW EXCLUSIVE',
		'ALTER TABLE items VALIDATE CONSTRAINT fk | items ACCESS EXCLUSIVE, parents ROW SHARE | scanned public.items public.parents',
		'CREATE TABLE fresh AS SELECT id FROM parents | parents SHARE ROW EXCLUSIVE | scanned public.parents | 100 rows',
		'ALTER TABLE fresh ALTER id TYPE bigint | -',
		'UPDATE items SET plain = 8 WHERE id <= 5 | items ACCESS EXCLUSIVE | scanned public.parents | 5 rows',
		expect.stringMatching(/^CREATE INDEX ix ON items \(note\) \| items SHARE \| scanned public.items \| outside a transaction: its locks as/),
		`CREATE INDEX CONCURRENTLY iy ON items (amoun | items SHARE UPDATE EXCLUSIVE | scanned public.items | ${sampled}`,
		expect.stringMatching(/^ALTER TABLE parents ADD COLUMN random float  \| parents ACCESS EXCLUSIVE \| rewrote public.parents \| scanned public.parents \| outside a transaction: its locks as/),
		'DROP TABLE items | items ACCESS EXCLUSIVE, parents ACCESS EXCLUSIVE',
	]);
	const [plain, rewrite] = run.statements.filter(each => /^ALTER/.test(each.sql));
	expect(plain!.walBytes).toBeLessThan(20_000);
	expect(rewrite!.walBytes).toBeGreaterThan(500_000);
});

test('a migration that the measuring could get in the way of runs as it does without', async () => {
	const nasty = [
		'COMMIT', 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'SELECT nextval(\'numbers\')', 'CREATE TABLE told AS SELECT current_setting(\'transaction_isolation\') AS how',
		'SET LOCAL search_path = elsewhere, pg_catalog', 'SET LOCAL statement_timeout = 1', 'SET LOCAL statement_timeout = 0', 'DEALLOCATE ALL', 'RESET search_path',
		'SAVEPOINT mine', 'ALTER TABLE told ADD COLUMN a int', 'ROLLBACK TO SAVEPOINT mine', 'INSERT INTO told VALUES (lastval()::text)', 'COMMIT', 'ALTER TABLE told ADD COLUMN b int', 'outside DISCARD ALL',
	];
	const admin = await database.client();
	await admin.query('CREATE SEQUENCE numbers; CREATE SCHEMA elsewhere');
	const run = await upgrade(nasty);
	expect(run.problem).toBeNull();
	expect((await admin.query('SELECT * FROM told')).rows).toEqual([{how: 'serializable', b: null}, {how: '1', b: null}]);
	expect(told(run).at(-2)).toBe('ALTER TABLE told ADD COLUMN b int | told ACCESS EXCLUSIVE');
});

test('a loop is measured as one', async () => {
	const run = await upgrade(['DO $$ BEGIN CREATE TABLE many (id int); END $$', 'INSERT INTO many SELECT generate_series(1, 10)', 'COMMIT', 'loop UPDATE many SET id = id + 1']);
	expect(run.problem).toBeNull();
	expect(told(run).slice(-2)).toEqual(['UPDATE many SET id = id + 1 | many ROW EXCLUSIVE | scanned public.many | 10 rows', 'UPDATE many SET id = id + 1 | many ROW EXCLUSIVE | scanned public.many | 470 rows']);
});
