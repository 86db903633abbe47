/** VACUUM (ANALYZE) of the tables that the migration touched, or of named ones. */
import {setInterval as every} from 'node:timers/promises';
import {Refusal} from '../journal/refusal.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {Session} from '../postgres/session.ts';
import {queryTables, type TableSize} from '../postgres/table-sizes.ts';
import {queryVacuumProgress} from '../postgres/vacuum-progress.ts';
import type {ActionContext} from './context.ts';
import {isProduction} from './policy.ts';
import {touchedTables} from './touched.ts';
import {undertake} from './undertaking.ts';

const tellEveryMs = 500;

/** @throws Refusal 2 for a table that is not there, 3 when not confirmed in production */
export async function runMaintain(context: ActionContext, {tables, confirmed}: {tables: string[]; confirmed: boolean}): Promise<Outcome> {
	const {target} = context.state();
	if (isProduction(target.environment) && !confirmed) throw new Refusal(3, `VACUUM (ANALYZE) on ${target.database} was not confirmed; it reads the tables whole. Confirm it, or give --yes.`);
	const wanted = tables.length > 0 ? tables : touchedTables(context.state());
	const known = (await queryTables(await context.session())).filter(table => table.kind !== 'materialised view' || tables.length > 0);
	const found = wanted.map(name => known.find(table => table.table === name || `${table.schema}.${table.table}` === name || table.name === name));
	const missing = wanted.find((_, index) => !found[index]);
	if (missing !== undefined && tables.length > 0) throw new Refusal(2, `There is no table ${JSON.stringify(missing)} in ${target.database}.`);
	const todo = [...new Set(found.flatMap(table => (table ? [table] : [])))];
	if (todo.length === 0) throw new Refusal(2, 'No migration of this run has touched a table yet; name the tables.');
	const {outcome} = await undertake(context, 'maintain', {
		async work() {
			const session = await context.openSession('target');
			const aborted = new Promise<never>((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason as Error), {once: true}));
			aborted.catch(() => {});
			try {
				for (const [index, table] of todo.entries()) {
					const sql = `VACUUM (ANALYZE) ${table.name}`;
					const started = Date.now();
					const share = (part: number) => (index + part) / todo.length;
					context.tell(`${sql}: ${describeNeed(table)}`, share(0));
					const done = new AbortController();
					const telling = tellProgress(context, {session, done: done.signal, tell: (text, part) => context.tell(`${sql}: ${text}`, share(part))});
					try {
						await Promise.race([session.query(sql, [], {timeoutMs: 24 * 3600 * 1000}), aborted]);
					} finally {
						done.abort();
						await telling;
					}
					context.record('statement-finished', {statement: {sql, seconds: (Date.now() - started) / 1000}, number: index + 1});
				}
			} finally {
				// An aborted VACUUM's backend notices the closed connection at its next check for interrupts.
				await session.close();
			}
			return queryTables(await context.session(), {tables: todo.map(table => `${table.schema}.${table.table}`)});
		},
		describe: after => ({reason: `${todo.length} ${todo.length === 1 ? 'table' : 'tables'} vacuumed and analyzed: ${todo.map(table => describeEffect(table, after.find(each => each.name === table.name))).join(', ')}`}),
	});
	return outcome;
}

/** Why it is worth it, in figures of the statistics system. */
function describeNeed({deadRows, changedRows, lastAnalyze}: TableSize): string {
	const number = (value: number | null) => value === null ? 'an unknown number of' : value.toLocaleString('en-US');
	return `${number(deadRows)} dead rows, ${number(changedRows)} changed since its last ANALYZE${lastAnalyze === null ? ' (never)' : ` at ${lastAnalyze} UTC`}`;
}

/** Rows that some transaction may still see stay dead: that is said, since the next VACUUM is needed then. */
function describeEffect(before: TableSize, after: TableSize | undefined): string {
	if (before.deadRows === null || after?.deadRows == null || before.deadRows === after.deadRows) return before.name;
	return `${before.name} (dead rows ${before.deadRows.toLocaleString('en-US')} → ${after.deadRows.toLocaleString('en-US')})`;
}

/** Over holdpoint's own session, while the other one works; what can't be read is not told. */
async function tellProgress(context: ActionContext, {session, done, tell}: {session: Session; done: AbortSignal; tell: (text: string, part: number) => void}): Promise<void> {
	try {
		for await (const _ of every(tellEveryMs, null, {signal: done, ref: false})) {
			const progress = await queryVacuumProgress(await context.session(), session.pid).catch(() => null);
			if (progress) tell(progress.text, progress.share);
		}
	} catch (error) {
		if ((error as Error).name !== 'AbortError') throw error;
	}
}
