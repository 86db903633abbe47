/** The checklist flattened into rows: sections, items, hold points where the document has them. */
import {expect, test} from 'vitest';
import {checklistRows} from '../../../../source/console/panels/checklist/state.ts';
import {opening, stateAfter} from '../../fixtures/story.ts';

const run = stateAfter(opening);
const rows = (given: {folded?: string[]; filter?: string} = {}) => checklistRows({run, folded: new Set(given.folded), filters: {checklist: given.filter ?? ''}})
	.map(row => (row.kind === 'section' ? `${'  '.repeat(row.depth)}# ${row.title} ${row.done}/${row.total}` : row.kind === 'hold' ? `-- ${row.hold}, ${row.unmet} to go` : `${'  '.repeat(row.depth)}${row.item.state} ${row.item.text.slice(0, 20)}`));

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

test('without a run there are no rows', () => {
	expect(checklistRows({run: null, folded: new Set(), filters: {}})).toEqual([]);
});
