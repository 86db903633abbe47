/** One `- [ ]` of a checklist, with what is known of it. */
import {z} from 'zod';
import {verdictSchema} from './evidence.ts';

export const itemStates = ['open', 'running', 'passed', 'warned', 'failed', 'errored', 'attested', 'waived', 'not-applicable', 'stale'] as const;
export type ItemState = (typeof itemStates)[number];

/** The actions that a hold point of a checklist can stand before; `close` is the closing of the run. */
export const holdSchema = z.enum(['upgrade', 'downgrade', 'close']);
export type Hold = z.infer<typeof holdSchema>;

export const itemSchema = z.object({
	/** Stable: nearest heading without its number, a slash, the item's words; see CONTRACT.md. */
	id: z.string(),
	/** Headings from the outermost to the nearest. */
	section: z.array(z.string()),
	text: z.string(),
	state: z.enum(itemStates),
	required: z.boolean(),
	/** Id of the check that can verify it. */
	check: z.string().optional(),
	/** The hold points that this item must be satisfied for. */
	holds: z.array(holdSchema),
	verdict: verdictSchema.optional(),
	/** Who attested or waived it. */
	by: z.string().optional(),
	/** The attestation's words or the waiver's reason. */
	note: z.string().optional(),
	/** ISO 8601, UTC: when its state last changed. */
	at: z.string().optional(),
	/** Why its evidence no longer counts. */
	stale: z.string().optional(),
	/** While its check runs: the state that it rested in. */
	resting: z.enum(itemStates).optional(),
	/** Its evidence was sealed when an action started: it can't become stale any more. */
	sealed: z.boolean().optional(),
	/** What the evidence depends on: name → value; when one changes, the evidence is stale. */
	context: z.record(z.string(), z.string()).optional(),
});
export type Item = z.infer<typeof itemSchema>;

export const itemCountsSchema = z.object({
	total: z.number().int(),
	...Object.fromEntries(itemStates.map(state => [state, z.number().int()])) as Record<ItemState, z.ZodNumber>,
});
export type ItemCounts = z.infer<typeof itemCountsSchema>;

/** States in which an item does not stand in the way of a hold point. */
export const satisfiedStates: ReadonlySet<ItemState> = new Set(['passed', 'warned', 'attested', 'waived', 'not-applicable']);

/** Counts items by state. */
export function countItems(items: readonly Item[]): ItemCounts {
	const counts = {total: items.length, ...Object.fromEntries(itemStates.map(state => [state, 0]))} as ItemCounts;
	for (const item of items) counts[item.state]++;
	return counts;
}

/** The required items that are not satisfied at a hold point. */
export function unmetItems(items: readonly Item[], hold: Hold): Item[] {
	return items.filter(item => item.required && item.holds.includes(hold) && !satisfiedStates.has(item.state));
}
