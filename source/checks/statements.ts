/** The statements of the plan as operations: from Alembic's offline SQL, else as the rehearsal saw them run. */
import type {Operation, OperationOf} from '../review/operations.ts';
import type {TableName} from '../review/names.ts';
import {loadParser, parseStatement} from '../review/parser.ts';
import {readOperations} from '../review/read-operations.ts';
import {Splitter} from '../review/split.ts';
import type {Look} from './check.ts';

type Parser = Awaited<ReturnType<typeof loadParser>>;

export interface PlanStatement {
	/** In the plan's SQL, from 1; 0 where only the rehearsal saw it. */
	line: number;
	text: string;
	revision: string | null;
	operations: Operation[];
	/** It runs inside a transaction. */
	transaction: boolean;
	/** Of one that the rehearsal ran: how often, and the most rows of one run, for runs that were told in one their mean; null: not told. */
	rehearsed?: {times: number; rows: number | null};
}

export interface PlanStatements {
	statements: PlanStatement[];
	/** The table is made by this plan: nobody uses it yet. */
	isNew(table: TableName): boolean;
	isNewColumn(table: TableName, column: string): boolean;
	/** What could not be read, in words; no good answer may be given over it. */
	unseen: string[];
}

/** @throws Refusal when there is no plan */
export async function readStatements(look: Look): Promise<PlanStatements> {
	const [plan, sql, {context}, library] = [await look.plan(), await look.sql(), await look.database(), await loadParser()];
	const unseen: string[] = [];
	const statements = readScript({sql, library, unseen});
	const offline = new Set(statements.map(each => shapeOf(each.text)));
	// What a DO block does can't be read from its text; where it stands for a loop over the connection, the rehearsal saw that loop.
	const closed = new Set(statements.filter(isClosed).map(each => each.revision));
	const without = plan.revisions.filter(({sql, revision}) => !sql || closed.has(revision));
	const rehearsal = without.length > 0 ? await look.rehearsal() : null;
	for (const {sql, revision} of without) {
		const ran = withoutRepetitions(rehearsal?.statements.filter(statement => statement.revision === revision) ?? []);
		if (ran.length === 0) unseen.push(sql ? `what the DO block of revision ${revision} does shows only in a rehearsal` : `revision ${revision} has no offline SQL`);
		for (const {times, rows, ...statement} of ran) {
			const read = readScript({sql: withoutPlaceholders(statement.sql), library, unseen}).map(each => ({...each, line: 0, revision, rehearsed: {times, rows}}));
			if (read.some(isClosed)) unseen.push(`what the DO block of revision ${revision} does is not known`);
			statements.push(...read.filter(each => !offline.has(shapeOf(each.text))));
		}
	}
	const own = statements.filter(statement => !isBookkeeping(statement, context.versionTable));
	const created = new Set(operationsOf(own, 'create-table').map(({operation}) => operation.table.key));
	const columns = new Set(operationsOf(own, 'add-column').map(({operation}) => `${operation.table.key}.${operation.column.name}`));
	return {
		statements: own,
		isNew: table => created.has(table.key) || table.temporary === true,
		isNewColumn: (table, column) => created.has(table.key) || columns.has(`${table.key}.${column}`),
		unseen,
	};
}

/** The operations of one kind, each with its statement. */
export function operationsOf<Do extends Operation['do']>(statements: readonly PlanStatement[], kind: Do): {operation: OperationOf<Do>; statement: PlanStatement}[] {
	return statements.flatMap(statement => statement.operations
		.filter((operation): operation is OperationOf<Do> => operation.do === kind)
		.map(operation => ({operation, statement})));
}

/** Such as `b2, line 12: ALTER TABLE items ADD COLUMN …`. */
export function placeOf(statement: PlanStatement): string {
	const text = statement.text.replace(/\s+/g, ' ').trim();
	return `${statement.revision ?? 'SQL'}${statement.line > 0 ? `, line ${statement.line}` : ', as rehearsed'}: ${text.length > 160 ? `${text.slice(0, 159)}…` : text}`;
}

function readScript({sql, library, unseen}: {sql: string; library: Parser; unseen: string[]}): PlanStatement[] {
	const statements: PlanStatement[] = [];
	const splitter = new Splitter(sql);
	let revision: string | null = null;
	let transaction = false;
	for (let piece = splitter.next(); piece; piece = splitter.next()) {
		if (piece.kind === 'note') {
			revision = /^-- Running upgrade\s+.*?->\s*(\S+?),?(?:\s|$)/.exec(piece.text)?.[1] ?? revision;
			continue;
		}
		const parsed = parseStatement(library, piece.text);
		if (!parsed.ok) {
			unseen.push(`the statement at line ${piece.line}${revision === null ? '' : ` (${revision})`} can't be parsed: ${parsed.message}`);
			continue;
		}
		const operations = readOperations(parsed.node, 'public');
		for (const operation of operations) {
			if (operation.do !== 'transaction') continue;
			if (operation.what === 'begin') transaction = true;
			if (['commit', 'rollback', 'prepare'].includes(operation.what)) transaction = false;
		}
		if (operations[0]?.do !== 'transaction') statements.push({line: piece.line, text: piece.text, revision, operations, transaction});
	}
	return statements;
}

function isClosed({operations}: PlanStatement): boolean {
	return operations.some(operation => operation.do === 'do-block');
}

function isBookkeeping({operations}: PlanStatement, versionTable: string): boolean {
	return operations.length > 0 && operations.every(operation => 'table' in operation && operation.table?.name === versionTable);
}

/** A loop's thousand statements that differ only in their values say no more than the first, but for how often and how many rows at most. */
function withoutRepetitions(statements: readonly {sql: string; rows: number | null; times?: number}[]): {sql: string; times: number; rows: number | null}[] {
	const seen = new Map<string, {sql: string; times: number; rows: number | null}>();
	for (const {sql, rows: all, times = 1} of statements) {
		const shape = shapeOf(sql);
		const known = seen.get(shape);
		const rows = all === null ? null : Math.ceil(all / times);
		seen.set(shape, known ? {...known, times: known.times + times, rows: known.rows === null || rows === null ? null : Math.max(known.rows, rows)} : {sql, times, rows});
	}
	return [...seen.values()];
}

/** A statement without its values. */
function shapeOf(sql: string): string {
	return sql.replace(/'(?:[^']|'')*'|\b\d+\b/g, '#').replace(/\s+/g, ' ').replace(/;\s*$/, '').trim();
}

/** The rehearsal keeps statements as the driver got them: with places for values. */
function withoutPlaceholders(sql: string): string {
	return sql.replace(/%\(\w+\)s|%s/g, '$1').replaceAll('%%', '%');
}
