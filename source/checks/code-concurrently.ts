/** What is done to large tables keeps nobody out for long. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {describeFault, readIndexOperations} from './index-operations.ts';
import {placeOf, readStatements} from './statements.ts';
import {querySizes} from './tables.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed, warned} from './verdict.ts';

export const codeConcurrently: Check = {
	id: 'code.concurrently',
	says: 'Indexes and constraints of large tables are built, dropped and checked without keeping writers out.',
	why: 'A CREATE INDEX on a million rows stops every write for its whole time. Where CONCURRENTLY can\'t be used, a person waives it with a window.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'target'],
	// Tables grow: the facts say to count again after a day.
	ttlMs: 24 * 3600 * 1000,
	async run(look) {
		const plan = await readStatements(look);
		const sizes = await querySizes(look);
		const operations = await readIndexOperations(await look.session(), plan);
		if (operations.length === 0) return onlyIfSeen(notApplicable('No statement of the plan builds, drops or checks an index or constraint of a table that is in use.'), plan.unseen);
		const evidence = [
			noteEvidence('statements on indexes and constraints of tables in use', operations.map(each => `${sizes.describe(each.table)}: ${each.concurrently ? 'CONCURRENTLY' : 'under a lock'}; ${placeOf(each.statement)}`)),
			sizes.evidence(operations.map(each => each.table)),
		];
		const faults = operations.filter(each => each.fault !== null);
		// PostgreSQL refuses CONCURRENTLY in a transaction whatever the size.
		const bad = faults.filter(each => sizes.isLarge(each.table) || each.concurrently);
		if (bad.length > 0) return failed(`${listed(bad.map(describeFault), 3)}.`, evidence);
		const unknown = faults.filter(each => sizes.isLarge(each.table) === null);
		if (unknown.length > 0) return onlyIfSeen(warned(`The rows of ${listed([...new Set(unknown.map(each => each.table.text))])} are not known (never analyzed): ${listed(unknown.map(describeFault), 2)}.`, evidence), plan.unseen);
		const large = operations.filter(each => sizes.isLarge(each.table));
		return onlyIfSeen(passed(large.length > 0 ? `${count(large.length, 'statement')} on large tables, all of them without keeping writers out.` : `${count(operations.length, 'statement')}, none on a table of ${look.settings.largeTableRows.toLocaleString('en-US')} rows or more.`, evidence), plan.unseen);
	},
};
