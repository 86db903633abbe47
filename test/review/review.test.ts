/** The review as a whole: Alembic's scripts, configuration, one finding for one cause, nothing that breaks it. */
import {expect, test} from 'vitest';
import {reviewSchema} from '../../source/journal/shapes/review.ts';
import {explainRule, renderRulePage} from '../../source/review/explain.ts';
import {reviewFiles, reviewSql} from '../../source/review/review.ts';
import {rules} from '../../source/review/rules/index.ts';
import {clean, quiet, reviewText} from './report.ts';

const alembic = `BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 1a

CREATE TABLE orders (id BIGINT PRIMARY KEY);
INSERT INTO alembic_version (version_num) VALUES ('1a') RETURNING alembic_version.version_num;

-- Running upgrade 1a -> 2b

ALTER TABLE orders ADD COLUMN note TEXT;
COMMIT;
CREATE INDEX CONCURRENTLY ix ON orders (note);
BEGIN;
UPDATE alembic_version SET version_num='2b' WHERE alembic_version.version_num = '1a';

COMMIT;
`;

test('Alembic\'s offline SQL: its bookkeeping is no finding, its transactions are its own, revisions are named', async () => {
	expect(await reviewText(alembic)).toEqual(['alembic-non-atomic-revision@16:1']);
	const review = await reviewSql({text: `${alembic}-- Running downgrade 2b -> 1a\nALTER TABLE orders DROP COLUMN note;\nDROP INDEX ix;`, rules: {...quiet, 'alembic-non-atomic-revision': 'off'}});
	expect(review.findings.map(({rule, level, revision, lock, table}) => ({rule, level, revision, lock, table}))).toEqual([{rule: 'ban-drop-column', level: 'info', revision: '2b', lock: 'ACCESS EXCLUSIVE', table: 'orders'}]);
	expect(review.statements).toBe(12);
});

test.each([
	['ALTER TABLE t ADD COLUMN id bigserial PRIMARY KEY;', ['adding-serial-or-identity-column@1:26', 'prefer-identity@1:26']],
	['ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id);', ['adding-foreign-key-constraint@1:19', 'missing-fk-index@1:19']],
	['ALTER TABLE t ADD COLUMN a int UNIQUE;', ['disallowed-unique-constraint@1:26']],
	['ALTER TABLE t ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid();', ['adding-field-with-default@1:26']],
	['TRUNCATE t CASCADE;', ['ban-truncate-cascade@1:10']],
	['DROP SCHEMA s CASCADE;', ['ban-drop-schema@1:1']],
])('one finding for one cause: %s', async (text, expected) => {
	expect(await reviewText(text)).toEqual(expected);
});

test('the size of the table decides the level and is told', async () => {
	const knowledge = {tables: [{schema: 'public', name: 't', rows: 2_400_000, bytes: 1_288_490_189}]};
	const {findings: [finding]} = await reviewSql({text: 'UPDATE t SET a = 1;', enabled: ['dml-without-where'], knowledge});
	expect(finding).toMatchObject({level: 'error', message: 'UPDATE t without WHERE changes every row, in one transaction (about 2,400,000 rows, 1.2 GB).', lock: 'ROW EXCLUSIVE'});
});

test('the fix names what the statement names', async () => {
	const {findings: [finding]} = await reviewSql({text: 'CREATE INDEX ix ON shop.orders (a, b);', enabled: ['require-concurrent-index-creation']});
	expect(finding!.fix).toBe('-- outside a transaction\nCREATE INDEX CONCURRENTLY ix ON shop.orders (a, b);\nAlembic: with op.get_context().autocommit_block():\n    op.create_index("ix", "orders", ["a", "b"], postgresql_concurrently=True, if_not_exists=True, schema="shop")');
});

test('the configuration sets levels and switches rules off; a name that does not exist is refused', async () => {
	const {findings} = await reviewSql({text: 'DROP TABLE t;', rules: {'ban-drop-table': 'info'}});
	expect(findings.find(({rule}) => rule === 'ban-drop-table')?.level).toBe('info');
	expect(await clean('DROP TABLE t;', {rules: {'ban-drop-table': 'off'}})).toBe(true);
	await expect(reviewSql({text: '', rules: {'ban-drop-tabel': 'off'}})).rejects.toMatchObject({name: 'Refusal', exit: 2});
	await expect(reviewSql({text: '', rules: {'ban-drop-table': 'loud'}})).rejects.toMatchObject({name: 'Refusal', exit: 2});
});

