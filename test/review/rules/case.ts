/** How the cases of a rule are written down: SQL, what it reports, and what else is known. */
import type {ReviewOptions} from '../../../source/review/review.ts';

/** `''`: nothing. Otherwise `line:column level` of each finding, joined by a comma. */
export type Case = [sql: string, expected: string, options?: ReviewOptions];

export type Cases = Record<string, Case[]>;

/** A table of the target with so many rows. */
export function tableOf(name: string, rows: number | null, more: object = {}): ReviewOptions {
	return {knowledge: {tables: [{schema: 'public', name, rows, bytes: rows === null ? null : rows * 500, ...more}]}};
}
