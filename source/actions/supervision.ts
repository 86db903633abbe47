/** The hand on a running migration: the guard on its own session, and what people ask for, aimed only at the migration's backend. */
import {setTimeout as wait} from 'node:timers/promises';
import {Refusal} from '../journal/refusal.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import {startGuardWatch, type GuardWatch} from '../monitor/watch.ts';
import type {GuardDecision, GuardVerdict} from '../monitor/guard.ts';
import {cancelBackend, queryBackend, type Backend} from '../postgres/signal.ts';
import type {Session} from '../postgres/session.ts';
import type {ActionChild, ActionContext} from './context.ts';

export interface Supervision {
	steerChild(child: ActionChild): void;
	/** The migration's backend, once proven; null when it is gone. */
	watchBackend(backend: Backend | null): void;
	/** Who or what stopped the action, in words; null when nobody did. */
	stopped(): string | null;
	/** Resolves when somebody wants the action's end. */
	readonly stopping: Promise<void>;
	close(): Promise<void>;
}

/** The guard looks so often while an action runs: a queue of 20 sessions forms within a second. */
const guardIntervalMs = 250;
/** A cancel that has had no effect after this is told; for the guard's own it is followed by a termination. */
const cancelPatienceMs = 5000;

/** Opens the guard's session before the migration starts: there may be no free connection when it is needed. */
export async function openSupervision(context: ActionContext, action: Plan['action']): Promise<Supervision> {
	const session: Session = await context.openSession('guard');
	let child: ActionChild | null = null;
	let backend: Backend | null = null;
	let why: string | null = null;
	let wake = () => {};
	const stopping = new Promise<void>(resolve => {
		wake = resolve;
	});

	const signal = async (terminate: boolean, reason: string): Promise<string> => {
		// Between two statements there is nothing to cancel: the sidecar is told too, and stops before the next one.
		child?.write('cancel-softly');
		if (!backend) return 'it has no backend now, and will not start another statement';
		const at = backend;
		const over = guard.current() as Session | null ?? await context.session();
		const answer = await cancelBackend(over, {...at, terminate}).catch(async () => cancelBackend(await context.session(), {...at, terminate}));
		context.record('backend-cancelled', {...at, terminate, accepted: answer.result === 'accepted', reason});
		if (answer.result === 'denied') throw new Refusal(2, answer.reason);
		return answer.reason;
	};
	const onDecision = async ({reason: sentence, ...decision}: GuardDecision) => {
		const because = sentence.replace(/\.$/, '');
		const reason = `the guard ${decision.terminate ? 'terminated' : 'cancelled'} it by ${decision.rule}: ${because}`;
		const did = decision.action === 'alert' ? 'alert only: it would have been cancelled' : decision.terminate ? 'terminated its backend' : 'cancelled its statement';
		if (decision.action === 'alert') {
			context.record('guard-acted', {act: {at: context.now().toISOString(), rule: decision.rule, reason: because, did}});
			return;
		}
		why ??= reason;
		const answer = await signal(decision.terminate, `guard, ${decision.rule}`).catch((error: unknown) => (error as Error).message);
		context.record('guard-acted', {act: {at: context.now().toISOString(), rule: decision.rule, reason: because, did: `${did} (${answer})`}});
		wake();
	};
	let told = '';
	const tellNearest = ({nearest, unknown}: GuardVerdict) => {
		const text = [nearest && `${nearest.text}${nearest.inSeconds !== null && nearest.inSeconds > 0 ? `, in ${nearest.inSeconds.toFixed(0)} s` : ''}`, ...unknown].filter(Boolean).join('; ') || 'nobody waits for the migration';
		if (text !== told) context.tell((told = text), undefined, 'guard');
	};
	const guard: GuardWatch = startGuardWatch({
		session, connect: () => context.openSession('guard'), intervalMs: guardIntervalMs, migration: () => backend, policy: () => context.state().guard,
		onDecision: decision => void onDecision(decision), onReading: (_, verdict) => tellNearest(verdict),
		onFailure: (error, since) => context.tell(`the guard can't look since ${since}: ${error}`, undefined, 'guard'),
	});
	const stopFeeding = context.onSample(sample => guard.feed(sample));
	context.steer({
		action,
		hold: () => child?.write('hold'),
		proceed: () => child?.write('continue'),
		async cancel({terminate, reason}) {
			why = `${terminate ? 'terminated' : 'cancelled'}: ${reason}`;
			wake();
			await signal(terminate, reason);
			if (!terminate) void tellWhenStubborn(context, () => backend);
		},
	});
	return {
		steerChild(next) {
			child = next;
			// Asked for while this one was being started.
			if (why !== null) next.write('cancel-softly');
		},
		watchBackend(next) {
			backend = next;
		},
		stopped: () => why,
		stopping,
		async close() {
			context.steer(null);
			stopFeeding();
			await guard.stop();
		},
	};
}

/** A cancel reaches a statement, not an idle transaction: who asked is told what would. */
async function tellWhenStubborn(context: ActionContext, backend: () => Backend | null): Promise<void> {
	const at = backend();
	if (!at) return;
	await wait(cancelPatienceMs, undefined, {ref: false});
	if (backend()?.pid !== at.pid) return;
	const state = await context.session().then(session => queryBackend(session, at)).catch(() => null);
	if (state) context.tell(`backend ${at.pid} is still there, ${state.state ?? 'in a state that is not visible'}: X terminates it`);
}
