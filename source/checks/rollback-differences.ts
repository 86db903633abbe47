/** Differences of two schemas in words, and which items of the checklist each kind of object belongs to. */
import type {Difference} from '../journal/shapes/rehearsal.ts';

const words = {missing: 'is gone', extra: 'was left behind', changed: 'is not as before'} as const;

/** One line each: `index public.ix_items_name was left behind`. */
export function differenceLines(differences: readonly Difference[]): string[] {
	return differences.map(({object, kind, before, after}) => `${object} ${words[kind]}${kind === 'changed' ? ` (${before} → ${after})` : ''}`);
}

export function isIndexOrConstraint({object}: Difference): boolean {
	return /^(index|constraint|statistics) /.test(object);
}

/** Triggers, functions, types, sequences, views and the rarer objects: all but tables, columns, indexes, constraints, grants and comments. */
export function isRoutine({object}: Difference): boolean {
	return !/^(index|constraint|statistics|table|column|foreign table|privileges of|default privileges of|comment on) ?/.test(object);
}
