/** The review of a real project on a real database, from the command line: where its findings stand, which revisions they are of, what the configuration changes. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {reviewSchema, type Finding} from '../../source/journal/shapes/review.ts';
import {cliProject, inProcess, jsonOf, type CliProject} from '../commands/cli.ts';
import {revisionFile} from '../servers.ts';

const revisions = {
	'a1_orders.py': revisionFile({revision: 'a1', upgrade: ["op.create_table('orders', sa.Column('id', sa.BigInteger, primary_key=True))"], downgrade: ["op.drop_table('orders')"]}),
	'b2_tidy.py': revisionFile({
		revision: 'b2', down: 'a1',
		upgrade: ["op.create_index('ix_orders_code', 'orders', ['code'])", '# holdpoint: ignore ban-drop-column -- nobody has read it since May', "op.drop_column('orders', 'note')", "op.drop_column('orders', 'extra')", "op.execute('DELETE FROM orders')"],
		downgrade: ["op.add_column('orders', sa.Column('extra', sa.Text))", "op.add_column('orders', sa.Column('note', sa.Text))", "op.drop_index('ix_orders_code')"],
	}),
	'c3_code.py': revisionFile({revision: 'c3', down: 'b2', upgrade: ["op.alter_column('orders', 'code', nullable=False)", "op.alter_column('orders', 'id', nullable=False)"], downgrade: ["op.alter_column('orders', 'code', nullable=True)"]}),
};

let project: CliProject;
const run = (...words: string[]) => inProcess(['review', ...words], {cwd: project.directory});
const git = (...words: string[]) => execa('git', ['-C', project.directory, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words]);
const file = (name: string) => path.join(project.directory, 'migrations/versions', name);

beforeAll(async () => {
	project = await cliProject({revisions});
	const client = await project.database.client();
	await client.query(`
		CREATE TABLE orders (id bigint PRIMARY KEY, code text, note text, extra text); INSERT INTO orders SELECT n, 'c' FROM generate_series(1, 20000) n;
		CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1'); ANALYZE;
	`);
	await client.end();
	await git('init', '-q');
	await git('add', '-A');
	await git('commit', '-qm', 'all');
});
afterAll(async () => {
	await project.remove();
	await project.database.drop();
});

/** Each as `rule at file:line`, where the line is given by what stands there. */
async function told(findings: Finding[]): Promise<string[]> {
	return Promise.all(findings.map(async ({rule, origin}) => `${rule} at ${origin ? (await readFile(origin.file, 'utf8')).split('\n')[origin.line - 1]!.trim() : '?'}`));
}

test('each finding is traced to the operation that writes its statement, and a comment above one silences that one alone', async () => {
	await project.configure('environment: development\nreview: {rules: {require-statement-timeout: off, wide-lock-window: off}}');
	const {exit, stdout} = await run('--json');
	const review = reviewSchema.parse(jsonOf({stdout}));
	expect(exit).toBe(1);
	expect(review.suppressed).toBe(1);
	expect(await told(review.findings.filter(({level}) => level !== 'info'))).toEqual([
		"require-concurrent-index-creation at op.create_index('ix_orders_code', 'orders', ['code'])",
		"ban-drop-column at op.drop_column('orders', 'extra')",
		"dml-without-where at op.execute('DELETE FROM orders')",
		"backfill-in-schema-transaction at op.execute('DELETE FROM orders')",
		"adding-not-nullable-field at op.alter_column('orders', 'code', nullable=False)",
	]);
	expect(review.findings.find(({rule}) => rule === 'adding-not-nullable-field')!.message).toContain('(about 20,000 rows, ');
});

test('--since tells only what changed since then, and code hosts get paths from the root of the repository', async () => {
	await writeFile(file('c3_code.py'), `${revisions['c3_code.py']}\n# changed\n`);
	const issues = jsonOf(await run('--since', 'HEAD', '--format', 'gitlab', '--fail-on', 'never'));
	expect([...new Set(issues.map(({location}: {location: {path: string}}) => location.path))]).toEqual(['migrations/versions/c3_code.py']);
	expect(await run('--since', 'no-such-commit')).toMatchObject({exit: 2, stderr: expect.stringContaining('git can\'t tell what changed since no-such-commit')});
});

test('a range is from behind A up to B, names are held against the convention, levels are the configured ones, and --fail-on decides', async () => {
	await project.configure('environment: development\nnaming: {ix: "^idx_"}\nreview: {rules: {ban-drop-column: info, require-concurrent-index-creation: warning, dml-without-where: off}}');
	const {exit, stdout} = await run('--range', 'base:b2', '--json', '--fail-on', 'warning', '--rules', 'naming-convention,ban-drop-column,require-concurrent-index-creation,dml-without-where,prefer-identity,adding-not-nullable-field');
	expect([exit, (jsonOf({stdout}).findings as Finding[]).map(({rule, level, revision}) => `${revision}: ${level} ${rule}`)]).toEqual([1, [
		'a1: info prefer-identity', 'b2: warning require-concurrent-index-creation', 'b2: warning naming-convention', 'b2: info ban-drop-column',
	]]);
});
