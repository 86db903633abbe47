/** The supervised upgrade against plain Alembic, on a long migration and on one that does nothing. */
import {execa} from 'execa';
import {pythonPath, revisionFile} from '../test/servers/alembic-files.ts';
import {median, type Section} from './figures.ts';
import {runHoldpoint, type Project, type Site} from './site.ts';

const rows = 3_000_000;

export async function benchUpgrade(site: Site, {quick, say}: {quick: boolean; say: (text: string) => void}): Promise<Section> {
	const rounds = quick ? {nothing: 1, long: 1} : {nothing: 7, long: 5};
	const empty = await site.project('nothing', {'a1.py': revisionFile({revision: 'a1', doc: 'Do nothing', upgrade: []})});
	const long = await site.project('long', {
		'a1.py': revisionFile({revision: 'a1', doc: 'Make many rows', upgrade: [`op.execute("CREATE TABLE big AS SELECT g AS id, g % 100 AS kind, md5(g::text) AS name FROM generate_series(1, ${rows}) g")`], downgrade: ['op.execute("DROP TABLE big")']}),
		'b2.py': revisionFile({revision: 'b2', down: 'a1', doc: 'Change them all', upgrade: ['op.execute("UPDATE big SET kind = kind + 1")', 'op.execute("CREATE INDEX big_name ON big (name)")'], downgrade: ['op.execute("DROP INDEX big_name")']}),
	});
	const measure = async (project: Project, count: number) => {
		const times: Record<'alembic' | 'holdpoint' | 'inside', number[]> = {alembic: [], holdpoint: [], inside: []};
		for (let round = 0; round < count; round++) {
			for (const name of round % 2 === 0 ? ['alembic', 'holdpoint'] as const : ['holdpoint', 'alembic'] as const) {
				say(`${name}, round ${round + 1} of ${count}`);
				await alembic(project, 'downgrade', 'base');
				await site.admin.query('CHECKPOINT');
				if (name === 'alembic') times.alembic.push(await alembic(project, 'upgrade', 'head'));
				else {
					const {seconds, stdout} = await runHoldpoint(site, project, ['upgrade', '--yes', '--json']);
					const outcome = JSON.parse(stdout) as {status: string; seconds: number};
					if (outcome.status !== 'done') throw new Error(`the upgrade ended ${outcome.status}`);
					times.holdpoint.push(seconds);
					times.inside.push(outcome.seconds);
				}
			}
		}
		return {alembic: median(times.alembic), holdpoint: median(times.holdpoint), inside: median(times.inside)};
	};
	// Before there are gigabytes on their way to the disk: each of holdpoint's events is synced to it.
	const nothing = await measure(empty, rounds.nothing);
	await alembic(long, 'upgrade', 'head');
	const work = await measure(long, rounds.long);
	const share = (work.holdpoint - nothing.holdpoint) / (work.alembic - nothing.alembic) - 1;
	return {
		title: 'Upgrade',
		method: `Plain \`alembic upgrade head\` and \`holdpoint upgrade --yes\` in turn, ${rounds.nothing} rounds of nothing and ${rounds.long} of the long one, medians; a development environment, so that no approval is asked for. The long migration makes ${rows.toLocaleString('en')} rows, updates them all and builds an index. holdpoint plans, proves that it is the same database, watches, and reads back: "action" is its upgrade alone, as its outcome says, the rest is reading the project and planning.`,
		columns: ['migration', 'alembic s', 'holdpoint s', 'its action s'],
		rows: [['nothing', nothing.alembic, nothing.holdpoint, nothing.inside], ['long', work.alembic, work.holdpoint, work.inside]],
		verdicts: [
			{goal: 'On an empty migration ≤ + 0.5 s', found: `+ ${(nothing.holdpoint - nothing.alembic).toFixed(2)} s in all, ${signed(nothing.inside - nothing.alembic)} s for the action`, reached: nothing.holdpoint - nothing.alembic <= 0.5},
			{goal: 'On a long migration ≤ + 2 %', found: `${signed(100 * share)} % beyond what the empty one takes`, reached: share <= 0.02},
		],
	};
}

const signed = (value: number) => `${value < 0 ? '−' : '+'} ${Math.abs(value).toFixed(2)}`;

async function alembic(project: Project, ...words: string[]): Promise<number> {
	const started = performance.now();
	await execa(pythonPath, ['-m', 'alembic', ...words], {cwd: project.directory, stdin: 'ignore'});
	return (performance.now() - started) / 1000;
}
