/** The backup against pg_dump as a person would call it. */
import {mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {median, type Section} from './figures.ts';
import {runHoldpoint, type Site} from './site.ts';

const jobs = 2;

export async function benchBackup(site: Site, {quick, say}: {quick: boolean; say: (text: string) => void}): Promise<Section> {
	const rounds = quick ? 1 : 3;
	const project = await site.project('dumped');
	const client = await site.cluster.connect('dumped');
	for (const table of ['a', 'b', 'c', 'd']) await client.query(`CREATE TABLE ${table} AS SELECT g AS id, md5(g::text) AS name, now() AS at FROM generate_series(1, ${quick ? 200_000 : 1_000_000}) g`);
	await client.end();
	const folder = path.join(site.folder, 'dumps');
	await mkdir(folder);
	const {cluster} = site;
	const target = ['-h', '127.0.0.1', '-p', String(cluster.port), '-U', cluster.superuser.name, '-d', 'dumped'];
	const dump = async (...words: string[]) => {
		const started = performance.now();
		await execa('pg_dump', [...target, ...words], {env: {PGPASSWORD: cluster.superuser.password}});
		const seconds = (performance.now() - started) / 1000;
		await rm(path.join(folder, 'plain'), {recursive: true});
		return seconds;
	};
	const times: Record<'custom' | 'directory' | 'listed' | 'read', number[]> = {custom: [], directory: [], listed: [], read: []};
	for (let round = 0; round < rounds; round++) {
		say(`round ${round + 1} of ${rounds}`);
		times.custom.push(await dump('-Fc', '-f', path.join(folder, 'plain')));
		times.directory.push(await dump('-Fd', '-j', String(jobs), '-f', path.join(folder, 'plain')));
		times.listed.push((await runHoldpoint(site, project, ['backup', '--jobs', String(jobs), '--verify', 'list', '--json'])).seconds);
		times.read.push((await runHoldpoint(site, project, ['backup', '--jobs', String(jobs), '--verify', 'read', '--json'])).seconds);
	}
	const [custom, directory, listed, read] = [times.custom, times.directory, times.listed, times.read].map(median) as [number, number, number, number];
	return {
		title: 'Backup',
		method: `Four tables of ${quick ? '200,000' : '1,000,000'} rows, ${rounds} rounds in turn, medians, ${jobs} jobs. holdpoint's times are those of the whole command: start, row counts in the same snapshot, dump, hashes of all files, and the grade of verification named.`,
		columns: ['what', 's', '× pg_dump -Fd'],
		rows: [['`pg_dump -Fc`, as the document has it', custom, custom / directory], [`\`pg_dump -Fd -j ${jobs}\``, directory, 1], ['`holdpoint backup --verify list`', listed, listed / directory], ['`holdpoint backup --verify read`', read, read / directory]],
		verdicts: [
			{goal: `As fast as \`pg_dump -Fd -j ${jobs}\``, found: `${(listed / directory).toFixed(2)} × with its own start and hashes`, reached: listed / directory <= 1.1},
			{goal: 'Faster than the document\'s `pg_dump -Fc`', found: `${(listed / custom).toFixed(2)} ×`, reached: listed < custom},
		],
	};
}
