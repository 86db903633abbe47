/** Holds a migration at its safe points: because a person asks, or between batches until the standbys have caught up. */
import type {Plan} from '../journal/shapes/plan.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import {readStandbys} from '../monitor/guard-reading.ts';
import {decideThrottle, noThrottle, type ThrottleState} from '../monitor/guard-throttle.ts';
import type {RunningStatement} from './attempt.ts';
import {nextSafePoint} from './commit-points.ts';
import type {ActionContext, Steering} from './context.ts';

export interface Holding extends Pick<Steering, 'hold' | 'proceed'> {
	/** Another child was started: what was asked for counts for it too. */
	started(): void;
	/** Looks at how far the standbys are behind. */
	throttle(sample: Sample): void;
	/** Why the guard holds, or wants to; null where it does not. */
	reason(): string | null;
}

export interface HoldingOptions {
	plan: Plan;
	/** Gives the running child an order. */
	order: (word: 'hold' | 'continue') => void;
	/** The statement that runs now; whether the last one was in no transaction; the revision whose autocommit_block() has begun. */
	seen: () => {statement: RunningStatement | null; inBlock: boolean; blockOf: string | null};
}

export function createHolding(context: ActionContext, {plan, order, seen}: HoldingOptions): Holding {
	let asked = false;
	let state: ThrottleState = noThrottle;
	const limits = context.settings.migration.throttle;
	const throttled = limits.lagSeconds !== null || limits.lagBytes !== null;
	return {
		hold() {
			asked = true;
			order('hold');
			const {running, rehearsal} = context.state();
			const {statement, inBlock, blockOf} = seen();
			return nextSafePoint({plan, running, autocommit: statement?.autocommit ?? false, between: statement === null && inBlock, blockOf, rehearsed: rehearsal?.digest === plan.digest ? rehearsal.revisions : [], now: context.now()});
		},
		proceed() {
			asked = false;
			if (state.holding !== null) state = {...noThrottle, waived: true};
			order('continue');
		},
		started() {
			const {holdWanted = false, holdAsked} = context.state().running ?? {};
			// What the room before was asked for.
			if (holdWanted && state.holding === null && !asked) {
				if (throttled && holdAsked?.by === 'holdpoint') state = {...noThrottle, holding: holdAsked.reason ?? 'the standbys were behind'};
				else asked = true;
			}
			if (asked || state.holding !== null) order('hold');
		},
		throttle(sample) {
			if (!throttled) return;
			const decision = decideThrottle({previous: state, standbys: readStandbys(sample, context.settings.standbys), limits, samples: context.state().guard.samples});
			({state} = decision);
			if (decision.hold !== null) {
				context.record('hold-asked', {wanted: true, reason: decision.hold}, 'holdpoint');
				order('hold');
			} else if (decision.goOn !== null && !asked) {
				const held = context.state().running?.heldSince;
				if (held) context.record('action-continued', {reason: decision.goOn}, 'holdpoint');
				else context.record('hold-asked', {wanted: false, reason: decision.goOn}, 'holdpoint');
				order('continue');
			}
		},
		reason: () => (state.holding === null ? null : `${state.holding}; it goes on by itself below half of that`),
	};
}
