/** Who may import whom: DESIGN.md's table, with what proved to be needed besides and why. */
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** A folder of source/, or of the checkout: what it may import as values from other folders, and its libraries. Top to bottom: types may come from anything further down. */
const table: Record<string, {may: string[]; libraries: string[]}> = {
	'cli.tsx': {may: ['commands', 'config'], libraries: ['meow']},
	commands: {may: ['console', 'room', 'journal', 'checklist', 'review', 'monitor', 'config'], libraries: []},
	console: {may: ['room', 'journal', 'monitor'], libraries: ['react', 'ink', 'asciichart']},
	room: {may: ['actions', 'checks', 'monitor', 'checklist', 'journal', 'postgres', 'alembic', 'integrations', 'config'], libraries: ['zod', 'execa', 'node:sqlite']},
	actions: {may: ['rehearsal', 'checks', 'postgres', 'alembic', 'review', 'integrations', 'journal'], libraries: []},
	checks: {may: ['postgres', 'alembic', 'review', 'integrations', 'journal'], libraries: []},
	rehearsal: {may: ['postgres', 'alembic', 'review', 'integrations', 'journal'], libraries: []},
	monitor: {may: ['postgres', 'journal'], libraries: ['node:sqlite']},
	journal: {may: [], libraries: ['zod', 'execa']},
	postgres: {may: [], libraries: ['pg', 'execa']},
	alembic: {may: [], libraries: ['execa', 'zod']},
	review: {may: [], libraries: ['libpg-query']},
	checklist: {may: ['journal'], libraries: ['mdast', 'mdast-util-from-markdown', 'mdast-util-gfm', 'micromark-extension-gfm']},
	config: {may: [], libraries: ['yaml', 'zod']},
	integrations: {may: [], libraries: ['execa']},
};
const order = Object.keys(table);

/** What the table does not have: folder or file → what it imports all the same, and why. */
const besides: {from: string; to: string; why: string}[] = [
	{from: 'actions', to: 'monitor', why: 'the guard watches on a session of the action, opened before the migration starts'},
	{from: 'actions/backup.ts', to: 'config/secrets.ts', why: 'a secret is fetched at the moment of its use'},
	{from: 'rehearsal/restore-check.ts', to: 'config/secrets.ts', why: 'a secret is fetched at the moment of its use'},
	{from: 'rehearsal/runner.ts', to: 'execa', why: 'it runs Alembic on the copy'},
	{from: 'commands/doctor', to: 'alembic', why: 'doctor looks at the project before there is a room'},
	{from: 'commands/doctor', to: 'postgres', why: 'doctor looks at programs and server before there is a room'},
	{from: 'commands/init.ts', to: 'alembic', why: 'init writes down the Python that it found'},
	{from: 'commands/demo', to: 'demo', why: 'the demo command alone knows the sandbox'},
	{from: 'commands/main.ts', to: 'meow', why: 'each command has its own flags; the entry only calls'},
	{from: 'commands/review-since.ts', to: 'execa', why: 'it asks git which files changed'},
	{from: 'commands/schema.ts', to: 'zod', why: 'JSON Schemas are made from the shapes'},
	{from: 'commands/table.ts', to: 'string-width', why: 'columns are aligned by what a terminal shows'},
	{from: 'console/parts/printable.ts', to: 'string-width', why: 'lines are cut by what a terminal shows'},
	{from: 'config/secrets.ts', to: 'execa', why: 'a secret may be given as a command'},
];
/** Types that come from further up: plain data, that is made there and looked at here. */
const typesFromAbove: {from: string; to: string; why: string}[] = [
	{from: 'config', to: 'journal/events.ts', why: 'notify in holdpoint.yaml names the kinds of events'},
	{from: 'integrations', to: 'config/settings.ts', why: 'each is given its own part of the settings'},
	{from: 'review', to: 'alembic/facts.ts', why: 'the facts of a migration file come in as plain data'},
];

interface Import {
	file: string;
	/** Folder and file below source/, `demo/…`, or a library's name. */
	to: string;
	types: boolean;
}

const imports = sources().flatMap(importsOf);

test('values are imported only along the table', () => {
	expect(imports.filter(each => !each.types && !allowed(each)).map(words)).toEqual([]);
});

test('types are imported only from what stands further down', () => {
	expect(imports.filter(each => each.types && !allowed(each) && !allowedType(each)).map(words)).toEqual([]);
});

test('the console reaches a room only through its protocol and client', () => {
	const reached = imports.filter(({file, to}) => folderOf(file) === 'console' && to.startsWith('room/')).filter(({to, types}) => !/^room\/(client|protocol)\.ts$/.test(to) && !types);
	expect(reached.map(words)).toEqual([]);
});

test('each exception is still needed', () => {
	const unused = besides.filter(({from, to}) => !imports.some(each => each.file.startsWith(from) && under(each.to, to)));
	expect(unused).toEqual([]);
	expect(typesFromAbove.filter(({from, to}) => !imports.some(each => each.types && each.file.startsWith(`${from}/`) && each.to === to))).toEqual([]);
});

function allowed({file, to}: Import): boolean {
	const from = folderOf(file);
	const rule = table[from];
	// The shared vocabulary is everybody's.
	if (to === 'journal/refusal.ts' || to === 'journal/byte-words.ts' || to.startsWith('journal/shapes/')) return true;
	return Boolean(rule && (rule.may.includes(folderOf(to)) || rule.libraries.includes(libraryOf(to)))) || besides.some(each => file.startsWith(each.from) && under(to, each.to));
}

function allowedType({file, to}: Import): boolean {
	const [from, target] = [order.indexOf(folderOf(file)), order.indexOf(folderOf(to))];
	if (target < 0) return true;
	return target > from || typesFromAbove.some(each => each.from === folderOf(file) && each.to === to);
}

function folderOf(file: string): string {
	return file.split('/')[0]!;
}

function libraryOf(name: string): string {
	return name.startsWith('@') || name.startsWith('node:') ? name : folderOf(name);
}

function under(to: string, allowedPath: string): boolean {
	return to === allowedPath || to.startsWith(`${allowedPath}/`);
}

function words({file, to, types}: Import): string {
	return `${file} imports ${types ? 'types of ' : ''}${to}`;
}

function sources(): string[] {
	const files = readdirSync(path.join(root, 'source'), {recursive: true, encoding: 'utf8'}).filter(file => /\.tsx?$/.test(file));
	return ['../cli.tsx', ...files];
}

/** Static and dynamic imports that leave their own folder; of node's own modules only the database, which the table names. */
function importsOf(file: string): Import[] {
	const absolute = path.join(root, 'source', file);
	const text = readFileSync(absolute, 'utf8');
	const found = [
		...[...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'/gm)].map(([, type, to]) => ({to: to!, types: Boolean(type)})),
		...[...text.matchAll(/\bimport\('([^']+)'\)/g)].map(([, to]) => ({to: to!, types: false})),
	];
	const name = file === '../cli.tsx' ? 'cli.tsx' : file;
	return found
		.map(({to, types}) => ({file: name, types, to: to.startsWith('.') ? path.relative(path.join(root, 'source'), path.resolve(path.dirname(absolute), to)).replace(/^\.\.\/(source\/)?/, '') : to}))
		.filter(({to}) => folderOf(to) !== folderOf(name) && (!to.startsWith('node:') || to === 'node:sqlite'));
}
