/** The checklist flattened into rows: sections, items, hold points where the document has them. */
import {expect, test} from 'vitest';
import {checklistRows} from '../../../../source/console/panels/checklist/state.ts';
import {parseChecklist} from '../../../../source/checklist/parse.ts';
import {opening, stateAfter} from '../../fixtures/story.ts';

const blocks = parseChecklist('# A\n\n## Data Backup Verification\n\n- [ ] x\n\n### Backup Commands\n\n```bash\n# one\npg_dump -Fc > x.dump\n```\n').blocks.map(block => ({...block, after: 11, sha256: ''}));
const run = {...stateAfter(opening), blocks};
const rows = (given: {folded?: string[]; opened?: string[]; filter?: string} = {}) => checklistRows({run, folded: new Set(given.folded), opened: new Set(given.opened), filters: {checklist: given.filter ?? ''}})
	.map(row => (row.kind === 'section' ? `${'  '.repeat(row.depth)}# ${row.title} ${row.done}/${row.total}` : row.kind === 'hold' ? `-- ${row.hold}, ${row.unmet} to go` : row.kind === 'step' ? `$ ${row.step.state} ${row.step.command}` : row.kind === 'output' ? `| ${row.text}` : `${'  '.repeat(row.depth)}${row.item.state} ${row.item.text.slice(0, 20)}`));

test('sections come with their progress, items under them, and the hold point after its last item', () => {
	const all = rows();
	expect(all.slice(0, 4)).toEqual(['# Pre-Deployment Checks 4/9', '  # Code Review 2/4', '    passed Migration file has d', '    passed `revision` and `down']);
	expect(all.indexOf('-- upgrade, 9 to go')).toBe(all.findIndex(row => row.includes('Confirm rollback pla')) + 1);
	expect(all.filter(row => row.startsWith('--'))).toEqual(['-- upgrade, 9 to go', '-- close, 2 to go']);
});

test('a folded section hides what is in it, and a hold point stays', () => {
	const folded = rows({folded: ['Pre-Deployment Checks', 'Production Deployment Steps\n1. Pre-Flight (T-30 minutes)']});
	expect(folded.slice(0, 2)).toEqual(['# Pre-Deployment Checks 4/9', '# Data Backup Verification 0/2']);
	expect(folded).toContain('-- upgrade, 9 to go');
	expect(folded.some(row => row.includes('Notify team'))).toBe(false);
});

test('a filter shows the items that match with their sections, also folded ones; ! turns it round', () => {
	expect(rows({filter: 'backup verified', folded: ['Data Backup Verification']})).toEqual(['# Data Backup Verification 0/2', '  # Before Production Migration 0/2', '    open Backup verified (can']);
	expect(rows({filter: '!open'}).filter(row => row.includes('open '))).toEqual([]);
});

test('a line of a shell block stands under its own heading, and opens on what it printed', () => {
	const at = (all: string[]) => all.slice(all.findIndex(row => row.includes('Backup Commands')), all.findIndex(row => row.includes('Backup Commands')) + 4);
	expect(at(rows())).toEqual(['  # Backup Commands 0/0', '$ open pg_dump -Fc > x.dump', '# Production Deployment Steps 1/5', '  # 1. Pre-Flight (T-30 minutes) 1/3']);
	expect(at(rows({opened: ['block backup-commands/block 0']}))[2]).toBe('| no backup was taken');
	expect(rows({filter: 'pg_dump'})).toEqual(['# Data Backup Verification 0/2', '  # Backup Commands 0/0', '$ open pg_dump -Fc > x.dump']);
	expect(rows({folded: ['Data Backup Verification']}).filter(row => row.startsWith('$'))).toEqual([]);
});

test('without a run there are no rows', () => {
	expect(checklistRows({run: null, folded: new Set(), opened: new Set(), filters: {}})).toEqual([]);
});
