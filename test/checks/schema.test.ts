/** Checks of Alembic's answers, the SQL and the schema's compatibility. */
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {alembicCheck} from '../../source/checks/alembic-check.ts';
import {alembicCurrent} from '../../source/checks/alembic-current.ts';
import {alembicHistory} from '../../source/checks/alembic-history.ts';
import {alembicSql} from '../../source/checks/alembic-sql.ts';
import {compatApi} from '../../source/checks/compat-api.ts';
import {compatApplication} from '../../source/checks/compat-application.ts';
import {compatNewColumns} from '../../source/checks/compat-new-columns.ts';
import {compatNotNull} from '../../source/checks/compat-not-null.ts';
import {compatRenames} from '../../source/checks/compat-renames.ts';
import {reviewSql} from '../../source/checks/review-sql.ts';
import {schemaColumnTypes} from '../../source/checks/schema-column-types.ts';
import {schemaConstraintNames} from '../../source/checks/schema-constraint-names.ts';
import type {ApplicationRun} from '../../source/journal/shapes/rehearsal.ts';
import {readStatements} from '../../source/checks/statements.ts';
import {cases} from './cases.ts';
import {folder, look, migration, upgradeSql, type Given} from './look.ts';
import {openShop, type Shop} from './shop.ts';

let shop: Shop;
beforeAll(async () => {
	shop = await openShop();
});
afterAll(async () => shop.close());
const live = (given: Given) => () => ({session: shop.session, ...given});

const nothingPending: Given = {plan: {revisions: [], from: ['b2'], to: ['b2']}, script: ''};
const ran = {seconds: 1, locks: [], rewrote: [], scanned: [], rows: null, walBytes: null};
const withoutSql = {...migration, revision: 'c3', sql: false, reason: 'line 7: it asks the database'};

cases(alembicCheck, {
	'clean on the rehearsed copy': {given: {rehearsal: {}}, answers: 'passed', words: /On the rehearsed database at head/},
	'differences on the copy': {given: {rehearsal: {check: {clean: false, differences: ['column items.extra is in the models but not in the database']}}}, answers: 'failed', words: /finds 1 difference: column items\.extra/},
	'behind, and not rehearsed: the target can\'t answer': {given: {}, answers: 'open', words: /no rehearsal of this plan yet/},
	'at head, asked of the target itself': {given: {database: {rows: ['b2'], upToDate: true, differences: {answer: 'same', found: []}}}, answers: 'passed', words: /target is at head \(b2\)/},
	'at head and different': {given: {database: {rows: ['b2'], upToDate: true, differences: {answer: 'different', found: [{kind: 'add_table', object: 'table x', text: 'table x is in the models but not in the database'}]}}}, answers: 'failed', words: /table x/},
	'no models': {given: {context: {targetMetadata: false}}, answers: 'not-applicable', words: /no target_metadata/},
	'the path ends before the head': {given: {rehearsal: {}, graph: {heads: ['c3']}}, answers: 'not-applicable', words: /ends at b2, before the head c3/},
});

