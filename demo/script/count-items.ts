/** In numbers, how the items of a run came to be final: by a check's own evidence, or on a person's word; pure. */
import type {Item} from '../../source/journal/shapes/item.ts';

export interface ItemNumbers {
	total: number;
	/** Settled by a check's own evidence, found not applicable included. */
	machine: number;
	attested: number;
	waived: number;
	/** Of `machine`. */
	notApplicable: number;
	failed: number;
	open: number;
}

const settled: ReadonlySet<string> = new Set(['passed', 'warned', 'not-applicable']);

export function countNumbers(items: readonly Pick<Item, 'state'>[]): ItemNumbers {
	const count = (...states: Item['state'][]) => items.filter(item => states.includes(item.state)).length;
	return {
		total: items.length,
		machine: items.filter(item => settled.has(item.state)).length,
		attested: count('attested'),
		waived: count('waived'),
		notApplicable: count('not-applicable'),
		failed: count('failed', 'errored'),
		open: count('open', 'stale', 'running'),
	};
}
