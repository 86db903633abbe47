/** The report says what was done to which database, and its checklist can be taken out again. */
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {stripExport} from '../../source/checklist/export.ts';
import {parseChecklist} from '../../source/checklist/parse.ts';
import {renderReport} from '../../source/checklist/report.ts';
import {countItems, type Item} from '../../source/journal/shapes/item.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';

const shipped = readFileSync(new URL('../../checklists/migration-deployment.md', import.meta.url), 'utf8');
const at = '2026-03-01T10:00:00.000Z';
const items: Item[] = parseChecklist(shipped).items.map(({id, section, text, required, check, holds}, number) =>
	({id, section, text, required, check, holds, state: number === 0 ? 'open' : 'passed', ...(number === 1 && {state: 'waived', by: 'ben', at, note: 'no *time*'})}));

const state: RunState = {
	run: 'shop-1', state: 'closed', outcome: 'done', startedAt: at, endedAt: at, seq: 9, head: 'f'.repeat(64), project: '/srv/shop',
	target: {host: 'db_1', port: 5432, database: 'shop*', role: 'migrator', systemIdentifier: '72', serverVersion: '15.18', environment: 'unknown', source: 'env.py', timeline: 1},
	from: ['a1'], to: ['b2'], items, counts: countItems(items),
	checklist: {title: 'Migration', path: '/c.md', sha256: 'c'.repeat(64)},
	blocks: [], aim: [], approvals: [{by: 'ann', signed: false, at, digest: 'other'}],
	actions: [{
		run: 'shop-1', action: 'upgrade', status: 'cancelled', exit: 4, reason: 'the guard cancelled it', from: ['a1'], to: ['b2'], seconds: 2.5,
		revisions: [], statements: [], guard: [], attempts: 2, database: {version: ['a1'], verified: true, invalidIndexes: ['ix_a'], left: []},
	}],
	running: null,
	backups: [{path: '/b', format: 'directory', bytes: 10, startedAt: at, finishedAt: at, serverVersion: '15', systemIdentifier: '72', database: 'shop', lsn: null, tables: 3, verified: {list: true, read: true}}],
	consoles: [], alarms: [], log: [], guardActs: [{at, rule: 'max_blocked_sessions', reason: '21 wait', did: 'cancelled'}],
	artifacts: [{path: '/r/a.sql', sha256: 'a'.repeat(64), what: 'SQL'}],
	guard: {maxBlockedSessions: 20, maxBlockedSeconds: 3, maxSessionSeconds: 60, maxLagSeconds: null, maxLagBytes: null, minFreeConnectionsPercent: 10, maxEstimateFactor: null, minFreeDiskBytes: null, maxRetainedWalBytes: null, samples: 2, action: 'cancel'},
};

test('names target, path, digest, approvals, actions, backups, guard, open items and the head', () => {
	const report = renderReport(state, shipped);
	for (const line of [
		'# Migration report: shop\\* on db\\_1',
		'- target: `db_1:5432/shop*` as `migrator`, environment unknown, treated as production',
		'- path: `a1` → `b2`',
		'- plan: none made',
		'- approved by ann, claimed, not signed, at 2026-03-01T10:00:00.000Z, of another plan (`other`)',
		'51 of 52 items satisfied (50 passed,',
		'- **upgrade cancelled** `a1` → `b2`: the guard cancelled it (exit 4, 2.5 s, 2 attempts, database at `a1` (read back), invalid indexes: `ix_a`)',
		'WAL position unknown, read in full',
		'max\\_blocked\\_sessions: 21 wait; cancelled',
		'- open: Migration file has descriptive docstring with purpose (`code-review/migration-file',
		`9 events, head \`${'f'.repeat(64)}\``,
		'## Waived, not proven',
		'- **revision and down\\_revision are correct**: waived by ben at 2026-03-01T10:00:00.000Z: no \\*time\\*',
		'- downgrade: never measured, loses what is not known, since it was never rehearsed',
		'- [ ] Migration file has descriptive docstring',
		'- [x] `revision` and `down_revision` are correct',
	]) expect(report).toContain(line);
});

test('gives back the checklist when its additions are taken out', () => {
	const report = renderReport(state, shipped);
	expect(stripExport(report).replaceAll('[x]', '[ ]')).toBe(shipped);
	expect(renderReport(state, report)).toBe(report);
});
