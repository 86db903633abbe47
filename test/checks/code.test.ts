/** Checks that read the code, on facts of real files and, for sizes of tables, a real database. */
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {codeConcurrently} from '../../source/checks/code-concurrently.ts';
import {codeDocstring} from '../../source/checks/code-docstring.ts';
import {codeDowngradeReverses} from '../../source/checks/code-downgrade-reverses.ts';
import {codeNoHardcodedValues} from '../../source/checks/code-no-hardcoded-values.ts';
import {codeRevisions} from '../../source/checks/code-revisions.ts';
import {codeUpgradeComplete} from '../../source/checks/code-upgrade-complete.ts';
import {revisionFile} from '../servers.ts';
import {cases} from './cases.ts';
import {openShop, type Shop} from './shop.ts';
import {defaultSettings, folder, look, rehearsed} from './look.ts';
import {readMigrations, type Migrations} from './migrations.ts';

let files: Migrations;
let shop: Shop;

beforeAll(async () => {
	const add = ["op.add_column('items', sa.Column('status', sa.Text))"];
	const drop = ["op.drop_column('items', 'status')"];
	files = await readMigrations({
		good: revisionFile({revision: 'good', doc: 'Add a status to items, for the new checkout.', upgrade: add, downgrade: drop}),
		silent: revisionFile({revision: 'silent', doc: '', upgrade: add, downgrade: drop}),
		wip: revisionFile({revision: 'wip', doc: 'wip', upgrade: add, downgrade: drop}),
		a1_add_status_to_items: revisionFile({revision: 'slug', doc: 'add_status_to_items', upgrade: add, downgrade: drop}),
		empty: revisionFile({revision: 'empty', upgrade: []}),
		one_way: revisionFile({revision: 'one_way', upgrade: add, downgrade: ['raise NotImplementedError()']}),
		no_way: revisionFile({revision: 'no_way', upgrade: add}),
		forgets: revisionFile({revision: 'forgets', upgrade: [...add, "op.create_index('ix_items_name', 'items', ['name'])"], downgrade: ["op.alter_column('items', 'name', nullable=True)"]}),
		leaks: revisionFile({revision: 'leaks', upgrade: ["op.execute(\"CREATE SUBSCRIPTION s CONNECTION 'postgresql://ann:secret@db.internal/shop' PUBLICATION p\")"], downgrade: drop}),
		word: revisionFile({revision: 'word', upgrade: ["op.execute(\"UPDATE flags SET environment = 'staging'\")"], downgrade: drop}),
		schema: revisionFile({revision: 'schema', upgrade: ["op.add_column('items', sa.Column('x', sa.Text), schema='reporting')"], downgrade: drop}),
	});
	shop = await openShop();
});
afterAll(async () => shop.close());

const facts = (...names: string[]) => () => ({facts: names.map(name => files.facts(name)), session: shop.session});

