/** Which tables the run's migration touches, as far as its SQL, its rehearsal and what ran already name them. */
import {readFileSync} from 'node:fs';
import {tablesIn, touchedTables} from '../actions/touched.ts';
import type {RunState} from '../journal/shapes/run.ts';

/** A function that names them as of now, none without a run; the plan's SQL is read once for each plan. */
export function createPlanTables(state: () => Pick<RunState, 'plan' | 'rehearsal' | 'actions' | 'running'> | null): () => readonly string[] {
	let known: {of: unknown[]; tables: readonly string[]} = {of: [], tables: []};
	let planned: {sql: string; tables: readonly string[]} | null = null;
	return () => {
		const run = state();
		if (!run) return [];
		const {plan, rehearsal, actions, running} = run;
		const of = [plan?.sqlSha256, rehearsal, actions, running?.statements];
		if (of.some((value, index) => value !== known.of[index])) {
			if (plan && planned?.sql !== plan.sql) planned = {sql: plan.sql, tables: tablesIn(readStatements(plan.sql))};
			const rehearsed = (rehearsal?.statements ?? []).flatMap(({sql, locks}) => [...tablesIn([sql]), ...locks.map(({table}) => table)]);
			known = {of, tables: [...new Set([...(plan && planned ? planned.tables : []), ...rehearsed, ...tablesIn(running?.statements.map(({sql}) => sql) ?? []), ...touchedTables({actions})])]};
		}

		return known.tables;
	};
}

/** Only to find the names that statements begin with: a semicolon at a line's end is taken for a statement's end. */
function readStatements(file: string): string[] {
	try {
		return readFileSync(file, 'utf8').replaceAll(/^--.*$/gm, '').split(/;[ \t]*(?:\n|$)/);
	} catch {
		// The artifact of an older plan may be gone: then the others name the tables.
		return [];
	}
}
