/** Numbers of a measurement, and the tables that they are shown in. */

/** The value below which this share of them lies. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** What one section of the bench found. */
export interface Section {
	title: string;
	/** What was done, how often, and what was counted. */
	method: string;
	/** Columns of the table, the first one naming what was measured. */
	columns: string[];
	rows: (string | number)[][];
	/** Goal and what was reached, one sentence each. */
	verdicts: Verdict[];
}

export interface Verdict {
	goal: string;
	found: string;
	/** Null: it could not be measured here. */
	reached: boolean | null;
}

/** A section as Markdown. */
export function renderSection({title, method, columns, rows, verdicts}: Section): string {
	const line = (cells: readonly (string | number)[]) => `| ${cells.map(show).join(' | ')} |`;
	const word = {true: 'reached', false: '**not reached**', null: 'not measured'};
	return [
		`## ${title}`, '', method, '',
		line(columns), line(columns.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line), '',
		...verdicts.map(({goal, found, reached}) => `- ${goal}: ${found}, ${word[`${reached}`]}.`), '',
	].join('\n');
}

function show(value: string | number): string {
	if (typeof value === 'string') return value;
	if (Number.isNaN(value)) return '–';
	return Math.abs(value) >= 100 ? value.toLocaleString('en', {maximumFractionDigits: 0}) : String(Number(value.toPrecision(3)));
}