cases(codeDocstring, {
	'a purpose passes': {given: facts('good'), answers: 'passed', words: /1 migration on the path says its purpose: "Add a status to items, for the new checkout\."/},
	'none at all': {given: facts('good', 'silent'), answers: 'failed', words: /silent\.py has no docstring/},
	'a placeholder': {given: facts('wip'), answers: 'failed', words: /says only "wip"/},
	'the name of the file again': {given: facts('a1_add_status_to_items'), answers: 'failed', words: /repeats its file's name/},
	'nothing pending': {given: {facts: []}, answers: 'not-applicable', words: /No migration is pending/},
});

const several = {kind: 'several-heads' as const, message: 'The migrations have 2 heads: b2, c3.'};
cases(codeRevisions, {
	'one head and a path': {given: {}, answers: 'passed', words: /One head, b2; 1 revision on the path: a1 → b2/},
	'a missing file': {given: {graph: {problems: [{kind: 'missing-revision', message: 'Revision a0 is named and not there'}]}}, answers: 'failed', words: /a0 is named and not there\. Bring the missing file back/},
	'an id that the version table would cut': {given: {graph: {problems: [{kind: 'long-revision', message: 'The revision id x is too long.'}]}}, answers: 'failed', words: /Shorten it/},
	'two heads': {given: {graph: {heads: ['b2', 'c3'], problems: [several]}}, answers: 'warned', words: /2 heads \(b2, c3\)/},
	'a stamp that no file has': {given: {database: {unknown: ['dead']}}, answers: 'failed', words: /stamped with dead/},
});

cases(codeUpgradeComplete, {
	'rehearsed and clean': {given: () => ({...facts('good')(), rehearsal: {}}), answers: 'passed', words: /1 upgrade\(\) ran, and Alembic's comparison finds nothing missing/},
	'the models want more': {given: () => ({...facts('good')(), rehearsal: {check: {clean: false, differences: ['column items.extra is in the models but not in the database']}}}), answers: 'failed', words: /1 difference to the models is left: column items\.extra/},
	'does nothing': {given: facts('empty'), answers: 'failed', words: /upgrade\(\) does nothing in .*empty\.py/},
	'not rehearsed': {given: facts('good'), answers: 'open', words: /no rehearsal of this plan yet: run `holdpoint rehearse`/},
	'before the head, with nothing missing': {given: () => ({...facts('good')(), rehearsal: {}, graph: {heads: ['c3']}}), answers: 'passed', words: /nothing missing/},
	'before the head, what is missing may come later': {given: () => ({...facts('good')(), rehearsal: {check: {clean: false, differences: ['table reports is in the models but not in the database']}}, graph: {heads: ['c3']}}), answers: 'warned', words: /^For a person: .*table reports is in the models.*whether the later revisions bring it/},
	'the rehearsed upgrade failed': {given: () => ({...facts('good')(), rehearsal: {commands: [{argv: ['alembic', 'upgrade', 'b2'], exit: 1, seconds: 1, output: 'boom'}]}}), answers: 'failed', words: /`upgrade b2` ended with 1/},
});

cases(codeDowngradeReverses, {
	'rehearsed up, down, up': {given: () => ({...facts('good')(), rehearsal: {}}), answers: 'passed', words: /Rehearsed up, down and up/},
	'one-way': {given: facts('one_way'), answers: 'failed', words: /one_way is one-way: its downgrade\(\) raises/},
	'empty': {given: facts('no_way'), answers: 'failed', words: /downgrade\(\) of no_way does nothing/},
	'one operation is forgotten': {given: facts('forgets'), answers: 'failed', words: /forgets never takes back its add_column in line \d+ and forgets never takes back its create_index/},
	'the schema is not as before': {given: () => ({...facts('good')(), rehearsal: {schema: {afterDowngrade: [{object: 'type public.status', kind: 'extra', after: "enum 'a'"}], afterSecondUpgrade: []}}}), answers: 'failed', words: /type public\.status was left behind/},
	'not rehearsed': {given: facts('good'), answers: 'open', words: /no rehearsal/},
});

cases(codeNoHardcodedValues, {
	'nothing suspicious': {given: facts('good'), answers: 'passed', words: /Nothing in 1 migration file/},
	'a URL with a password, masked': {given: facts('leaks'), answers: 'failed', words: /leaks\.py:\d+ \((?!.*secret).*\)/},
	'a word that may be one': {given: facts('word'), answers: 'warned', words: /For a person: .*word\.py:\d+ \(environment: .*staging/},
	'a schema that the target does not have': {given: facts('schema'), answers: 'warned', words: /"reporting" does not exist on the target/},
	'nothing pending': {given: {facts: []}, answers: 'not-applicable', words: /No migration is pending/},
});

test('a password in alembic.ini fails only once git carries it', async () => {
	const directory = folder();
	const ini = path.join(directory, 'alembic.ini');
	writeFileSync(ini, '[alembic]\nsqlalchemy.url = postgresql://ann:secret@db/shop\n');
	const git = async (...words: string[]) => execa('git', ['-C', directory, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words]);
	await git('init', '-q');
	const view = await look({...facts('good')(), graph: {config: [{file: ini, sha256: 'x'}]}, settings: {project: directory}});
	expect((await codeNoHardcodedValues.run(view)).status).toBe('passed');
	await git('add', 'alembic.ini');
	expect(await codeNoHardcodedValues.run(view)).toMatchObject({status: 'failed', summary: expect.stringContaining('alembic.ini:2 (secret: a URL with a password, in a file that git tracks)')});
});

// `events` has 2000 rows and counts as large; `items` has 10.
const large = (sql: string) => async () => ({sql, session: shop.session, settings: {largeTableRows: 1000, project: (await defaultSettings()).project}});
const concurrently = (sql: string) => async () => ({...await large('')(), script: `BEGIN;\n\n-- Running upgrade a1 -> b2\n\nCOMMIT;\n\n${sql}\n\nBEGIN;\n\nUPDATE alembic_version SET version_num='b2' WHERE alembic_version.version_num = 'a1';\n\nCOMMIT;\n`});
cases(codeConcurrently, {
	'an index under a lock on a large table': {given: large('CREATE INDEX ix ON events (kind);'), answers: 'failed', words: /events: builds an index without CONCURRENTLY/},
	'the same on a small table': {given: large('CREATE INDEX ix ON items (name);'), answers: 'passed', words: /1 statement, none on a table of 1,000 rows/},
	'CONCURRENTLY outside a transaction': {given: concurrently('CREATE INDEX CONCURRENTLY ix ON events (kind);'), answers: 'passed', words: /1 statement on large tables/},
	'CONCURRENTLY inside a transaction': {given: large('CREATE INDEX CONCURRENTLY ix ON items (name);'), answers: 'failed', words: /inside a transaction, which PostgreSQL refuses \(25001\)/},
	'dropping an index, whose table only the database knows': {given: large('DROP INDEX events_kind;'), answers: 'failed', words: /events: drops an index without CONCURRENTLY/},
	'a foreign key that scans': {given: large('ALTER TABLE events ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES items (id);'), answers: 'failed', words: /add it NOT VALID/},
	'a table that the plan itself makes': {given: large('CREATE TABLE fresh (id int); CREATE INDEX ix ON fresh (id);'), answers: 'not-applicable', words: /of a table that is in use/},
	'a revision that nobody has seen': {given: async () => ({...await large('SELECT 1;')(), plan: {revisions: [{revision: 'c3', doc: '', file: '/c3.py', sha256: '', sql: false, reason: 'it asks the database'}]}}), answers: 'open', words: /revision c3 has no offline SQL\. .*holdpoint rehearse/},
	'that revision as rehearsed': {given: async () => ({...await large('SELECT 1;')(), plan: {revisions: [{revision: 'c3', doc: '', file: '/c3.py', sha256: '', sql: false}]}, rehearsal: {...rehearsed, statements: [{sql: 'CREATE INDEX ix ON events (kind)', revision: 'c3', seconds: 1, locks: [], rewrote: [], scanned: [], rows: null, walBytes: null}]}}), answers: 'failed', words: /c3, as rehearsed/},
});

test('the graph that Alembic reads from broken files fails', async () => {
	const {graph} = await readMigrations({b2: revisionFile({revision: 'b2', down: 'gone', upgrade: []})});
	expect(await codeRevisions.run(await look({graph}))).toMatchObject({status: 'failed', summary: expect.stringContaining('gone')});
});
