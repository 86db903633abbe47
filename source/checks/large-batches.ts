/** Rows of large tables are changed in batches that commit. */
import type {Operation, ReadableFacts} from '../alembic/facts.ts';
import {loadParser, parseStatement} from '../review/parser.ts';
import {queryEvidence, type Check, type Look} from './check.ts';
import {noteEvidence, within} from './evidence.ts';
import {needFacts} from './needed.ts';
import {placeOf, readStatements, type PlanStatement} from './statements.ts';
import {querySizes} from './tables.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed, warned} from './verdict.ts';

/** So many rows at once are a batch. */
const batchRows = 10_000;
const changesRows = /^\s*(?:with\b[\s\S]*?\b)?(update|delete\s+from|insert\s+into)\s/i;

export const largeBatches: Check = {
	id: 'large.batches',
	says: 'No statement changes more than ten thousand rows of a large table at once, and loops commit after each batch.',
	why: 'One UPDATE over a large table holds its row locks and keeps vacuum away until its end; a loop inside one transaction does the same with more steps. How many rows a statement touches was counted in the rehearsal, or is the planner\'s estimate.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'rehearsal', 'target'],
	ttlMs: 24 * 3600 * 1000,
	async run(look) {
		const plan = await readStatements(look);
		const sizes = await querySizes(look);
		const facts = await needFacts(look);
		const loops = facts.flatMap(each => each.upgrade.operations.filter(operation => operation.loop && operation.sql !== null && changesRows.test(operation.sql)).map(operation => ({facts: each, operation})));
		const changes = plan.statements.flatMap(statement => statement.operations.flatMap(operation => (operation.do === 'update' || operation.do === 'delete' || (operation.do === 'insert' && operation.source === 'query')) && !plan.isNew(operation.table) ? [{statement, table: operation.table}] : []));
		const large = changes.filter(each => sizes.isLarge(each.table) !== false);
		const evidence = [noteEvidence('statements that change rows', changes.map(each => `${sizes.describe(each.table)}: ${placeOf(each.statement)}`)), noteEvidence('loops over statements that change rows', loops.map(each => place(look, each))), sizes.evidence(changes.map(each => each.table))];
		const oneTransaction = loops.filter(({operation}) => !operation.autocommit);
		if (oneTransaction.length > 0) return failed(`${listed(oneTransaction.map(each => place(look, each)))} changes rows in a loop inside one transaction: its locks stay until the end; use autocommit_block().`, evidence);
		const commitPoints = (await look.plan()).commitPoints.filter(({why}) => why.includes('autocommit_block'));
		const together = large.filter(({statement}) => (statement.rehearsed?.times ?? 1) > 1 && !isOfLoop(statement, loops) && !commitPoints.some(({after}) => after === statement.revision));
		if (together.length > 0) return failed(`${listed(together.map(({statement}) => `${placeOf(statement)} ran ${statement.rehearsed!.times.toLocaleString('en-US')} times`), 2)} inside one transaction: its locks stay until the end; use autocommit_block().`, evidence);
		const counted = [];
		for (const each of large.filter(({statement}) => !isOfLoop(statement, loops))) counted.push({...each, rows: each.statement.rehearsed?.rows ?? await queryEstimate(look, each.statement)});
		evidence.push(queryEvidence('rows at once, as the rehearsal counted them or the planner estimates them', 'EXPLAIN (FORMAT JSON), nothing is executed', counted.map(each => ({statement: placeOf(each.statement), rows: each.rows, times: each.statement.rehearsed?.times ?? null}))));
		const bad = counted.filter(each => each.rows !== null && each.rows > batchRows);
		if (bad.length > 0) return failed(`${listed(bad.map(each => `about ${each.rows!.toLocaleString('en-US')} rows of ${each.table.text} at once (${placeOf(each.statement)})`), 2)}.`, evidence);
		const unknown = counted.filter(each => each.rows === null);
		// A loop over the connection has no offline SQL; the code itself was read.
		const unseen = plan.unseen.filter(text => !loops.some(({facts: {revision}}) => revision !== null && text.includes(revision)));
		if (unknown.length > 0) return onlyIfSeen(warned(`For a person: how many rows ${listed(unknown.map(each => placeOf(each.statement)), 2)} touches can't be estimated before the columns are there.`, evidence), unseen);
		if (large.length === 0 && loops.length === 0) return onlyIfSeen(notApplicable(`The plan changes no rows of a table of ${look.settings.largeTableRows.toLocaleString('en-US')} rows or more.`, evidence), unseen);
		return onlyIfSeen(passed(loops.length > 0 ? `${count(loops.length, 'loop')} ${loops.length === 1 ? 'commits' : 'commit'} after each batch.` : `${count(large.length, 'statement')} on large tables, none over ${batchRows.toLocaleString('en-US')} rows.`, evidence), unseen);
	},
};

interface Loop {
	facts: ReadableFacts;
	operation: Operation;
}

function place(look: Look, {facts, operation}: Loop): string {
	return `${within(look.settings.project, facts.file)}:${operation.line}${operation.autocommit ? ' (in autocommit_block)' : ''}`;
}

/** The rehearsal shows each batch of a loop as a statement of its own. */
function isOfLoop(statement: PlanStatement, loops: readonly Loop[]): boolean {
	return statement.line === 0 && loops.some(({facts}) => facts.revision === statement.revision);
}

/** Null where the statement can't be planned yet. EXPLAIN executes nothing, and the transaction is read-only besides. */
async function queryEstimate(look: Look, {text}: PlanStatement): Promise<number | null> {
	const parsed = parseStatement(await loadParser(), text);
	if (!parsed.ok) return null;
	const session = await look.session();
	try {
		const results = await session.multi(`BEGIN READ ONLY; SET LOCAL lock_timeout = '1s'; EXPLAIN (FORMAT JSON) ${text}; ROLLBACK`);
		const rows = results.flat().find(row => 'QUERY PLAN' in row)?.['QUERY PLAN'] as [{Plan: {'Plan Rows': number; Plans?: {'Plan Rows': number}[]}}] | undefined;
		const top = rows?.[0]?.Plan;
		// ModifyTable itself says 0 rows; what it changes comes from below.
		return top === undefined ? null : Math.max(top['Plan Rows'], ...(top.Plans ?? []).map(each => each['Plan Rows']));
	} catch {
		await session.query('ROLLBACK').catch(() => undefined);
		return null;
	}
}
