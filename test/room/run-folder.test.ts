/** Runs as they are found on disk, by who does not own them. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openJournal} from '../../source/journal/file.ts';
import {followOpenRun, makeRunFolder, runFolder} from '../../source/room/run-folder.ts';
import {opening} from '../journal/run.ts';

let stateDir: string;
beforeEach(() => {
	stateDir = mkdtempSync(path.join(tmpdir(), 'holdpoint-runs-'));
});
afterEach(() => rmSync(stateDir, {recursive: true}));

function openRun(run: string, project = '/project') {
	const folder = runFolder(stateDir, run);
	makeRunFolder(folder);
	const journal = openJournal({folder, scrub: value => value});
	journal.append('run-opened', 'ann', {...opening(), run, project});
	return journal;
}

test('the open run is followed: what is written to it, its end, the next one; what has not changed stays the same object', () => {
	const open = followOpenRun(stateDir, {project: '/project', target: null});
	expect(open()).toBeNull();
	openRun('r0', '/elsewhere').close();
	expect(open()).toBeNull();

	const first = openRun('r1');
	expect(open()).toMatchObject({run: 'r1', seq: 1});
	first.append('item-attested', 'ann', {item: 'part/one', note: 'seen'});
	const {actions} = open()!;
	expect(open()).toMatchObject({run: 'r1', seq: 2, items: [{state: 'attested'}, {state: 'open'}]});
	expect(open()!.actions).toBe(actions);

	first.append('run-closed', 'ann', {outcome: 'done', unmet: []});
	expect(open()).toBeNull();
	const second = openRun('r2');
	expect(open()).toMatchObject({run: 'r2', seq: 1});
	first.close();
	second.close();
});
