/** The frame of an action that leaves the target's schema alone: its start and its end in the journal, whatever happens in between. */
import {Refusal} from '../journal/refusal.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {ActionName} from '../journal/shapes/plan.ts';
import type {ActionContext} from './context.ts';

/** Runs the work between `action-started` and `action-finished`. `describe` says what came of it. @throws what the work throws */
export async function undertake<T>(context: ActionContext, action: ActionName, {work, describe}: {
	work: () => Promise<T>;
	describe: (result: T) => {reason: string; exit?: number};
}): Promise<{result: T; outcome: Outcome}> {
	context.record('action-started', {action, from: [], to: [], sealed: [], unmet: []});
	const started = Date.now();
	const finish = (end: Pick<Outcome, 'status' | 'exit' | 'reason'>): Outcome => {
		const outcome: Outcome = {
			run: context.state().run, action, ...end, from: [], to: [], seconds: (Date.now() - started) / 1000, revisions: [], statements: context.statements(),
			database: {version: [], verified: false, invalidIndexes: [], left: []}, guard: [], attempts: 1,
		};
		context.record('action-finished', {outcome});
		return outcome;
	};
	try {
		const result = await work();
		const {reason, exit = 0} = describe(result);
		return {result, outcome: finish({status: exit === 0 ? 'done' : 'failed', exit, reason})};
	} catch (error) {
		finish({status: context.signal.aborted ? 'cancelled' : 'failed', exit: error instanceof Refusal ? error.exit : 5, reason: (error as Error).message});
		throw error;
	}
}