test('each file is a migration of its own, and the sum is of the contract\'s shape', async () => {
	const review = await reviewFiles([{file: 'a.sql', text: 'CREATE TABLE t (a int);'}, {file: 'b.sql', text: 'CREATE INDEX ix ON t (a);'}], {enabled: ['require-concurrent-index-creation']});
	expect(reviewSchema.parse(review)).toEqual(review);
	expect(review).toMatchObject({statements: 2, findings: [{file: 'b.sql', statement: 1}], counts: {error: 1}});
});

test('a search path gives bare names their schema', async () => {
	expect(await clean('SET search_path = shop, public; CREATE TABLE t (a int); CREATE INDEX ix ON shop.t (a);')).toBe(true);
});

test('what is nested beyond reason, or huge, is said not to be reviewed', async () => {
	expect(await reviewText(`SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)};\nDROP TABLE t;`)).toEqual([expect.stringMatching(/^not-reviewed@1:/), 'ban-drop-table@2:1']);
	expect(await reviewText(`SELECT 1${' + 1'.repeat(60_000)};`)).toEqual(['not-reviewed@1:1']);
	expect(await reviewText(`INSERT INTO t VALUES ('${'x'.repeat(2_000_000)}');\nDROP TABLE t;`)).toEqual(['not-reviewed@1:1', 'ban-drop-table@2:1']);
});

test('ten thousand statements take at most some seconds of the processor, however busy the machine is', async () => {
	const text = 'ALTER TABLE t ADD COLUMN c text DEFAULT now();\nCREATE INDEX CONCURRENTLY ix ON t (c);\nUPDATE t SET c = 1 WHERE id = 3;\nCREATE TABLE f (id bigint PRIMARY KEY, x int REFERENCES p);\n'.repeat(2500);
	await clean('SELECT 1');
	const before = process.cpuUsage();
	expect((await reviewSql({text})).statements).toBe(10_000);
	expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
});

test('mutated SQL never breaks it, and each finding has a place inside the text', async () => {
	const seed = `${alembic}ALTER TABLE "Ü" ADD COLUMN a uuid DEFAULT gen_random_uuid();\nDO $$ DECLARE i int; BEGIN IF 1 = 1 THEN DROP TABLE "é"; END IF; EXECUTE 'DROP VIEW v'; EXECUTE format('%I', 'x'); UPDATE t SET a = 1; COMMIT; END $$;\nBEGIN; ALTER TABLE t RENAME TO u; CREATE VIEW t AS SELECT a AS b FROM u; COMMIT;\nCOPY t FROM stdin;\n1;'\n\\.\nSELECT E'\\'';`;
	const scraps = ['\'', '"', '$$', '$x$', '/*', '*/', '--', ';', '(', ')', '\\', '\n', '\0', '🐘', 'ALTER TABLE', 'NOT VALID', 'é', '\uD800', ',', 'CASCADE', '-- holdpoint: ignore x'];
	let state = 42;
	const random = (below: number) => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7F_FF_FF_FF;
		return state % below;
	};
	for (let round = 0; round < 300; round++) {
		let text = seed;
		for (let change = 0; change <= random(4); change++) {
			const at = random(text.length);
			const length = random(3) === 0 ? random(40) : 0;
			text = text.slice(0, at) + (random(2) === 0 ? scraps[random(scraps.length)]! : '') + text.slice(at + length);
		}
		const lines = text.split('\n');
		for (const {line, column, statement, message} of (await reviewSql({text, enabled: 'all'})).findings) {
			const inside = line >= 1 && line <= lines.length && column >= 1 && column <= [...lines[line - 1]!].length + 1 && statement >= 1;
			if (!inside) expect.fail(`${line}:${column} ${message}\n${JSON.stringify(text)}`);
			expect(message).not.toMatch(/could not judge/);
		}
	}
});

test('every rule explains itself, on a terminal and as a page', () => {
	for (const rule of rules) {
		expect(explainRule(rule.id)).toContain(rule.why);
		expect(renderRulePage(rule)).toContain(`# ${rule.id}\n`);
		expect([rule.says, rule.triggers, rule.why, rule.fix.sql].every(words => words.length > 3)).toBe(true);
	}
	expect(() => explainRule('drop-column')).toThrow(/near it: .*ban-drop-column/);
});
