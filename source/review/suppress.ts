/** Ignore comments: what they silence, and what is wrong with them. */
import type {Note} from './split.ts';

export interface Ignore {
	rules: string[];
	/** Empty when the comment gives none: then it silences nothing. */
	reason: string;
	/** Number of the statement it stands at. */
	statement?: number;
	/** In Python: first line of the operation it stands at; without one, any statement of its revision. */
	operation?: number;
	revision?: string;
	/** Where it stands, which may be the migration's Python file. */
	file?: string;
	line: number;
	column: number;
	used: boolean;
}

/** Reads `-- holdpoint: ignore RULE[, RULE…] -- reason`; `rules` is empty when it can't be read. */
export function parseIgnore(note: Pick<Note, 'text' | 'line' | 'column'>): Ignore {
	const [, names = '', reason = ''] = /^(?:--|#)\s*holdpoint:\s*ignore\b\s*(.*?)(?:\s--\s*(.*))?$/.exec(note.text) ?? [];
	const rules = names.split(/[\s,]+/).filter(name => /^[a-z][a-z0-9-]*$/.test(name));
	return {rules, reason: reason.trim(), line: note.line, column: note.column, used: false};
}

/** The ignores of a script, found by statement or by revision without a search through all of them. */
export class Ignores {
	readonly all: Ignore[] = [];
	readonly #byPlace = new Map<string, Ignore[]>();

	add(ignore: Ignore): void {
		this.all.push(ignore);
		const place = ignore.statement !== undefined ? `statement ${ignore.statement}` : ignore.operation !== undefined ? `operation ${ignore.file}:${ignore.operation}` : `revision ${ignore.revision}`;
		this.#byPlace.set(place, [...this.#byPlace.get(place) ?? [], ignore]);
	}

	/** Whether a finding is silenced; marks what silenced it as used. */
	silence(finding: {rule: string; statement: number; revision?: string; origin?: {file: string; line: number}}): boolean {
		let silenced = false;
		for (const place of [`statement ${finding.statement}`, `operation ${finding.origin?.file}:${finding.origin?.line}`, `revision ${finding.revision}`]) {
			for (const ignore of this.#byPlace.get(place) ?? []) {
				if (!ignore.rules.includes(finding.rule)) continue;
				ignore.used = true;
				silenced ||= ignore.reason !== '';
			}
		}
		return silenced;
	}
}
