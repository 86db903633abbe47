/** Each statement of a review with what it locks and how large that is, for a person who reads the SQL. */
import type {StatementLook} from '../journal/shapes/review.ts';
import {findTable, type Knowledge} from './knowledge.ts';
import {lockModes, type Lock} from './locks.ts';
import {normaliseSql} from './measured.ts';
import type {StatementListener} from './script.ts';

/** Give `listen` to the review as `onStatement`; `looks` are its statements then, in their order. */
export function collectLooks(knowledge: Knowledge): {listen: StatementListener; looks: StatementLook[]} {
	const looks: StatementLook[] = [];
	return {
		looks,
		listen({statement, place, own, isNew}) {
			const {number, piece, revision} = place;
			const known = looks.at(-1)?.number === number ? looks.pop() : undefined;
			const locks = own ? [] : strongest([...known?.locks ?? [], ...statement.locks.filter(({table}) => !isNew(table)).map(({table, mode}) => ({table: table.text, mode}))]);
			const tables = own ? [] : statement.locks.flatMap(({table}) => findTable(knowledge, table) ?? []);
			const measured = knowledge.measured?.[normaliseSql(statement.text)];
			looks.push({
				number, line: known?.line ?? piece.line, endLine: Math.max(known?.endLine ?? 0, piece.endLine), ...(revision && {revision}), locks,
				rows: largest([known?.rows ?? null, ...tables.map(table => table.rows)]), bytes: largest([known?.bytes ?? null, ...tables.map(table => table.bytes)]),
				...(measured && {seconds: measured.seconds}),
			});
		},
	};
}

/** One for each table, the strongest of all first. */
function strongest(locks: readonly {table: string; mode: string}[]): StatementLook['locks'] {
	const strength = (mode: string) => lockModes.indexOf(mode as Lock['mode']);
	const sorted = locks.toSorted((left, right) => strength(right.mode) - strength(left.mode));
	return sorted.filter((lock, index) => sorted.findIndex(each => each.table === lock.table) === index);
}

function largest(values: readonly (number | null)[]): number | null {
	const known = values.filter(value => value !== null);
	return known.length === 0 ? null : Math.max(...known);
}
