/** How long the migration will take was measured. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {readEstimate} from './needed.ts';
import {readStatements} from './statements.ts';
import {querySizes} from './tables.ts';
import {touchesOf} from './touched.ts';
import {failed, listed, notApplicable, onlyIfSeen, passed, warned} from './verdict.ts';

export const largeEstimate: Check = {
	id: 'large.estimate',
	says: 'For a plan that touches large tables the duration was measured in a rehearsal.',
	why: 'Whoever plans a window needs a number that was measured. Other hardware and other traffic make it another; the wait for locks comes on top.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'rehearsal', 'target'],
	ttlMs: 24 * 3600 * 1000,
	async run(look) {
		const statements = await readStatements(look);
		const sizes = await querySizes(look);
		const touched = touchesOf(statements).map(touch => touch.table);
		const large = [...new Map(touched.filter(table => sizes.isLarge(table) !== false).map(table => [table.key, table])).values()];
		const estimate = await readEstimate(look);
		const rehearsal = await look.rehearsal();
		const evidence = [sizes.evidence(touched), ...(rehearsal ? [noteEvidence(`statements as rehearsed on ${rehearsal.basis}`, rehearsal.statements.map(each => `${each.seconds.toFixed(3)} s${each.rewrote.length > 0 ? `, rewrote ${each.rewrote.join(', ')}` : ''}: ${each.sql.replace(/\s+/g, ' ').slice(0, 200)}`))] : [])];
		if (!estimate && large.length === 0) return onlyIfSeen(notApplicable(`The plan touches no table of ${look.settings.largeTableRows.toLocaleString('en-US')} rows or more.`, evidence), statements.unseen);
		if (!estimate) return failed(`The plan touches ${listed(large.map(sizes.describe))}, and how long it takes was never measured: rehearse it.`, evidence);
		const schemaOnly = /schema only(?! but)/.test(estimate.basis);
		if (schemaOnly && large.length > 0) return warned(`${estimate.seconds.toFixed(1)} s, ${estimate.basis}: without rows that says nothing about ${listed(large.map(sizes.describe))}.`, evidence);
		return passed(`${estimate.seconds.toFixed(1)} s, ${estimate.basis}${large.length > 0 ? `; it touches ${listed(large.map(sizes.describe))}` : ''}.`, evidence);
	},
};
