/** A check with its cases: what is given, and what it must answer. */
import {afterAll, describe, expect, test} from 'vitest';
import {NotYet, type Check, type CheckResult} from '../../source/checks/check.ts';
import {Refusal} from '../../source/journal/refusal.ts';
import {look, type Given} from './look.ts';

export interface Case {
	given: Given | (() => Given | Promise<Given>);
	/** `open`: it can't look yet, or leaves it to a person; `errored`: it could not look. */
	answers: CheckResult['status'] | 'open' | 'errored';
	/** Of the summary or the refusal. */
	words: RegExp;
}

/** Registers one test for each case; at the end, one that fails when the check said the same to all of them. */
export function cases(check: Check, named: Record<string, Case>): void {
	describe(check.id, () => {
		const answered = new Set<string>();
		let ran = 0;
		for (const [name, {given, answers, words}] of Object.entries(named)) {
			test(name, async () => {
				ran++;
				const view = await look(typeof given === 'function' ? await given() : given);
				try {
					const result = await check.run(view);
					answered.add(result.status);
					expect({status: result.status, summary: result.summary}).toEqual({status: answers, summary: expect.stringMatching(words)});
					if (result.status !== 'not-applicable') expect(result.evidence.length, 'a verdict has evidence').toBeGreaterThanOrEqual(result.status === 'failed' || check.id === 'compat.not-null' ? 0 : 1);
				} catch (error) {
					if (!(error instanceof Refusal)) throw error;
					const status = error instanceof NotYet ? 'open' : 'errored';
					answered.add(status);
					expect({status, summary: error.message}).toEqual({status: answers, summary: expect.stringMatching(words)});
				}
			});
		}
		afterAll(() => {
			// With a filter on names not all of them ran.
			if (ran === Object.keys(named).length && answered.size < 2) throw new Error(`${check.id} answered ${[...answered].join() || 'nothing'} to all ${Object.keys(named).length} cases: it looks at nothing`);
		});
	});
}
