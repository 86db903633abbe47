/** How the shop's customers fare. */
import {setTimeout as wait} from 'node:timers/promises';
import type {Sandbox} from '../sandbox.ts';
import type {TrafficCount} from '../traffic.ts';
import {Mismatch} from './step.ts';

export interface Fared {
	done: number;
	failed: number;
	slowestMs: number | null;
	/** Why the last one failed. */
	reason: string | null;
}

/** Adds up what the traffic reports each second, until it is ended. */
export function followTraffic({traffic}: Pick<Sandbox, 'traffic'>): {end(): Fared} {
	const reports = new Map<string, TrafficCount>();
	const look = () => {
		const last = traffic.last();
		if (last !== null) reports.set(last.at, last);
	};
	// What was reported before belongs to before.
	const first = traffic.last()?.at;
	const timer = setInterval(look, 300);
	return {
		end() {
			clearInterval(timer);
			look();
			if (first !== undefined) reports.delete(first);
			const all = [...reports.values()];
			const slowest = all.flatMap(({slowestMs}) => slowestMs ?? []);
			return {
				done: all.reduce((sum, {done}) => sum + done, 0),
				failed: all.reduce((sum, {failed}) => sum + failed, 0),
				slowestMs: slowest.length === 0 ? null : Math.max(...slowest),
				reason: all.findLast(({reason}) => reason !== null)?.reason ?? null,
			};
		},
	};
}

/** Waits for a second, after now, in which requests were done, none failed and none was slow. @throws Mismatch when none comes within 15 s */
export async function waitForService({traffic, application}: Sandbox, signal: AbortSignal): Promise<TrafficCount> {
	const since = new Date().toISOString();
	let last: TrafficCount | null = null;
	for (const end = Date.now() + 15_000; Date.now() < end; await wait(100, undefined, {signal})) {
		last = traffic.last();
		if (last === null || last.at <= since || last.done === 0 || last.failed > 0 || (last.slowestMs ?? 0) > 1500) continue;
		const {status} = await fetch(application.healthUrl, {signal});
		if (status === 200) return last;
	}
	throw new Mismatch(`the shop's customers are not served again after 15 s: ${last === null ? 'nothing is heard of them' : `${last.done} requests done, ${last.failed} failed${last.reason ? ` (${last.reason})` : ''}, the slowest took ${last.slowestMs ?? '?'} ms`}`);
}
