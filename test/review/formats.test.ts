/** The same review in every format, checked for what its reader needs. */
import {expect, test} from 'vitest';
import type {ReadableFacts} from '../../source/alembic/facts.ts';
import {traceOrigins} from '../../source/review/origins.ts';
import {formats} from '../../source/review/formats/index.ts';
import {reviewFiles, reviewSql} from '../../source/review/review.ts';

const review = await reviewSql({
	file: '/m/a b.sql',
	text: 'SELECT 1;\nDROP TABLE "a<b&c""|`d";\n\tALTER TABLE t DROP COLUMN a,\n  ADD b varchar(5);',
	enabled: ['ban-drop-table', 'ban-drop-column', 'prefer-text-field'],
	pgVersion: 15,
});
const empty = await reviewSql({text: 'SELECT 1', pgVersion: 15});

test('pretty shows line, caret, why, fix and the sum', () => {
	expect(formats.pretty(review)).toBe(`error[ban-drop-table] Dropping "a<b&c""|\`d" loses its rows for good.
 --> /m/a b.sql:2:1
2 | DROP TABLE "a<b&c""|\`d";
  | ^
  lock: ACCESS EXCLUSIVE on "a<b&c""|\`d"
  why: Its rows are gone at the commit, and it takes ACCESS EXCLUSIVE on each table that its foreign keys refer to as well.
  fix: ALTER TABLE "a<b&c""|\`d" RENAME TO "a<b&c""|\`d_unused";
       -- a release later, with a backup
       DROP TABLE "a<b&c""|\`d_unused";
       Alembic: op.rename_table("a<b&c\\"|\`d", "a<b&c\\"|\`d_unused")
       # a release later: op.drop_table("a<b&c\\"|\`d_unused")

error[ban-drop-column] Dropping t.a loses its values for good.
 --> /m/a b.sql:3:14
3 | \tALTER TABLE t DROP COLUMN a,
  | \t            ^
  lock: ACCESS EXCLUSIVE on t
  why: Its values are gone at the commit, and the application of yesterday that still reads or writes it fails.
  fix: -- a release after the last reader and writer is gone, with a backup of the values
       ALTER TABLE t DROP COLUMN a;
       Alembic: # first take it out of the model; in a later release
       op.drop_column("t", "a")

info[prefer-text-field] t.b is limited to 5 characters by its type.
 --> /m/a b.sql:4:7
4 |   ADD b varchar(5);
  |       ^
  lock: ACCESS EXCLUSIVE on t
  why: A smaller limit later rewrites the table under ACCESS EXCLUSIVE; a CHECK can be changed without that.
  fix: b text CHECK (length(b) <= 5)
       Alembic: sa.Column("b", sa.Text(), …)

3 statements reviewed: 2 errors, 0 warnings, 1 info
`);
	expect(formats.pretty(empty)).toBe('1 statement reviewed: 0 errors, 0 warnings, 0 infos\n');
});

test('pretty has colours only when asked, and never a control character of the script', async () => {
	expect(formats.pretty(review)).not.toContain('\u001B');
	expect(formats.pretty(review, {color: true})).toContain('\u001B[31merror[ban-drop-table]\u001B[39m');
	const evil = await reviewSql({text: 'DROP TABLE "\u001B[2J";', enabled: ['ban-drop-table']});
	expect(formats.pretty(evil)).not.toContain('\u001B');
});

test('a version that nobody said is told once, for all files', async () => {
	const said = await reviewFiles([{file: 'a.sql', text: 'SELECT 1'}, {file: 'b.sql', text: 'SELECT 2'}]);
	expect(said.notes).toEqual([expect.stringContaining('judged as for 14')]);
	expect(formats.pretty(said)).toBe(`note: ${said.notes![0]}\n2 statements reviewed: 0 errors, 0 warnings, 0 infos\n`);
	expect(JSON.parse(formats.sarif(said)).runs[0].invocations[0].toolExecutionNotifications).toHaveLength(1);
	expect(review.notes).toBeUndefined();
});

test('json is the review itself', () => {
	expect(JSON.parse(formats.json(review))).toEqual(JSON.parse(JSON.stringify(review)));
});

test('sarif has the rules it refers to, levels it knows, and places from 1', () => {
	const document = JSON.parse(formats.sarif(review));
	expect(document).toMatchObject({version: '2.1.0', $schema: expect.stringContaining('sarif-2.1.0')});
	const [run] = document.runs;
	expect(run.columnKind).toBe('unicodeCodePoints');
	expect(run.results).toHaveLength(3);
	for (const result of run.results) {
		expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
		expect(['error', 'warning', 'note']).toContain(result.level);
		const {artifactLocation, region} = result.locations[0].physicalLocation;
		expect(artifactLocation.uri).toBe('file:///m/a%20b.sql');
		expect(Math.min(region.startLine, region.startColumn)).toBeGreaterThanOrEqual(1);
		expect(region.endLine ?? region.startLine).toBeGreaterThanOrEqual(region.startLine);
	}
	for (const rule of run.tool.driver.rules) expect(rule).toMatchObject({id: expect.any(String), shortDescription: {text: expect.any(String)}, help: {text: expect.any(String)}});
	expect(JSON.parse(formats.sarif(empty)).runs[0].results).toEqual([]);
});

