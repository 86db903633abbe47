/** How files are: small, named for what they hold, opening with their purpose; and each list complete. */
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {eventData, eventKinds} from '../../source/journal/events.ts';
import {allRules, rules} from '../../source/review/rules/index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const files = ['source', 'demo', 'scripts'].flatMap(folder => readdirSync(path.join(root, folder), {recursive: true, encoding: 'utf8'}).map(file => path.join(folder, file)))
	.filter(file => /\.(tsx?|mjs|py)$/.test(file));
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

test('no file is longer than 300 lines', () => {
	expect(files.filter(file => textOf(file).split('\n').length > 301)).toEqual([]);
});

test('a file is named for what it holds', () => {
	expect(files.filter(file => /^(utils?|helpers?|misc|common|types|shared|lib)(\.|$)/.test(path.basename(file)) || /\/(utils?|helpers?|misc|common|types)\//.test(file))).toEqual([]);
	expect(files.filter(file => !/^[a-z0-9][a-z0-9.-]*\.(tsx?|mjs)$|\.py$/.test(path.basename(file)))).toEqual([]);
});

test('a file begins with its purpose in a sentence', () => {
	expect(files.filter(file => /\.(tsx?|mjs)$/.test(file) && !/^(#!.*\n)?\/\*\*[\s\S]{8,}?\*\//.test(textOf(file)))).toEqual([]);
});

test('no drawer of everything: nothing is exported under no name', () => {
	expect(files.filter(file => file.startsWith('source/') && /^export default /m.test(textOf(file)))).toEqual([]);
});

test('a rule lives in the file of its id', () => {
	const inFiles = readdirSync(path.join(root, 'source/review/rules')).filter(file => file !== 'index.ts').map(file => file.replace(/\.ts$/, ''));
	const ids = new Set(allRules.map(rule => rule.id));
	for (const rule of rules) expect(inFiles, rule.id).toContain(rule.id);
	for (const file of inFiles) expect(ids, file).toContain(file);
});

test('each kind of event is in the past tense, folded, and has a sentence', () => {
	const [fold, sentences] = [textOf('source/journal/fold.ts'), textOf('source/journal/sentences.ts')];
	for (const kind of eventKinds) {
		expect(kind).toMatch(/-(opened|changed|named|started|finished|attested|waived|stale|made|approved|proved|failed|committed|asked|held|continued|raised|cleared|acted|cancelled|taken|attached|detached|recovered|ended|kept|sent|closed|abandoned)$/);
		expect(fold, kind).toContain(`'${kind}': `);
		expect(sentences, kind).toContain(`'${kind}': `);
		expect(Object.keys(eventData[kind].shape).filter(field => ['seq', 'at', 'kind', 'by', 'previous'].includes(field)), kind).toEqual([]);
	}
});

test('a room\'s command is one line in the list', () => {
	const list = textOf('source/room/commands/index.ts');
	for (const file of files.filter(each => each.startsWith('source/room/commands/') && !/\/(index|command)\.ts$/.test(each))) {
		for (const [, name] of textOf(file).matchAll(/^export const (\w+) = roomCommand\(/gm)) expect(list, `${name} of ${file}`).toMatch(new RegExp(`\\b${name}\\b[\\s\\S]*list: RoomCommand\\[\\] = \\[[\\s\\S]*\\b${name}\\b`));
	}
});
