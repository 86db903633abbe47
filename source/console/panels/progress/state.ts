/** What a running action has reached, in words that claim no more than is known. */
import {remainingOf} from '../../../journal/remaining.ts';
import type {Plan} from '../../../journal/shapes/plan.ts';
import type {RunningAction, RunState} from '../../../journal/shapes/run.ts';
import {leftOf, plural, seconds} from '../../parts/figures.ts';

export interface Step {
	revision: string;
	doc: string;
	state: 'waiting' | 'running' | 'executed, not yet committed' | 'committed';
	seconds: number | null;
}

/** The revisions of the path with what each has reached; without a plan those that have begun. */
export function stepsOf(running: RunningAction, options: {plan: Plan | undefined; now: number}): Step[] {
	const known = options.plan?.revisions ?? [];
	const path = known.length > 0 && known.some(({revision}) => running.revisions.some(begun => begun.revision === revision)) ? known.map(({revision, doc}) => ({revision, doc})) : running.revisions.length > 0 ? [] : known.map(({revision, doc}) => ({revision, doc}));
	const extra = running.revisions.filter(begun => !path.some(({revision}) => revision === begun.revision)).map(({revision}) => ({revision, doc: ''}));
	return [...path, ...extra].map(({revision, doc}) => {
		const begun = running.revisions.find(candidate => candidate.revision === revision);
		if (!begun) return {revision, doc, state: 'waiting', seconds: null};
		if (begun.seconds === null) return {revision, doc, state: begun.committed ? 'committed' : 'running', seconds: elapsed(begun.startedAt, options.now)};
		return {revision, doc, state: begun.committed ? 'committed' : 'executed, not yet committed', seconds: begun.seconds};
	});
}

/**
 * What is left of a running upgrade: by its statements where it was rehearsed, else by its plan's estimate; empty where nothing is known.
 * Such as `statement 3 of 12, about 40 s left and 1 statement of unknown length`; @param now milliseconds since 1970
 */
export function leftWords(run: RunState, now: number): string {
	const {running, plan} = run;
	if (!running) return '';
	const left = remainingOf(run, now);
	if (left === null) return running.action === 'upgrade' && plan?.estimate ? leftOf(plan.estimate.seconds, elapsed(running.startedAt, now)) : '';
	const unknown = left.unknown > 0 ? `${plural(left.unknown, 'statement')} of unknown length` : '';
	const known = left.seconds >= 0.05 || unknown === '' ? `about ${seconds(left.seconds)}` : '';
	return [
		...(left.number > 0 ? [`statement ${left.number} of ${left.total}`] : []),
		...(left.over > 0 ? [`${seconds(left.over)} over its estimate`] : []),
		`${[known, unknown].filter(Boolean).join(' and ')} left`,
	].join(', ');
}

/** Seconds since an ISO time. */
export function elapsed(since: string, now: number): number {
	return Math.max(0, (now - Date.parse(since)) / 1000);
}
