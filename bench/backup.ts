/** The backup against pg_dump as a person would call it, and against pg_dump told to compress alike. */
import {mkdir, readdir, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import type {Backup} from '../source/journal/shapes/backup.ts';
import {median, type Section} from './figures.ts';
import {runHoldpoint, type Site} from './site.ts';

const jobs = 2;

interface Taken {
	seconds: number;
	/** Of the dump's files, in MB. */
	size: number;
	/** Of holdpoint: what is before the dump begins and after it is proven, in seconds. */
	around: number;
}

/** What is compared, and whose `seconds` it is measured by at the same compression. */
const kinds = {
	custom: {says: '`pg_dump -Fc`, as the document has it', words: ['-Fc'], beside: null},
	plain: {says: `\`pg_dump -Fd -j ${jobs}\``, words: ['-Fd', '-j', String(jobs)], beside: null},
	fast: {says: `\`pg_dump -Fd -j ${jobs} -Z 3\``, words: ['-Fd', '-j', String(jobs), '-Z', '3'], beside: null},
	listed: {says: '`holdpoint backup --verify list`', words: ['--verify', 'list'], beside: 'fast'},
	read: {says: '`holdpoint backup`', words: [], beside: 'fast'},
	same: {says: '`holdpoint backup --verify list --compress 6`', words: ['--verify', 'list', '--compress', '6'], beside: 'plain'},
} as const;
type Kind = keyof typeof kinds;

/** One database, every kind of dump of it in turn. @returns the median of each */
async function measure(site: Site, {name, tables, rows, rounds, say}: {name: string; tables: number; rows: number; rounds: number; say: (text: string) => void}): Promise<Record<Kind, Taken>> {
	const project = await site.project(name);
	const client = await site.cluster.connect(name);
	for (let table = 0; table < tables; table++) await client.query(`CREATE TABLE t${table} AS SELECT g AS id, md5(g::text) AS name, now() AS at FROM generate_series(1, ${rows}) g`);
	// Else the first reader would pay for marking the rows as committed.
	await client.query('VACUUM');
	await client.query('CHECKPOINT');
	await client.end();
	const folder = path.join(site.folder, `${name}-plain`);
	await mkdir(folder);
	const {cluster} = site;
	const pgDump = async (words: readonly string[]): Promise<Taken> => {
		const file = path.join(folder, 'dump');
		const started = performance.now();
		await execa('pg_dump', ['-h', '127.0.0.1', '-p', String(cluster.port), '-U', cluster.superuser.name, '-d', name, ...words, '-f', file], {env: {PGPASSWORD: cluster.superuser.password}});
		const seconds = (performance.now() - started) / 1000;
		const size = await sizeOf(file);
		await rm(file, {recursive: true});
		return {seconds, size, around: Number.NaN};
	};
	const holdpoint = async (words: readonly string[]): Promise<Taken> => {
		const {seconds, stdout} = await runHoldpoint(site, project, ['backup', '--jobs', String(jobs), ...words, '--json']);
		const backup = JSON.parse(stdout) as Backup;
		await rm(backup.path, {recursive: true});
		return {seconds, size: backup.bytes / 1e6, around: seconds - (Date.parse(backup.finishedAt) - Date.parse(backup.startedAt)) / 1000};
	};
	const taken = Object.fromEntries(Object.keys(kinds).map(kind => [kind, []])) as unknown as Record<Kind, Taken[]>;
	for (let round = 0; round < rounds; round++) {
		say(`${tables} tables, round ${round + 1} of ${rounds}`);
		for (const [kind, {words, beside}] of Object.entries(kinds) as [Kind, (typeof kinds)[Kind]][]) taken[kind].push(await (beside === null ? pgDump : holdpoint)(words));
	}
	const middle = (of: Taken[]): Taken => ({seconds: median(of.map(each => each.seconds)), size: of[0]!.size, around: median(of.map(each => each.around))});
	return Object.fromEntries(Object.entries(taken).map(([kind, of]) => [kind, middle(of)])) as Record<Kind, Taken>;
}

async function sizeOf(file: string): Promise<number> {
	const found = await stat(file);
	if (found.isFile()) return found.size / 1e6;
	const sizes = await Promise.all((await readdir(file)).map(async name => (await stat(path.join(file, name))).size));
	return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
}

export async function benchBackup(site: Site, {quick, say}: {quick: boolean; say: (text: string) => void}): Promise<Section> {
	const rows = quick ? 200_000 : 1_000_000;
	const rounds = quick ? 1 : 3;
	const few = await measure(site, {name: 'dumped', tables: 4, rows, rounds, say});
	const many = await measure(site, {name: 'dumped_more', tables: 20, rows, rounds: 1, say});
	const lines = (tables: number, of: Record<Kind, Taken>) => (Object.keys(kinds) as Kind[]).map(kind => {
		const {says, beside} = kinds[kind];
		const {seconds, size, around} = of[kind];
		const dump = beside === null ? Number.NaN : of[beside].seconds;
		return [says, tables, size, seconds, seconds / of.plain.seconds, seconds / dump, around, seconds - around - dump];
	});
	const ratio = (kind: 'listed' | 'read' | 'same', of: Record<Kind, Taken>, to: Kind = 'plain') => of[kind].seconds / of[to].seconds;
	const found = (kind: 'listed' | 'read', to: Kind) => `${ratio(kind, few, to).toFixed(2)} × with 4 tables, ${ratio(kind, many, to).toFixed(2)} × with 20`;
	return {
		title: 'Backup',
		method: `Tables of ${rows.toLocaleString('en')} rows: 4 of them, ${rounds === 1 ? 'one round' : `${rounds} rounds in turn, medians`}, and 20 of them, one round; ${jobs} jobs. holdpoint compresses by gzip:3 unless it is told otherwise, pg_dump by gzip:6: so there is a pg_dump at holdpoint's level, and a holdpoint at pg_dump's. holdpoint's times are those of the whole command. "Around" is its fixed part: its start, the project's Python, the room, and the checks after it. "Proof" is what the rest takes longer than the pg_dump of the same compression: row counts in the same snapshot, roles, hashes of all files, and the grade of verification; without \`--verify list\` every block is read back.`,
		columns: ['what', 'tables', 'MB', 's', '× pg_dump -Fd', '× at its compression', 'around s', 'proof s'],
		rows: [...lines(4, few), ...lines(20, many)],
		verdicts: [
			{goal: `As fast as \`pg_dump -Fd -j ${jobs}\`, neither told how to compress`, found: `${found('listed', 'plain')}, every block read back too ${found('read', 'plain')}`, reached: ratio('listed', few) <= 1.1 && ratio('listed', many) <= 1.1},
			{goal: 'As fast at the same compression', found: `${ratio('same', few).toFixed(2)} × with 4 tables, ${ratio('same', many).toFixed(2)} × with 20; at gzip:3 ${found('listed', 'fast')}`, reached: ratio('same', few) <= 1.1 && ratio('same', many) <= 1.1},
			{goal: 'Faster than the document\'s `pg_dump -Fc`', found: `${found('listed', 'custom')}, at its compression ${ratio('same', few, 'custom').toFixed(2)} ×`, reached: ratio('listed', few, 'custom') < 1 && ratio('same', few, 'custom') < 1},
		],
	};
}
