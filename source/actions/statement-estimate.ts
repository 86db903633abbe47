/** What the rehearsal says about how long the statement that runs now should take; pure. */
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';

export interface StatementPlace {
	revision: string | null;
	sql: string;
	/** Which one of its revision, from 0. */
	order: number;
}

/**
 * The longest of the same text in the same revision, since a loop runs it many times; else the one at its place, since a text may have values in it.
 * Null: nobody knows, or the copy held too little to tell.
 */
export function estimateStatement(rehearsal: Pick<Rehearsal, 'statements'> | null, {revision, sql, order}: StatementPlace): number | null {
	const rehearsed = (rehearsal?.statements ?? []).filter(statement => (statement.revision ?? null) === revision);
	const same = rehearsed.filter(statement => statement.sql === sql);
	const counting = same.length > 0 ? same : rehearsed.slice(order, order + 1);
	const seconds = counting.map(statement => (statement.estimateSeconds === undefined ? statement.seconds : statement.estimateSeconds));
	return seconds.length === 0 || seconds.includes(null) ? null : Math.max(...seconds as number[]);
}