test('github has one escaped line for each finding', () => {
	const lines = formats.github(review).trimEnd().split('\n');
	expect(lines.map(line => line.slice(0, line.indexOf('::', 2)))).toEqual([
		'::error file=/m/a b.sql,line=2,col=1,title=ban-drop-table',
		'::error file=/m/a b.sql,line=3,endLine=4,title=ban-drop-column',
		'::notice file=/m/a b.sql,line=4,col=7,title=prefer-text-field',
	]);
	expect(formats.github(empty)).toBe('');
});

test('gitlab has a severity, a place and a fingerprint of its own for each finding, which moving does not change', async () => {
	const issues = JSON.parse(formats.gitlab(review));
	expect(issues).toMatchObject([{severity: 'critical', location: {path: '/m/a b.sql', lines: {begin: 2}}}, {severity: 'critical'}, {severity: 'info'}]);
	expect(new Set(issues.map((issue: {fingerprint: string}) => issue.fingerprint)).size).toBe(3);
	const print = async (text: string) => JSON.parse(formats.gitlab(await reviewSql({text, enabled: ['ban-drop-table']})))[0].fingerprint;
	expect(await print('DROP TABLE t;')).toBe(await print('\n\nDROP TABLE t;'));
});

test('what stands in a plan\'s SQL is shown to a code host at the operation of the migration that writes it', async () => {
	const sql = '-- Running upgrade  -> a1\nDROP TABLE t;';
	const operation = {op: 'drop_table', on: 'op', line: 12, endLine: 13, arguments: ['t'], keywords: {}, autocommit: false, loop: false, sql: null};
	const upgrade = {defined: true, empty: false, raises: false, line: 11, endLine: 13, operations: [operation], binds: [], autocommit: []};
	const facts: ReadableFacts = {file: 'versions/a1.py', sha256: '', revision: 'a1', down: [], docstring: '', message: '', imports: [], upgrade, downgrade: upgrade, suspects: []};
	const traced = await reviewSql({text: sql, origins: traceOrigins(sql, [facts]), enabled: ['ban-drop-table'], pgVersion: 15});
	expect(formats.github(traced)).toMatch(/^::error file=versions\/a1\.py,line=12,endLine=13,title=ban-drop-table::/);
	expect(JSON.parse(formats.gitlab(traced))[0].location).toEqual({path: 'versions/a1.py', lines: {begin: 12, end: 13}});
	expect(JSON.parse(formats.sarif(traced)).runs[0].results[0].locations[0].physicalLocation).toEqual({artifactLocation: {uri: 'versions/a1.py'}, region: {startLine: 12, startColumn: 1, endLine: 13}});
	expect(formats.junit(traced)).toContain('file="versions/a1.py" line="12"');
	expect(formats.markdown(traced)).toContain('## versions/a1.py');
	expect(formats.pretty(traced)).toContain('--> SQL:2:1 (revision a1, a1.py:12)\n2 | DROP TABLE t;\n  | ^');
});

test('junit is well-formed XML whose counts are right', () => {
	const xml = formats.junit(review);
	expect(unbalanced(xml)).toBe('');
	expect(xml).toContain('tests="3" failures="2"');
	expect(xml.match(/<failure /g)).toHaveLength(2);
	expect(xml).toContain('&quot;a&lt;b&amp;c');
	expect(formats.junit(empty)).toContain('tests="1" failures="0"');
});

test('markdown quotes names so that they stay text', () => {
	const text = formats.markdown(review);
	expect(text).toContain('**error** `ban-drop-table`, line 2, column 1: Dropping "a\\<b&c""\\|\\`d" loses its rows for good.');
	expect(text).toContain('```sql\n  DROP TABLE');
	expect(formats.markdown(empty)).toBe('# SQL review\n\n1 statement reviewed: 0 errors, 0 warnings, 0 infos.\n');
});

/** What is left of an XML text once matching tags and escaped text are taken away: nothing. */
function unbalanced(xml: string): string {
	let text = xml.replace(/^<\?xml[^>]*\?>/, '').replaceAll(/&(?:amp|lt|gt|quot|#10);/g, '');
	const element = /<([a-z-]+)(?: [a-z]+="[^"<&]*")*(?:\/>|>[^<>&]*<\/\1>)/g;
	while (element.test(text)) text = text.replaceAll(element, '');
	return text.trim();
}
