/** `npm run bench [-- SECTION…] [-- --quick]`: everything that holdpoint promises in numbers, measured side by side in one run; writes docs/benchmarks.md, or the named sections of it. */
import {readFileSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {benchAttach} from './attach.ts';
import {benchBackup} from './backup.ts';
import {benchDay} from './day.ts';
import {renderSection, type Section} from './figures.ts';
import {benchLive} from './live.ts';
import {benchReview} from './review.ts';
import {openSite} from './site.ts';
import {benchStart} from './start.ts';
import {benchUpgrade} from './upgrade.ts';

const sections = {start: benchStart, live: benchLive, upgrade: benchUpgrade, backup: benchBackup, review: benchReview, attach: benchAttach, day: benchDay};
type Name = keyof typeof sections;

const words = process.argv.slice(2);
const quick = words.includes('--quick');
const named = words.filter(word => !word.startsWith('--'));
const unknown = named.filter(name => !(name in sections));
if (unknown.length > 0) {
	process.stderr.write(`There is no section ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}.\n`);
	process.exit(2);
}
const wanted = (Object.keys(sections) as Name[]).filter(name => named.length === 0 || named.includes(name));
const say = (text: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

const site = await openSite(say);
const done: Section[] = [];
const failed: string[] = [];
try {
	for (const name of wanted) {
		try {
			const section = await sections[name](site, {quick, say: text => say(`${name}: ${text}`)});
			done.push(section);
			process.stdout.write(`${renderSection(section)}\n`);
		} catch (error) {
			failed.push(name);
			say(`${name} could not be measured: ${(error as Error).stack}`);
		}
	}
} finally {
	await site.remove();
}
const file = path.resolve(import.meta.dirname, '../docs/benchmarks.md');
// A hurried one is no record.
if (!quick && failed.length === 0 && named.length > 0) {
	const parts = readFileSync(file, 'utf8').split(/^(?=## )/m);
	for (const section of done) {
		const again = renderSection({...section, method: `${section.method} Measured by itself, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC.`});
		const index = parts.findIndex(part => part.startsWith(`## ${section.title}\n`));
		if (index < 0) throw new Error(`docs/benchmarks.md has no section ${section.title}; run all of them`);
		parts[index] = `${again}${index === parts.length - 1 ? '' : '\n'}`;
	}
	writeFileSync(file, parts.join(''));
	say(`written to docs/benchmarks.md: ${done.map(({title}) => title).join(', ')}`);
}
if (!quick && failed.length === 0 && named.length === 0) {
	const {version} = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../package.json'), 'utf8')) as {version: string};
	const versionOf = async (program: string) => (await execa(program, ['--version'], {reject: false})).stdout?.split('\n')[0] || `no ${program}`;
	const intro = `# Benchmarks

Written by \`npm run bench\`, which measures everything again: side by side in one run on one machine, so that ratios count and the single numbers only belong to it. What is measured is the packed program, as \`npm pack\` makes it, against a private PostgreSQL server on the same machine.

holdpoint ${version}, ${new Date().toISOString().slice(0, 10)}; ${os.cpus().length} processors (${os.cpus()[0]?.model.trim()}), Node ${process.versions.node}, ${await versionOf('postgres').then(async text => (text.startsWith('no ') ? versionOf('psql') : text))}, ${await versionOf('pg_activity')}, load before the start ${os.loadavg()[2]!.toFixed(1)}.
`;
	writeFileSync(file, [intro, ...done.map(renderSection)].join('\n'));
	say('written to docs/benchmarks.md');
}
process.exit(failed.length > 0 ? 1 : 0);
