/** Drops an invalid index that a failed CONCURRENTLY left behind, so that the migration can be tried again. */
import {Refusal} from '../journal/refusal.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import {dropInvalidIndex, dropStatement, findIndex, refuseDrop} from '../postgres/invalid-index.ts';
import {cancelBackend} from '../postgres/signal.ts';
import type {ActionContext} from './context.ts';
import {isProduction} from './policy.ts';
import {undertake} from './undertaking.ts';

/** @throws Refusal 2 when there is no such index, 3 when it is valid, at work, or not confirmed in production */
export async function runDropInvalid(context: ActionContext, {index, confirmed}: {index: string; confirmed: boolean}): Promise<Outcome> {
	const {target} = context.state();
	const found = await findIndex(await context.session(), index);
	const refusal = refuseDrop(found);
	if (refusal) throw refusal;
	const sql = dropStatement(found.name);
	if (isProduction(target.environment) && !confirmed) throw new Refusal(3, `${sql} on ${target.database} was not confirmed; nothing was dropped. Confirm it, or give --yes.`);
	const {outcome} = await undertake(context, 'maintain', {
		async work() {
			const session = await context.openSession('target');
			// It waits inside the server: only a cancel there ends it.
			const cancel = () => void context.session().then(own => cancelBackend(own, session)).catch((error: unknown) => context.tell(`it could not be cancelled: ${(error as Error).message}`));
			context.signal.addEventListener('abort', cancel, {once: true});
			try {
				context.tell(`${sql}: waits for transactions on ${found.table} that are older`);
				const started = Date.now();
				await dropInvalidIndex(session, found);
				context.record('statement-finished', {statement: {sql, seconds: (Date.now() - started) / 1000}, number: 1});
			} finally {
				context.signal.removeEventListener('abort', cancel);
				await session.close();
			}

			const left = await findIndex(await context.session(), found.name).then(({oid}) => oid === found.oid, () => false);
			if (left) throw new Refusal(5, `${found.name} is still there after ${sql}; look at it before anything else.`);
		},
		describe: () => ({reason: `the invalid index ${found.name} of ${found.table} is gone (read back); what failed can be tried again`}),
	});
	return outcome;
}
