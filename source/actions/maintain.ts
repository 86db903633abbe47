/** VACUUM (ANALYZE) of the tables that the migration touched, or of named ones. */
import {Refusal} from '../journal/refusal.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import {queryTables} from '../postgres/table-sizes.ts';
import type {ActionContext} from './context.ts';
import {isProduction} from './policy.ts';
import {touchedTables} from './touched.ts';
import {undertake} from './undertaking.ts';

/** @throws Refusal 2 for a table that is not there, 3 when not confirmed in production */
export async function runMaintain(context: ActionContext, {tables, confirmed}: {tables: string[]; confirmed: boolean}): Promise<Outcome> {
	const {target} = context.state();
	if (isProduction(target.environment) && !confirmed) throw new Refusal(3, `VACUUM (ANALYZE) on ${target.database} was not confirmed; it reads the tables whole. Confirm it, or give --yes.`);
	const wanted = tables.length > 0 ? tables : touchedTables(context.state());
	const known = await queryTables(await context.session());
	const found = wanted.map(name => known.find(table => table.table === name || `${table.schema}.${table.table}` === name || table.name === name));
	const missing = wanted.find((_, index) => !found[index]);
	if (missing !== undefined && tables.length > 0) throw new Refusal(2, `There is no table ${JSON.stringify(missing)} in ${target.database}.`);
	const todo = found.flatMap(table => (table ? [table.name] : []));
	if (todo.length === 0) throw new Refusal(2, 'No migration of this run has touched a table yet; name the tables.');
	const {outcome} = await undertake(context, 'maintain', {
		async work() {
			const session = await context.openSession('target');
			const aborted = new Promise<never>((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason as Error), {once: true}));
			aborted.catch(() => {});
			try {
				for (const [index, table] of todo.entries()) {
					context.tell(`VACUUM (ANALYZE) ${table}`, index / todo.length);
					const sql = `VACUUM (ANALYZE) ${table}`;
					const started = Date.now();
					await Promise.race([session.query(sql, [], {timeoutMs: 24 * 3600 * 1000}), aborted]);
					context.record('statement-finished', {statement: {sql, seconds: (Date.now() - started) / 1000}, number: index + 1});
				}
			} finally {
				// An aborted VACUUM's backend notices the closed connection at its next check for interrupts.
				await session.close();
			}
		},
		describe: () => ({reason: `${todo.length} ${todo.length === 1 ? 'table' : 'tables'} vacuumed and analyzed: ${todo.join(', ')}`}),
	});
	return outcome;
}
