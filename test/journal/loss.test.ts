/** What a restore would lose. */
import {expect, test} from 'vitest';
import {lossOf, lossWords, positionOf} from '../../source/journal/loss.ts';
import {waysBack} from '../../source/journal/way-back.ts';
import {backedUp} from '../checks/look.ts';

const at = (minutes: number): number => Date.parse(backedUp.startedAt) + minutes * 60_000;

test.each([
	['1/0', at(12), 2 ** 32 + 3_200_000, '12 min, 3.1 MB of WAL'],
	['0/FF', at(0.5), 255, '30 s, 0 B of WAL'],
	['1/0', at(150), null, '2.5 h, unknown of WAL'],
	[null, at(60 * 72), 5, '3 days, unknown of WAL'],
])('a backup at %s', (lsn, atMs, walPosition, words) => {
	expect(lossWords(lossOf({startedAt: backedUp.startedAt, lsn}, {atMs, walPosition}))).toBe(words);
});

test('the way back by a restore says it, in words and in numbers', () => {
	const backups = [{...backedUp, lsn: '0/10'}];
	expect(waysBack({backups}, {atMs: at(1), walPosition: 1016}).find(way => way.kind === 'restore')).toEqual({kind: 'restore', loses: 'everything written since 2026-03-01T11:30:00.000Z (60 s, 1000 B of WAL)', losesSeconds: 60, losesBytes: 1000});
	expect(waysBack({backups}).find(way => way.kind === 'restore')).toEqual({kind: 'restore', loses: 'everything written since 2026-03-01T11:30:00.000Z'});
	expect(positionOf('16/B374D848')).toBe(0x16_B374D848);
});
