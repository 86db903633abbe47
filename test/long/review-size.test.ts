/** Fifty megabytes of SQL are reviewed in less than a gigabyte of memory. */
import path from 'node:path';
import {execa} from 'execa';
import {expect, test} from 'vitest';

const root = path.join(import.meta.dirname, '../..');

/** Peak resident memory, in MB, of a process that reviews what `text` writes. */
async function peakOf(text: string): Promise<{statements: number; findings: string[]; peak: number}> {
	const script = `
		const {reviewSql} = await import(${JSON.stringify(path.join(root, 'source/review/review.ts'))});
		const {statements, findings} = await reviewSql({text: ${text}});
		console.log(JSON.stringify({statements, findings: findings.map(({rule}) => rule), peak: process.resourceUsage().maxRSS / 1024}));`;
	const {stdout} = await execa(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script], {cwd: root});
	return JSON.parse(stdout) as Awaited<ReturnType<typeof peakOf>>;
}

test.each([
	['small statements', '"INSERT INTO t (id, a, b) VALUES (1, \'some text of a row, since data is long\', 2.5);\\n".repeat(625_000) + "DROP TABLE t;"', 625_001],
	['inserts of two megabytes', '("INSERT INTO t VALUES " + "(1, \'abc\'),".repeat(170_000) + "(1, \'x\');\\n").repeat(27) + "DROP TABLE t;"', 28],
	['data of COPY', '"COPY t FROM stdin;\\n" + "1\\tsome text\\t2\\n".repeat(3_600_000) + "\\\\.\\nDROP TABLE t;"', 2],
])('50 MB of %s', async (_, text, statements) => {
	const reviewed = await peakOf(text);
	expect(reviewed.statements).toBe(statements);
	expect(reviewed.findings).toContain('ban-drop-table');
	expect(reviewed.peak).toBeLessThan(1000);
}, 300_000);
