/** The reviewed SQL as rows: revisions that fold, their lines, and each finding under the line that it is about. */
import type {Finding, StatementLook} from '../../../journal/shapes/review.ts';
import type {ReviewAnswer} from '../../state.ts';

export type ReviewRow =
	| {kind: 'revision'; key: string; revision: string; statements: number; findings: Finding[]; folded: boolean; unreviewed?: true}
	| {kind: 'sql'; key: string; number: number; text: string; statement?: StatementLook; findings: Finding[]}
	| {kind: 'finding'; key: string; finding: Finding};

const severity = {error: 0, warning: 1, info: 2} as const;

/** Asked several times for each key, of a text that may be long. */
const known = new WeakMap<ReviewAnswer, {folded: ReadonlySet<string>; rows: ReviewRow[]}>();

/** All rows in the order of the SQL; of a folded revision only its heading. */
export function reviewRows(answer: ReviewAnswer, folded: ReadonlySet<string>): ReviewRow[] {
	const last = known.get(answer);
	if (last?.folded === folded) return last.rows;
	const rows = makeRows(answer, folded);
	known.set(answer, {folded, rows});
	return rows;
}

function makeRows({sql, review, statements, unreviewed}: ReviewAnswer, folded: ReadonlySet<string>): ReviewRow[] {
	const byLine = groupBy(review.findings.filter(onSql), finding => finding.line);
	const starts = new Map(statements.map(statement => [statement.line, statement]));
	const rows: ReviewRow[] = findingRows(review.findings.filter(finding => !onSql(finding) && finding.revision === undefined));
	let revision: string | null = null;
	for (const [index, text] of sql.trimEnd().split('\n').entries()) {
		const begun = /^-- Running (?:upgrade|downgrade)\s+.*?->\s*([^\s,]+)/.exec(text)?.[1];
		if (begun !== undefined) {
			revision = begun;
			const findings = review.findings.filter(finding => finding.revision === begun);
			rows.push({kind: 'revision', key: `revision ${begun}`, revision: begun, statements: statements.filter(statement => statement.revision === begun).length, findings, folded: folded.has(begun), ...(unreviewed && {unreviewed})});
			if (!folded.has(begun)) rows.push(...findingRows(findings.filter(finding => !onSql(finding))));
			continue;
		}
		if (revision !== null && folded.has(revision)) continue;
		const [number, findings] = [index + 1, bySeverity(byLine.get(index + 1) ?? [])];
		rows.push({kind: 'sql', key: `line ${number}`, number, text: text.trimEnd(), statement: starts.get(number), findings}, ...findingRows(findings));
	}
	return rows;
}

/** Most severe first; the order of the text within a level. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
	return findings.toSorted((left, right) => severity[left.level] - severity[right.level] || left.line - right.line);
}

/** The finding's row after that key, or before it, round the end; its revision unfolded. Null: there is none. */
export function neighbour(answer: ReviewAnswer, at: string | null, by: 1 | -1): {key: string; revision: string | undefined} | null {
	const rows = makeRows(answer, new Set());
	const from = Math.max(0, rows.findIndex(row => row.key === at));
	const around = Array.from({length: rows.length}, (_, step) => rows[(from + by * (step + 1) + rows.length * 2) % rows.length]!);
	const found = around.find(row => row.kind === 'finding');
	return found?.kind === 'finding' ? {key: found.key, revision: found.finding.revision} : null;
}

/** Statements that were on the screen whole, counted with what is on it now. */
export function readStatements(answer: ReviewAnswer, seen: ReadonlySet<number>): Set<number> {
	return new Set(answer.statements.filter(({line, endLine}) => {
		for (let each = line; each <= endLine; each++) if (!seen.has(each)) return false;
		return true;
	}).map(({number}) => number));
}

/** One on the Python of a migration stands in its file, not in the SQL. */
function onSql(finding: Finding): boolean {
	return finding.file === undefined;
}

function findingRows(findings: readonly Finding[]): ReviewRow[] {
	return bySeverity(findings).map(finding => ({kind: 'finding', key: `finding ${finding.revision ?? ''} ${finding.file ?? ''} ${finding.line}:${finding.column} ${finding.rule} ${finding.statement}`, finding}));
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => number): Map<number, T[]> {
	const groups = new Map<number, T[]>();
	for (const value of values) groups.set(keyOf(value), [...groups.get(keyOf(value)) ?? [], value]);
	return groups;
}
