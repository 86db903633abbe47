/** Which tables a run's migrations touched, from the statements that really ran; pure. */
import type {RunState} from '../journal/shapes/run.ts';

/** The tables that these statements name first. Names as written, without quotes. */
export function tablesIn(statements: readonly string[]): string[] {
	return [...new Set(statements.map(tableOf).filter(name => name !== null))];
}

/** Names as written in the statements, without quotes, in the order of their first mention. */
export function touchedTables(state: Pick<RunState, 'actions'>): string[] {
	return tablesIn(state.actions.filter(({action}) => action === 'upgrade' || action === 'downgrade').flatMap(outcome => outcome.statements.map(({sql}) => sql)));
}

const name = String.raw`((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)`;
const patterns = [
	new RegExp(String.raw`^\s*(?:alter|create|truncate)\s+table\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?${name}`, 'i'),
	new RegExp(String.raw`^\s*create\s+(?:unique\s+)?index\b[\s\S]*?\bon\s+(?:only\s+)?${name}`, 'i'),
	new RegExp(String.raw`^\s*(?:insert\s+into|update|delete\s+from)\s+(?:only\s+)?${name}`, 'i'),
];

/** Null for statements of other kinds, and for Alembic's own table. */
function tableOf(sql: string): string | null {
	const text = sql.replace(/^\s*(?:--[^\n]*\n|\/\*[\s\S]*?\*\/)\s*/g, '');
	for (const pattern of patterns) {
		const found = pattern.exec(text)?.[1]?.replaceAll('"', '');
		if (found) return /(^|\.)alembic_version$/.test(found) ? null : found;
	}
	return null;
}
