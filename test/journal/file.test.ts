import {execFileSync} from 'node:child_process';
import {appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openJournal, readJournal, type Journal} from '../../source/journal/file.ts';
import {verifyRun} from '../../source/journal/verify.ts';
import {opening, plan} from './run.ts';

let folder: string;
let file: string;
const open = (): Journal => openJournal({folder, scrub: value => value});

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-journal-'));
	file = path.join(folder, 'events.jsonl');
});
afterEach(() => rmSync(folder, {recursive: true}));

function written(...more: ((journal: Journal) => void)[]): string[] {
	const journal = open();
	journal.append('run-opened', 'ann', opening());
	journal.append('item-attested', 'ann', {item: 'part/one', note: 'seen'});
	for (const each of more) each(journal);
	journal.close();
	return readFileSync(file, 'utf8').trimEnd().split('\n');
}

test('each line names the sha256 of the line before, as sha256sum says it', () => {
	const [first, second] = written();
	const sum = execFileSync('sha256sum', {input: first}).toString().slice(0, 64);
	expect(JSON.parse(second!)).toMatchObject({seq: 2, kind: 'item-attested', by: 'ann', previous: sum, note: 'seen'});
	expect(readJournal(file).state?.items[0]).toMatchObject({state: 'attested', by: 'ann', note: 'seen'});
});

test('a torn last line is dropped, said, and written over', () => {
	written();
	appendFileSync(file, '{"seq":3,"at":"2026');
	expect(readJournal(file)).toMatchObject({torn: true, damage: null});
	const journal = open();
	expect(journal.torn).toBe(true);
	journal.append('item-waived', 'ben', {item: 'part/two', reason: 'not here'});
	journal.close();
	expect(readJournal(file)).toMatchObject({torn: false, damage: null, state: {seq: 3}});
	expect(readFileSync(path.join(folder, 'events.damaged-1'), 'utf8')).toBe('{"seq":3,"at":"2026');
});

test('an edited line ends the intact prefix; what follows is kept beside it', () => {
	const lines = written(journal => journal.append('item-waived', 'ben', {item: 'part/two', reason: 'no'}));
	writeFileSync(file, `${[lines[0], lines[1]!.replace('seen', 'sean'), lines[2]].join('\n')}\n`);
	expect(readJournal(file)).toMatchObject({damage: 'line 3 does not follow the line before it: its hash of that line is another', state: {seq: 2}});
	open().close();
	expect(readdirSync(folder).sort()).toEqual(['events.damaged-1', 'events.jsonl']);
});

test('opened with what was read before, it takes in what another room wrote since, and writes on from there', () => {
	written();
	const read = readJournal(file);
	const other = open();
	other.append('item-waived', 'ben', {item: 'part/two', reason: 'no'});
	other.close();
	appendFileSync(file, '{"seq":4,"at":"2026');
	const journal = openJournal({folder, read, scrub: value => value});
	expect(journal).toMatchObject({seq: 3, torn: true});
	journal.append('item-attested', 'eve', {item: 'part/two', note: 'seen'});
	journal.close();
	expect(readJournal(file)).toMatchObject({torn: false, damage: null, state: {seq: 4, items: [{state: 'attested', by: 'ann'}, {state: 'attested', by: 'eve'}]}});
});

test('a cut-off tail is found only against a head that was kept elsewhere', async () => {
	const lines = written();
	const {head} = readJournal(file);
	writeFileSync(file, `${lines[0]}\n`);
	const cut = readJournal(file);
	expect(await verifyRun(cut, {folder})).toMatchObject({ok: true, events: 1});
	expect(await verifyRun(cut, {folder, head})).toMatchObject({ok: false, problems: [`journal: no event has the head ${head}: the record was cut off or rewritten`]});
});

test('an artifact that was changed or is gone is a problem, also in a copied folder', async () => {
	const kept = path.join('/elsewhere', path.basename(folder), 'note.txt');
	written(journal => journal.append('artifact-kept', 'ann', {path: kept, sha256: 'a'.repeat(64), what: 'a note'}));
	expect((await verifyRun(readJournal(file), {folder})).problems).toEqual([`artifact: a note is not there any more: ${path.join(folder, 'note.txt')}`]);
	writeFileSync(path.join(folder, 'note.txt'), 'x');
	expect((await verifyRun(readJournal(file), {folder})).problems).toEqual([`artifact: a note is not what was kept: ${path.join(folder, 'note.txt')}`]);
});

test('an action under a digest that no plan had is a problem', async () => {
	written(
		journal => journal.append('plan-made', 'ann', {plan: plan()}),
		journal => journal.append('plan-approved', 'ben', {digest: '0'.repeat(64), approver: 'ben', signed: false}),
	);
	expect((await verifyRun(readJournal(file), {folder})).problems).toEqual(['approval: event 4 approves the digest 0000000000000000, which no plan before it has']);
});

test('what can not be read back is not written', () => {
	const journal = open();
	expect(() => journal.append('run-opened', 'ann', {...opening(), items: 3 as never})).toThrow();
	journal.close();
	expect(readFileSync(file, 'utf8')).toBe('');
});