cases(alembicSql, {
	'whole': {given: {}, answers: 'passed', words: /1 statement for 1 revision, sha256 [0-9a-f]{12}/},
	'another file than was planned': {given: {plan: {sqlSha256: '0'.repeat(64)}}, answers: 'failed', words: /is not the one that was planned/},
	'the file is gone': {given: {plan: {sql: '/nowhere.sql'}}, answers: 'failed', words: /can't be read any more/},
	'it never arrives at the target': {given: {plan: {to: ['z9']}}, answers: 'failed', words: /never writes z9 into the version table/},
	'one revision without SQL': {given: {plan: {revisions: [migration, withoutSql]}}, answers: 'failed', words: /can't write the SQL of c3 \(line 7: it asks the database\): rehearse/},
	'one without SQL, as rehearsed': {given: {plan: {revisions: [migration, withoutSql]}, rehearsal: {statements: [{...ran, sql: 'UPDATE items SET name = %(name)s', revision: 'c3'}]}}, answers: 'warned', words: /c3 \(line 7.*taken from the rehearsal/},
	'the rehearsal ran just these': {given: {rehearsal: {unpromised: []}}, answers: 'passed', words: /the rehearsal ran just these/},
	'the rehearsal ran something else': {given: {rehearsal: {unpromised: ['b2: ran, and --sql does not have it: DELETE FROM items']}}, answers: 'warned', words: /In 1 place the rehearsal ran otherwise than the SQL says: b2: ran, .*DELETE FROM items/},
	'different each time': {given: {plan: {unstable: ['SQL of revision b2']}}, answers: 'warned', words: /comes out differently each time/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /No migration is pending/},
});

cases(reviewSql, {
	'nothing to say': {given: {sql: 'CREATE TABLE fresh (id bigint PRIMARY KEY);'}, answers: 'passed', words: /No error and no warning in \d statements? .*SQL with sha256 [0-9a-f]{12}/},
	'an error': {given: {sql: 'ALTER TABLE items ADD COLUMN status text NOT NULL;'}, answers: 'failed', words: /error.*adding-required-field in b2/},
	'data that is lost': {given: {sql: 'DROP SEQUENCE numbers;'}, answers: 'warned', words: /1 statement that loses data .*DROP SEQUENCE numbers.*For a person: read it and attest/},
	'SQL that is none': {given: {sql: 'ALTER TABEL items;'}, answers: 'failed', words: /syntax-error/},
	'a revision that only the rehearsal shows': {given: {sql: 'CREATE TABLE fresh (id bigint PRIMARY KEY);', plan: {revisions: [migration, withoutSql]}, rehearsal: {statements: [1, 2, 3].map(id => ({...ran, sql: `UPDATE items SET name = 'n${id}' WHERE id = ${id}`, revision: 'c3'}))}}, answers: 'warned', words: /For a person: c3 has no offline SQL to be reviewed/},
	'a revision that was not read': {given: {sql: 'CREATE TABLE fresh (id bigint PRIMARY KEY);', plan: {revisions: [withoutSql]}}, answers: 'open', words: /c3 has no offline SQL/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /No migration is pending/},
});

const typed = 'items.name: the database has VARCHAR(20), the models TEXT()';
cases(schemaColumnTypes, {
	'as the models': {given: {rehearsal: {}}, answers: 'passed', words: /every column has the type of its model/},
	'another type on the copy': {given: {rehearsal: {check: {clean: false, differences: [typed]}}}, answers: 'failed', words: /VARCHAR\(20\), the models TEXT/},
	'another type on the target': {given: {database: {upToDate: true, differences: {answer: 'different', found: [{kind: 'modify_type', object: 'column items.name', text: typed}]}}}, answers: 'failed', words: /On the target: items\.name/},
	'only another difference on the target': {given: {database: {upToDate: true, differences: {answer: 'different', found: [{kind: 'add_column', object: 'column items.x', text: 'x is missing'}]}}}, answers: 'passed', words: /every column has the type/},
	'before the head, and nothing is another': {given: {plan: {to: ['b1']}, rehearsal: {check: {clean: false, differences: ['column items.later is in the models but not in the database']}}}, answers: 'passed', words: /at b1 and so before the head, every column has the type of its model/},
	'before the head, and one is another': {given: {plan: {to: ['b1']}, rehearsal: {check: {clean: false, differences: [typed]}}}, answers: 'warned', words: /For a person: .*VARCHAR\(20\), the models TEXT.*\. Say whether the later revisions bring it/},
	'types are not compared': {given: {rehearsal: {}, context: {compareType: false}}, answers: 'warned', words: /switches compare_type off/},
	'not rehearsed': {given: {}, answers: 'open', words: /no rehearsal/},
	'no models': {given: {context: {targetMetadata: false}}, answers: 'not-applicable', words: /no target_metadata/},
});

const convention = {context: {namingConvention: {uq: 'uq_%(table_name)s_%(column_0_name)s', ix: 'ix_%(column_0_label)s'}}};
cases(schemaConstraintNames, {
	'as the convention says': {given: {...convention, sql: 'ALTER TABLE items ADD CONSTRAINT uq_items_name UNIQUE (name); CREATE INDEX ix_items_note ON items (note);'}, answers: 'passed', words: /2 new names follow the convention: uq_items_name and ix_items_note/},
	'another name': {given: {...convention, sql: 'ALTER TABLE items ADD CONSTRAINT unique_name UNIQUE (name);'}, answers: 'failed', words: /unique_name on items is not as the convention says \(\^uq_items_\.\+\$\)/},
	'no name, though there is a convention': {given: {...convention, sql: 'ALTER TABLE items ADD UNIQUE (name);'}, answers: 'failed', words: /an unnamed unique on items/},
	'longer than 63 bytes': {given: {sql: `CREATE INDEX ix_${'x'.repeat(70)} ON items (name);`}, answers: 'failed', words: /73 bytes, and PostgreSQL cuts it after 63/},
	'holdpoint.yaml comes first': {given: {...convention, settings: {naming: {ix: '^idx_'}}, sql: 'CREATE INDEX ix_items_note ON items (note);'}, answers: 'failed', words: /ix_items_note on items is not as the convention says \(\^idx_\)/},
	'no convention': {given: {sql: 'CREATE INDEX anything ON items (note);'}, answers: 'warned', words: /no convention to hold it against/},
	'nothing new': {given: {sql: 'ALTER TABLE items ADD COLUMN status text;'}, answers: 'not-applicable', words: /no new constraint and no new index/},
});

cases(compatNewColumns, {
	'nullable or with a default': {given: {sql: "ALTER TABLE items ADD COLUMN status text; ALTER TABLE items ADD COLUMN n int DEFAULT 0 NOT NULL;"}, answers: 'passed', words: /items\.status is nullable and items\.n has a default/},
	'required': {given: {sql: 'ALTER TABLE items ADD COLUMN status text NOT NULL;'}, answers: 'failed', words: /items\.status is NOT NULL without a default/},
	'required by a later statement': {given: {sql: 'ALTER TABLE items ADD COLUMN status text; UPDATE items SET status = \'x\'; ALTER TABLE items ALTER COLUMN status SET NOT NULL;'}, answers: 'failed', words: /items\.status is NOT NULL/},
	'the default is taken away again': {given: {sql: "ALTER TABLE items ADD COLUMN status text DEFAULT 'x' NOT NULL; ALTER TABLE items ALTER COLUMN status DROP DEFAULT;"}, answers: 'failed', words: /items\.status/},
	'of a new table': {given: {sql: 'CREATE TABLE fresh (id int); ALTER TABLE fresh ADD COLUMN x int NOT NULL;'}, answers: 'not-applicable', words: /no column to a table that is in use/},
	'in a revision that nobody has seen': {given: {sql: 'ALTER TABLE items ADD COLUMN status text;', plan: {revisions: [withoutSql]}}, answers: 'open', words: /holdpoint rehearse/},
});

cases(compatRenames, {
	'none': {given: {sql: 'ALTER TABLE items ADD COLUMN status text; ALTER INDEX a RENAME TO b;'}, answers: 'passed', words: /None of 2 statements renames/},
	'a column': {given: {sql: 'ALTER TABLE items RENAME COLUMN name TO title;'}, answers: 'failed', words: /Column items\.name becomes title/},
	'a table': {given: {sql: 'ALTER TABLE items RENAME TO goods;'}, answers: 'failed', words: /Table items becomes goods/},
	'into another schema': {given: {sql: 'ALTER TABLE items SET SCHEMA old;'}, answers: 'failed', words: /moves to the schema old/},
	'in disguise': {given: {sql: 'ALTER TABLE items ADD COLUMN title text; ALTER TABLE items DROP COLUMN name;'}, answers: 'warned', words: /items\.name is dropped and title added/},
});

const setNotNull = (table: string, column: string) => live({sql: `ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL;`});
cases(compatNotNull, {
	'none': {given: live({}), answers: 'passed', words: /No statement of the plan makes an existing column NOT NULL/},
	'with NULLs in it': {given: setNotNull('items', 'note'), answers: 'failed', words: /items\.note holds NULLs now/},
	'with rows and no NULL': {given: setNotNull('events', 'kind'), answers: 'warned', words: /events\.kind belongs to a table with rows, none of them NULL now/},
	'of an empty table': {given: setNotNull('nothing', 'word'), answers: 'passed', words: /nothing\.word is NOT NULL already, or of an empty table/},
	'that is not there': {given: setNotNull('items', 'gone'), answers: 'failed', words: /no column items\.gone/},
});

test('a search for NULLs that takes too long is given up with a sentence', async () => {
	const session = {...shop.session, query: async (text: string, values?: unknown[]) => shop.session.query(text.startsWith('SELECT EXISTS') ? 'SELECT pg_sleep(5)' : text, values)} as typeof shop.session;
	await shop.session.query('SET statement_timeout = 50');
	await expect(compatNotNull.run(await look({...setNotNull('events', 'kind')(), session}))).rejects.toThrow(/Looking for a NULL in events\.kind took too long/);
	await shop.session.query('SET statement_timeout = 10000');
});

const all: Given['settings'] = {compatibility: {old: ['test'], new: ['test'], api: ['ask']}};
/** As the rehearsal ran them; by default the released application on the new schema, well. */
const tried = (...runs: Partial<ApplicationRun>[]): Given => ({
	settings: all, rehearsal: {compatibility: {applications: runs.map(run => ({which: 'old', schema: 'new', argv: ['test'], exit: 0, seconds: 1, output: 'fine', ok: true, reason: 'ended with exit code 0', ...run}))}},
});
const asked = (api: string[] | undefined, ...runs: Partial<ApplicationRun>[]): Given => {
	const given = tried(...runs.map(run => ({which: 'api' as const, ...run})));
	return {...given, rehearsal: {compatibility: {...given.rehearsal!.compatibility!, ...(api && {api})}}};
};
cases(compatApplication, {
	'both tested': {given: tried({}, {schema: 'old', which: 'new'}), answers: 'passed', words: /tests of the released application pass .* those of the new one on the old\.$/},
	'the old one breaks': {given: tried({ok: false, exit: 3, reason: 'ended with exit code 3'}, {schema: 'old', which: 'new'}), answers: 'failed', words: /the released application on the new schema ended with exit code 3/},
	'only one tested': {given: {...tried({}), settings: {compatibility: {old: ['test'], new: null, api: null}}}, answers: 'warned', words: /only the released application on the new schema was tested/},
	'there was no old schema to test on': {given: tried({}), answers: 'warned', words: /the new application on the old schema could not be tested/},
	'configured and not rehearsed': {given: {settings: all}, answers: 'open', words: /runs on the rehearsed copy, and there is no rehearsal of this plan yet/},
	'configured since the rehearsal': {given: {settings: all, rehearsal: {}}, answers: 'open', words: /the rehearsal of this plan was without it/},
	'a statement of the users breaks': {given: {rehearsal: {compatibility: {applications: [], statements: {planned: 4, broken: [{query: 'SELECT note\n FROM items WHERE id = $1', calls: 1204, problem: 'column "note" does not exist (42703)'}], unclear: []}}}}, answers: 'failed', words: /1 statement of the target's users fails: column "note" does not exist \(42703\), 1,204 calls: SELECT note FROM items WHERE id = \$1/},
	'there are no statements to ask': {given: {rehearsal: {compatibility: {applications: [], statements: {planned: 0, broken: [], unclear: [], missing: 'pg_stat_statements is not installed'}}}}, answers: 'warned', words: /For a person/},
	'none: the changes for a person': {given: {sql: 'ALTER TABLE items DROP COLUMN note;'}, answers: 'warned', words: /For a person: 1 change that the released application may notice: column items\.note is dropped/},
});

cases(compatApi, {
	'the same answer': {given: asked([], {schema: 'old'}, {schema: 'new'}), answers: 'passed', words: /answers on the new schema as on the old \(1 line\)/},
	'another answer': {given: asked(['- {"id":1}', '+ {"id":1,"note":null}'], {schema: 'old'}, {schema: 'new'}), answers: 'failed', words: /answers otherwise on the new schema: - \{"id":1\} and \+ \{"id":1,"note":null\}/},
	'no answer': {given: asked(undefined, {schema: 'old'}, {schema: 'new', ok: false, reason: 'ended with exit code 1'}), answers: 'failed', words: /the API on the new schema ended with exit code 1/},
	'asked only before an upgrade that failed': {given: asked(undefined, {schema: 'old'}), answers: 'warned', words: /did not come so far/},
	'not compared': {given: {}, answers: 'warned', words: /For a person: 1 change may show in responses: new column items\.status/},
});

cases(alembicCurrent, {
	'both readings and the plan agree': {given: live({}), answers: 'passed', words: /The database is at a1, read by Alembic and by holdpoint's own session/},
	'env.py reads another database': {given: live({current: ['z9']}), answers: 'failed', words: /env\.py reads z9, holdpoint's own session a1/},
	'someone moved it since the plan': {given: live({plan: {from: ['a0']}}), answers: 'failed', words: /is at a1, and the plan expects a0/},
	'unknown here': {given: live({database: {unknown: ['a1']}}), answers: 'failed', words: /a1, which no migration file here has/},
});

/** A repository with one committed migration. */
async function repository(): Promise<{project: string; file: string}> {
	const project = folder();
	const file = path.join(project, 'b2.py');
	writeFileSync(file, '"""add status"""\n');
	const git = async (...words: string[]) => execa('git', ['-C', project, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', ...words]);
	await git('init', '-q');
	await git('add', '.');
	await git('commit', '-qm', 'add status');
	return {project, file};
}

const inRepository = (change: (file: string) => void) => async () => {
	const {project, file} = await repository();
	change(file);
	return {settings: {project}, plan: {revisions: [{...migration, file}]}};
};
cases(alembicHistory, {
	'committed': {given: inRepository(() => {}), answers: 'passed', words: /1 revision from a1 to b2, all committed as they are here/},
	'changed since': {given: inRepository(file => writeFileSync(file, '"""another"""\n')), answers: 'warned', words: /1 file is not committed as here: b2\.py/},
	'without git': {given: () => ({settings: {project: folder()}}), answers: 'warned', words: /in no git repository.*For a person/},
	'a gap': {given: async () => ({...await inRepository(() => {})(), graph: {revisions: [{...graphOf('b2'), down: ['lost']}, graphOf('a1')]}}), answers: 'failed', words: /gap before b2/},
	'nothing between': {given: nothingPending, answers: 'not-applicable', words: /no history between them/},
});

test('the history names author and commit of each file', async () => {
	const {project, file} = await repository();
	const result = await alembicHistory.run(await look({settings: {project}, plan: {revisions: [{...migration, file}]}}));
	expect(result.evidence[0]!.body).toMatch(/a1 → b2: add status\n {2}b2\.py, sha256 f{12}, [0-9a-f]{7,} by Ann on \d{4}-/);
});

test('the statements of a script know their revision, line and transaction', async () => {
	const script = upgradeSql('COMMIT;\n\nCREATE INDEX CONCURRENTLY i ON items (name);\n\nBEGIN;\n\nSELECT 1;');
	const {statements, unseen} = await readStatements(await look({script}));
	expect(statements.map(({revision, line, transaction}) => ({revision, line, transaction}))).toEqual([{revision: 'b2', line: 7, transaction: false}, {revision: 'b2', line: 11, transaction: true}]);
	expect(unseen).toEqual([]);
	const looped = await readStatements(await look({plan: {revisions: [migration, withoutSql]}, rehearsal: {statements: [1, 2, 3].map(id => ({...ran, sql: `UPDATE items SET name = 'n' WHERE id = ${id}`, revision: 'c3'}))}}));
	expect(looped.statements.filter(each => each.revision === 'c3').map(each => each.text), 'a loop counts once').toEqual(["UPDATE items SET name = 'n' WHERE id = 1"]);
});

function graphOf(id: string) {
	return {revision: id, down: [] as string[], dependsOn: [], labels: [], doc: '', docstring: '', file: `/${id}.py`, sha256: '', head: false, branchPoint: false, mergePoint: false};
}
