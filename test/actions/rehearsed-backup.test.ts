/** Which backup a rehearsal is restored from. */
import {createHash} from 'node:crypto';
import {mkdtempSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, inject, test} from 'vitest';
import {newestWhole} from '../../source/actions/rehearse.ts';
import type {Backup} from '../../source/journal/shapes/backup.ts';

const folder = mkdtempSync(path.join(inject('testRun').folder, 'backups-'));
const now = new Date('2026-03-01T12:00:00Z');

function backup(name: string, startedAt: string): Backup {
	const file = path.join(folder, name);
	writeFileSync(file, `PGDMP ${name}`);
	return {path: file, format: 'custom', sha256: createHash('sha256').update(`PGDMP ${name}`).digest('hex'), startedAt} as Backup;
}
const choose = async (backups: Backup[]) => newestWhole({state: () => ({backups}), settings: {backup: {maxAgeMs: 3_600_000}}, now: () => now} as never);

test('the newest of this run that is still as it was taken; what is damaged is named', async () => {
	const [early, good, later, gone] = [backup('early', '2026-03-01T10:30:00Z'), backup('good', '2026-03-01T11:30:00Z'), backup('later', '2026-03-01T11:50:00Z'), {...backup('gone', '2026-03-01T11:55:00Z'), path: '/nowhere/gone'}];
	expect(await choose([early, good, later, gone])).toEqual({backup: later, damaged: []});
	writeFileSync(later.path, 'PGDMP lateR');
	const flipped = {...later, startedAt: '2026-03-01T11:51:00Z', path: backup('flipped', '').path};
	writeFileSync(flipped.path, 'PGDMP flippeD');
	expect(await choose([early, good, flipped])).toEqual({backup: good, damaged: [expect.stringMatching(/flipped is not as it was taken and was not rehearsed on: /)]});
	// Too old is none: a fresh one is taken.
	expect(await choose([early, flipped])).toMatchObject({backup: null, damaged: [expect.any(String)]});
});
