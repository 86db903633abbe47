/** Says how long each rehearsed statement takes on tables of another size; pure. */
import type {Rehearsal} from './shapes/rehearsal.ts';

type Statement = Rehearsal['statements'][number];

export interface Size {
	/** `schema.table`, without quotes. */
	table: string;
	/** Null where never counted or estimated. */
	rows: number | null;
	/** Without indexes. */
	bytes: number;
}

export interface Estimate {
	/** Null: the copy held too little of a table to tell. */
	seconds: number | null;
	basis: string;
}

/** In the order of the statements. @param sizes copy: before the rehearsed upgrade; target: now */
export function estimateStatements(statements: readonly Statement[], {copy, target}: {copy: readonly Size[]; target: readonly Size[]}): Estimate[] {
	const sizes: Sizes = {copy: new Map(copy.map(size => [size.table, size])), target: new Map(target.map(size => [size.table, size]))};
	return statements.map(statement => estimateOne(statement, sizes));
}

/**
 * The whole upgrade: its statements as estimated, and what Alembic took around them as rehearsed. Waits for locks are not in it.
 * A statement that can't be estimated counts as rehearsed, and the basis says so.
 */
export function estimateUpgrade({statements, revisions, basis}: Pick<Rehearsal, 'statements' | 'revisions' | 'basis'>, sizes: {copy: readonly Size[]; target: readonly Size[]}): {seconds: number; basis: string} {
	const estimates = estimateStatements(statements, sizes);
	const rehearsed = statements.reduce((sum, each) => sum + each.seconds, 0);
	const around = Math.max(0, revisions.reduce((sum, each) => sum + each.up, 0) - statements.filter(each => each.revision !== undefined).reduce((sum, each) => sum + each.seconds, 0));
	const seconds = around + estimates.reduce((sum, each, index) => sum + (each.seconds ?? statements[index]!.seconds), 0);
	const scaled = estimates.filter((each, index) => each.seconds !== null && differs(each.seconds, statements[index]!.seconds));
	const unknown = estimates.filter(each => each.seconds === null);
	return {
		seconds,
		basis: [
			`rehearsed: ${basis}`,
			...(scaled.length > 0 ? [`${rehearsed.toFixed(1)} s there, ${count(scaled.length)} scaled to the size of the target's tables`] : []),
			...(unknown.length > 0 ? [`${count(unknown.length)} left as rehearsed: ${unknown[0]!.basis}`] : []),
		].join('; '),
	};
}

interface Sizes {
	copy: ReadonlyMap<string, Size>;
	target: ReadonlyMap<string, Size>;
}

function estimateOne(statement: Statement, sizes: Sizes): Estimate {
	const {what, tables} = workOf(statement);
	if (tables.length === 0) return {seconds: statement.seconds, basis: what};
	const ratios = tables.map(table => ({table, ratio: ratioOf(sizes.copy.get(table), sizes.target.get(table))}));
	const unknown = ratios.find(each => each.ratio === null);
	if (unknown) return {seconds: null, basis: `${what}, and the copy held too little of ${unknown.table} to tell`};
	const largest = ratios.reduce((one, other) => other.ratio! > one.ratio! ? other : one);
	return {seconds: statement.seconds * largest.ratio!, basis: differs(largest.ratio!, 1) ? `${what}: ${largest.table} is ${largest.ratio!.toFixed(2)} times as large as on the copy` : `${what}: as large as on the copy`};
}

/** What its time goes with: the tables that it read or wrote as a whole, or none. */
function workOf({sql, rewrote, scanned, rows, locks, unmeasured}: Statement): {what: string; tables: string[]} {
	const text = sql.replace(/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
	if (/^(?:truncate|drop)\b/i.test(text)) return {what: 'changes the catalog and removes files', tables: []};
	if (/^(?:with|insert|update|delete|merge|copy)\b/i.test(text)) {
		const written = locks.filter(lock => lock.mode !== 'ACCESS SHARE').map(lock => lock.table);
		return rows === 0 && scanned.length === 0 ? {what: 'changed no rows', tables: []} : {what: 'goes with the rows', tables: [...new Set([...scanned, ...written])]};
	}
	if (rewrote.length > 0) return {what: 'rewrites the table and its indexes', tables: [...new Set([...rewrote, ...scanned])]};
	if (scanned.length > 0) return {what: 'reads the table from end to end', tables: scanned};
	// Where scans could not be counted, the kind of the statement says it.
	if (unmeasured !== undefined && /^(?:create\s+(?:unique\s+)?index|reindex|vacuum|analyze|refresh|cluster|alter\s+table[\s\S]*\bvalidate\b)/i.test(text)) return {what: 'reads the table from end to end', tables: locks.map(lock => lock.table)};
	return {what: /^(?:select|show|values)\b/i.test(text) ? 'reads a little' : 'changes the catalog only', tables: []};
}

/** By rows or by bytes, whichever is more: a table may be bloated, or its rows wider. Tables that both lack, or that are empty on both, take no time. */
function ratioOf(copy: Size | undefined, target: Size | undefined): number | null {
	if (target === undefined || (target.rows ?? 0) === 0 && target.bytes <= page) return 1;
	if (copy === undefined || copy.rows === 0) return null;
	const byRows = copy.rows !== null && target.rows !== null ? target.rows / copy.rows : 0;
	// Of a small table the bytes are mostly its maps, which a restored one does not have yet.
	const byBytes = target.bytes > 128 * page ? target.bytes / Math.max(copy.bytes, page) : 0;
	return byRows === 0 && byBytes === 0 ? 1 : Math.max(byRows, byBytes);
}

const page = 8192;

function differs(one: number, other: number): boolean {
	return Math.abs(one - other) > 0.05 * Math.max(one, other);
}

function count(number: number): string {
	return `${number} ${number === 1 ? 'statement' : 'statements'}`;
}
