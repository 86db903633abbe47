/** The hand on a running migration: the guard on its own session, and what people ask for, aimed only at the migration's backend. */
import {setTimeout as wait} from 'node:timers/promises';
import {Refusal} from '../journal/refusal.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {nearestText, type GuardDecision, type GuardVerdict} from '../monitor/guard.ts';
import type {GuardReading} from '../monitor/guard-reading.ts';
import {startGuardWatch, type GuardWatch} from '../monitor/watch.ts';
import {sessionText} from '../monitor/words.ts';
import {cancelBackend, queryBackend, type Backend} from '../postgres/signal.ts';
import type {Session} from '../postgres/session.ts';
import type {RunningStatement} from './attempt.ts';
import type {ActionChild, ActionContext} from './context.ts';
import {watchDisk} from './disk.ts';
import {createHolding} from './holding.ts';
import {estimateStatement} from './statement-estimate.ts';

export interface Supervision {
	steerChild(child: ActionChild): void;
	/** The migration's backend, once proven; null when it is gone. */
	watchBackend(backend: Backend | null): void;
	watchStatement(statement: RunningStatement | null): void;
	/** Why the guard holds it, or null. */
	heldBy(): string | null;
	/** Whom the migration was last seen waiting for, as part of a sentence; null when it never was. */
	waitedFor(): string | null;
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
const tellAgainMs = 2000;

/** Opens the guard's session before the migration starts: there may be no free connection when it is needed. */
export async function openSupervision(context: ActionContext, plan: Plan): Promise<Supervision> {
	const session: Session = await context.openSession('guard');
	let child: ActionChild | null = null;
	let backend: Backend | null = null;
	let statement: RunningStatement | null = null;
	let blockOf: string | null = null;
	let inBlock = false;
	let waited: string | null = null;
	let why: string | null = null;
	let denied: string | null = null;
	let wake = () => {};
	const stopping = new Promise<void>(resolve => {
		wake = resolve;
	});

	const signal = async (terminate: boolean, reason: string): Promise<string> => {
		// Between two statements there is nothing to cancel: the sidecar is told too, and stops before the next one.
		child?.write('cancel-softly');
		if (!backend) return 'it has no backend now, and will not start another statement';
		const at = backend;
		const ofRoom = () => context.session().then(session => cancelBackend(session, {...at, terminate}));
		const own = guard.current() as Session | null;
		const first = own === null ? null : await cancelBackend(own, {...at, terminate}).catch(() => null);
		// The room's own session is of another role where roles.guard names one, and in most projects of the migration's.
		const answer = first === null || first.result === 'denied' ? await ofRoom() : first;
		// The guard tries again each second: what is refused for the same reason is in the record once.
		if (answer.reason !== denied) context.record('backend-cancelled', {...at, terminate, accepted: answer.result === 'accepted', reason, answer: answer.reason});
		if (answer.result === 'denied') throw new Refusal(2, answer.reason);
		return answer.reason;
	};
	const onDecision = async ({reason: sentence, rule, action, terminate}: GuardDecision) => {
		const reason = sentence.replace(/\.$/, '');
		const acted = (did: string) => context.record('guard-acted', {act: {at: context.now().toISOString(), rule, reason, did}}, 'holdpoint');
		if (action === 'alert') return acted(`nothing, since the guard's action is alert; it would have ${terminate ? 'terminated the migration\'s backend' : 'cancelled the migration\'s statement'}`);
		why ??= `the guard ${terminate ? 'terminated' : 'cancelled'} it by ${rule}: ${reason}`;
		try {
			acted(`${terminate ? 'terminated its backend' : 'cancelled its statement'} (${await signal(terminate, `guard, ${rule}`)})`);
		} catch (error) {
			const {message} = error as Error;
			if (message !== denied) acted(`could not ${terminate ? 'terminate its backend' : 'cancel its statement'}, and told its client to stop before the next one: ${message}`);
			denied = message;
		}
		wake();
	};
	const blindness = createBlindness(context);
	const tellGuard = createTeller(context, blindness.since);
	const onReading = ({migration}: GuardReading, verdict: GuardVerdict) => {
		const waits = migration?.waits;
		if (waits && waits.blockers.length > 0) waited = `it waited for ${waits.mode} on ${waits.relation ?? 'another object'} behind ${waits.blockers.map(sessionText).join(' and ')}`;
		// Between two attempts there is no session, and nothing that it could do to others.
		tellGuard(migration ? verdict : null, backend);
	};
	const rehearsal = rehearsalOf(context, plan);
	const disk = watchDisk(context);
	const holding = createHolding(context, {plan, order: word => child?.write(word), seen: () => ({statement, inBlock, blockOf})});
	const guard: GuardWatch = startGuardWatch({
		session, connect: () => context.openSession('guard'), intervalMs: guardIntervalMs, migration: () => backend, policy: () => context.state().guard,
		statement: () => ({estimateSeconds: statement && estimateStatement(rehearsal, statement), runningSeconds: statement && (Date.now() - statement.since) / 1000}),
		onDecision: decision => void onDecision(decision), onReading,
		onFailure: blindness.begin,
		onRecovery: blindness.end,
	});
	const stopFeeding = context.onSample(sample => {
		guard.feed(sample, {freeDiskBytes: disk.freeBytes(), standbys: context.settings.standbys});
		holding.throttle(sample);
	});
	context.steer({
		action: plan.action,
		hold: holding.hold,
		proceed: holding.proceed,
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
			// Asked for while this one was being started, or while the one before ran.
			if (why !== null) next.write('cancel-softly');
			holding.started();
		},
		watchBackend(next) {
			backend = next;
			if (next === null) [statement, inBlock] = [null, false];
		},
		watchStatement(next) {
			statement = next;
			if (next) inBlock = next.autocommit;
			if (next?.autocommit) blockOf = next.revision;
		},
		heldBy: holding.reason,
		waitedFor: () => waited,
		stopped: () => why,
		stopping,
		async close() {
			context.steer(null);
			stopFeeding();
			disk.stop();
			await guard.stop();
			blindness.end();
		},
	};
}

/** While the guard can't look every console says so, and so does the record: promise 5 was off for that time. */
function createBlindness(context: ActionContext): {begin: (error: string, since: string) => void; end: () => void; since: () => string | null} {
	let at: string | null = null;
	return {
		begin(error, since) {
			if (at === null) context.record('alarm-raised', {alarm: {alarm: 'guard-blind', level: 'critical', text: `The guard can't look: ${error}`, since}}, 'holdpoint');
			at = since;
			context.tell(`it can't look since ${since.slice(11, 19)} UTC, so its limits don't count now, only lock_timeout does: ${error}`, 1, 'guard');
		},
		end() {
			if (at !== null) context.record('alarm-cleared', {alarm: 'guard-blind'}, 'holdpoint');
			at = null;
		},
		since: () => at,
	};
}

/** Only a rehearsal of this very plan says how long its statements take. */
function rehearsalOf(context: ActionContext, plan: Plan): Rehearsal | null {
	const {rehearsal} = context.state();
	return rehearsal && plan.action === 'upgrade' && rehearsal.digest === plan.digest ? rehearsal : null;
}

/** Tells consoles which limit comes next and what can't be judged: at each change, and again for those who have come since. */
function createTeller(context: ActionContext, blindSince: () => string | null): (verdict: GuardVerdict | null, backend: Backend | null) => void {
	let told = {text: '', at: 0};
	return (verdict, backend) => {
		// What a sample still says of some limits does not make the guard see.
		if (blindSince() !== null) return;
		const {nearest = null, unknown = []} = verdict ?? {};
		const {action} = context.state().guard;
		const whom = `the migration${backend ? `, pid ${backend.pid}` : ''}`;
		const then = action === 'cancel' ? `then it cancels ${whom}` : `then it would cancel ${whom}, and only tells, since its action is alert`;
		const text = verdict === null ? 'the migration has no session now' : [nearest ? `${nearestText(nearest)}; ${then}` : 'no limit is set that can be judged', ...unknown].join('. ');
		if (text === told.text && Date.now() - told.at < tellAgainMs) return;
		told = {text, at: Date.now()};
		context.tell(text, nearest ? Math.min(1, Math.max(0, nearest.share)) : undefined, 'guard');
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
