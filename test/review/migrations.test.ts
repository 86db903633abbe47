/** Findings on the Python of migrations, from facts that Python itself read in real files. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ReadableFacts} from '../../source/alembic/facts.ts';
import {valueOf} from '../../source/alembic/problem.ts';
import {readProject} from '../../source/alembic/reading.ts';
import {migrationRules} from '../../source/review/migration-rules/index.ts';
import {parsePythonIgnores} from '../../source/review/python-ignores.ts';
import {reviewMigrations} from '../../source/review/review-migrations.ts';
import {alembicProject, revisionFile, type AlembicProject} from '../servers.ts';
import {projectIn} from '../alembic/migrating.ts';
import {migrationCases} from './migration-cases.ts';

const list = Object.entries(migrationCases).flatMap(([rule, cases]) => cases.map(([upgrade, downgrade, expected], index) => ({rule, upgrade, downgrade, expected, index})));
const revisionOf = (at: number) => `r${String(at).padStart(3, '0')}`;
let files: AlembicProject;
let facts: ReadableFacts[];
let texts: Map<string, string>;

beforeAll(async () => {
	const revisions = Object.fromEntries(list.map(({upgrade, downgrade}, at) => [`${revisionOf(at)}.py`, revisionFile({revision: revisionOf(at), down: at === 0 ? null : revisionOf(at - 1), upgrade, downgrade})]));
	files = await alembicProject({url: 'postgresql://nobody@127.0.0.1:1/x', revisions, models: 'metadata = None\n\n\nclass Order:\n    pass\n'});
	facts = valueOf((await readProject(projectIn(files.directory), {facts: true})).facts) as ReadableFacts[];
	texts = new Map(await Promise.all(facts.map(async ({file}) => [file, await readFile(file, 'utf8')] as const)));
}, 60_000);
afterAll(async () => files.remove());

for (const rule of Object.keys(migrationCases)) {
	describe(rule, () => {
		test.each(list.map((each, at) => ({...each, at})).filter(each => each.rule === rule))('$index: $upgrade → $expected', ({at, expected}) => {
			const own = facts.find(({revision}) => revision === revisionOf(at))!;
			const findings = reviewMigrations([own], {enabled: [rule], readText: file => texts.get(file)});
			expect(findings.map(({line}) => texts.get(own.file)!.split('\n')[line - 1]!.trim())).toEqual(expected);
			for (const finding of findings) expect(finding).toMatchObject({rule, file: own.file, revision: revisionOf(at)});
		});
	});
}

test('every rule about migrations has six cases and more, and is in the file of its name', async () => {
	const thin = migrationRules.filter(({id}) => id !== 'non-linear-history' && ((migrationCases[id]?.length ?? 0) < 6 || migrationCases[id]!.every(([,, expected]) => expected.length > 0)));
	expect(thin.map(({id}) => id)).toEqual([]);
	for (const {id} of migrationRules) await expect(readFile(path.join(import.meta.dirname, `../../source/review/migration-rules/${id}.ts`), 'utf8')).resolves.toContain(`id: '${id}'`);
});

test('a secret is in no part of any finding', () => {
	const said = JSON.stringify(reviewMigrations(facts, {enabled: 'all', readText: file => texts.get(file)}));
	expect(said).toContain('hard-coded-secret');
	for (const secret of ['hunter22', 'AKIA', 'sk_live']) expect(said).not.toContain(secret);
});

test('two migrations on top of one are told once, unless they are merged', () => {
	const at = (revision: string, ...down: string[]): ReadableFacts => ({...facts[0]!, file: `${revision}.py`, revision, down, suspects: [], imports: []});
	const found = (...all: ReadableFacts[]) => reviewMigrations(all, {enabled: ['non-linear-history']}).map(({revision, message}) => `${revision}: ${message}`);
	expect(found(at('a'), at('b', 'a'), at('c', 'b'))).toEqual([]);
	expect(found(at('b', 'a'), at('c', 'a'))).toEqual(['c: c and b both come right after a.']);
	expect(found(at('b', 'a'), at('c', 'a'), at('m', 'b', 'c'))).toEqual([]);
	expect(found(at('b', 'a'), at('b2', 'b'), at('c', 'a'), at('m', 'b2', 'c'))).toEqual([]);
	expect(found(at('a'), at('b'))).toEqual([]);
	expect(found(at('b', 'a'), at('c', 'a'), at('d', 'a'))).toEqual(['c: c and b both come right after a.', 'd: d and b both come right after a.']);
});

test('a file that does not parse is said not to be reviewed', () => {
	const [finding] = reviewMigrations([{file: 'x.py', sha256: '', problem: {kind: 'broken-file', message: 'x.py has a syntax error in line 3: invalid syntax', line: 3}}]);
	expect(finding).toMatchObject({rule: 'not-reviewed', level: 'warning', file: 'x.py', line: 3});
});

const python = `"""Docstring with # holdpoint: ignore ban-drop-table -- no comment
"""
revision: str = 'b2'
text = '# holdpoint: ignore ban-drop-table -- no comment either'

def upgrade():
    # holdpoint: ignore ban-drop-table, ban-drop-cascade -- empty since May
    op.drop_table('t')  # holdpoint: ignore autocommit-block-missing -- é 🐘
    x = 'it\\'s'  # holdpoint: please
`;

test('ignore comments of Python: only comments, with the revision of their file', () => {
	expect(parsePythonIgnores(python, 'b2.py')).toEqual([
		{rules: ['ban-drop-table', 'ban-drop-cascade'], reason: 'empty since May', revision: 'b2', file: 'b2.py', line: 7, column: 5},
		{rules: ['autocommit-block-missing'], reason: 'é 🐘', revision: 'b2', file: 'b2.py', line: 8, column: 25},
		{rules: [], reason: '', revision: 'b2', file: 'b2.py', line: 9, column: 18},
	]);
	expect(parsePythonIgnores('x = 1', 'x.py')).toEqual([]);
	expect(parsePythonIgnores('x = """never closed # holdpoint: ignore a -- b', 'x.py')).toEqual([]);
});

test('an ignore silences a finding at its operation, and one that silences nothing is told', () => {
	const own = facts.find(each => reviewMigrations([each], {enabled: ['autocommit-block-missing']}).length > 0)!;
	const [finding] = reviewMigrations([own], {enabled: ['autocommit-block-missing']});
	const ignore = (line: number, reason = 'known') => [{rules: ['autocommit-block-missing'], reason, file: own.file, line, column: 1}];
	const review = (ignores: ReturnType<typeof ignore>) => reviewMigrations([own], {enabled: ['autocommit-block-missing'], ignores}).map(({rule}) => rule);
	expect(review(ignore(finding!.line - 1))).toEqual([]);
	expect(review(ignore(finding!.line))).toEqual([]);
	expect(review(ignore(1))).toEqual(['unused-ignore', 'autocommit-block-missing']);
	expect(review(ignore(finding!.line, ''))).toEqual(['autocommit-block-missing', 'ignore-without-reason']);
});
