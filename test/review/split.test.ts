/** Scripts are cut where PostgreSQL and psql would cut them, and places are told as an editor counts them. */
import {expect, test} from 'vitest';
import {Splitter} from '../../source/review/split.ts';
import {reviewSql} from '../../source/review/review.ts';
import {clean, reviewText} from './report.ts';

function pieces(text: string): string[] {
	const splitter = new Splitter(text);
	const found: string[] = [];
	for (let item = splitter.next(); item; item = splitter.next()) if (item.kind === 'statement') found.push(`${item.line}:${item.column} ${item.text}`);
	return found;
}

test.each([
	['SELECT 1; SELECT 2', ['1:1 SELECT 1', '1:11 SELECT 2']],
	[';;\n ; SELECT 1 ;;', ['2:4 SELECT 1']],
	['-- a; b\nSELECT 1 /* ; /* nested; */ ; */;\n', ['2:1 SELECT 1 /* ; /* nested; */ ; */']],
	['SELECT \'a;\'\'b\', "x;y", E\'\\\';\';SELECT 2', ['1:1 SELECT \'a;\'\'b\', "x;y", E\'\\\';\'', '1:31 SELECT 2']],
	['SELECT $$;$$, $a$ $$; $b$ $a$; SELECT 2', ['1:1 SELECT $$;$$, $a$ $$; $b$ $a$', '1:32 SELECT 2']],
	['SELECT a$b; SELECT $1;', ['1:1 SELECT a$b', '1:13 SELECT $1']],
	['\\restrict x;y\'\nSELECT 1;\n\\unrestrict x\n', ['2:1 SELECT 1']],
	['SELECT 1 \\gexec\nSELECT 2;', ['1:1 SELECT 1', '2:1 SELECT 2']],
	['COPY t FROM stdin;\n1\tit\'s;\n\\.\nSELECT 2;', ['1:1 COPY t FROM stdin', '4:1 SELECT 2']],
	['copy t (a) from STDIN with (format csv);\r\n";\r\n\\.\r\nSELECT 2;', ['1:1 copy t (a) from STDIN with (format csv)', '4:1 SELECT 2']],
	['COPY t FROM stdin;\nSELECT 2;', ['1:1 COPY t FROM stdin', '2:1 SELECT 2']],
	['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3', ['1:1 CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END', '1:95 SELECT 3']],
	['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3', ['1:1 CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)', '1:58 SELECT 3']],
	['\uFEFFSELECT 1', ['1:2 SELECT 1']],
	['', []],
	['-- nothing\n/* at all */', []],
])('%j', (text, expected) => {
	expect(pieces(text)).toEqual(expected);
});

test('columns count characters, whatever their bytes', async () => {
	expect(await reviewText('/* 🐘é */ ALTER TABLE "Ü🐘" DROP COLUMN é;\n\tDROP TABLE "日本";')).toEqual(['ban-drop-column@1:22', 'ban-drop-table@2:2']);
	const {findings} = await reviewSql({text: 'SELECT \'🐘é\' frm frm x'});
	expect(findings.map(({line, column, source}) => ({line, column, source}))).toEqual([{line: 1, column: 17, source: 'SELECT \'🐘é\' frm frm x'}]);
});

test.each([
	['one word wrong', 'SELEC 1;\nDROP TABLE t;', ['syntax-error@1:1', 'ban-drop-table@2:1']],
	['a quote too many swallows one line only', 'INSERT INTO t VALUES (\'it\'s\');\nDROP TABLE t;\nINSERT INTO t VALUES (\'x\');', ['syntax-error@1:27', 'ban-drop-table@2:1']],
	['a quote that never ends', 'SELECT \'a;\nDROP TABLE t;', ['syntax-error@1:8', 'ban-drop-table@2:1']],
	['a dollar quote that never ends', 'SELECT $x$ a;\nDROP TABLE t;', ['syntax-error@1:8', 'ban-drop-table@2:1']],
	['a parenthesis that never closes', 'SELECT (1;\nDROP TABLE t;', ['syntax-error@1:10', 'ban-drop-table@2:1']],
	['on a later line', 'DROP TABLE t;\n\nALTER TABLE t\n  ADD COLUM a int b;', ['ban-drop-table@1:1', 'syntax-error@4:15']],
	['a NUL character', 'SELECT \'\0\'; DROP TABLE t;', ['syntax-error@1:9', 'ban-drop-table@1:13']],
])('a syntax error is a finding with its place, and hides nothing else: %s', async (_, text, expected) => {
	expect(await reviewText(text)).toEqual(expected);
});

test('a quote that never ends does not hide that there was an error', async () => {
	expect(await reviewText('SELECT 1; SELECT \'a')).toEqual(['syntax-error@1:18']);
	expect(await clean('SELECT \'a;\n\'; SELECT 2;')).toBe(true);
});
