/** The review's throughput. */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {median, type Section} from './figures.ts';
import {runHoldpoint, type Site} from './site.ts';

const statements = 10_000;

export async function benchReview(site: Site, {quick, say}: {quick: boolean; say: (text: string) => void}): Promise<Section> {
	const rounds = quick ? 3 : 7;
	const project = await site.project('reviewed');
	const kinds = [
		(n: number) => `ALTER TABLE shop.orders_${n} ADD COLUMN note_${n} text;`, (n: number) => `CREATE INDEX CONCURRENTLY i_${n} ON shop.orders_${n} (customer_id, at);`,
		(n: number) => `ALTER TABLE orders_${n} ADD CONSTRAINT fk_${n} FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;`, (n: number) => `UPDATE orders_${n} SET note_${n} = 'x' WHERE id BETWEEN 1 AND 1000;`,
		(n: number) => `CREATE TABLE made_${n} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);`,
	];
	const [file, small] = [path.join(site.folder, 'many.sql'), path.join(site.folder, 'one.sql')];
	await writeFile(file, Array.from({length: statements}, (_, n) => kinds[n % kinds.length]!(n)).join('\n'));
	await writeFile(small, kinds[0]!(1));
	const squawk = (await execa('squawk', ['--version'], {reject: false})).exitCode === 0;
	const times: Record<'many' | 'one' | 'squawk', number[]> = {many: [], one: [], squawk: []};
	for (let round = 0; round < rounds; round++) {
		say(`round ${round + 1} of ${rounds}`);
		times.one.push((await runHoldpoint(site, project, ['review', small, '--json'])).seconds);
		times.many.push((await runHoldpoint(site, project, ['review', file, '--json'])).seconds);
		if (!squawk) continue;
		const started = performance.now();
		await execa('squawk', [file], {reject: false, maxBuffer: 500_000_000});
		times.squawk.push((performance.now() - started) / 1000);
	}
	const [one, many] = [median(times.one), median(times.many)];
	return {
		title: 'SQL review',
		method: `${statements.toLocaleString('en')} statements of five kinds in one file, every finding written as JSON, ${rounds} rounds, medians. A file of one statement is the start-up: Node, the program, PostgreSQL's parser.`,
		columns: ['what', 's', 'statements/s'],
		rows: [['one statement', one, Number.NaN], [`${statements.toLocaleString('en')} statements`, many, statements / (many - one)], ...(squawk ? [['squawk, the same file', median(times.squawk), statements / median(times.squawk)]] : [])],
		verdicts: [
			{goal: '10,000 statements < 1 s after start-up', found: `${(many - one).toFixed(2)} s`, reached: many - one < 1},
			{goal: 'Start-up < 0.4 s', found: `${one.toFixed(2)} s`, reached: one < 0.4},
		],
	};
}
