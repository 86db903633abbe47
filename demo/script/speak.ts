/** Puts the words of persons on items, one command each, as they would. */
import {availableParallelism} from 'node:os';
import type {Item} from '../../source/journal/shapes/item.ts';
import type {SaidByCheck} from './persons.ts';
import {must, mustEnd, type Stage} from './step.ts';

/** @throws Mismatch when nobody has words for one of them */
export async function attestAll({holdpoint}: Stage, items: readonly Item[], words: SaidByCheck): Promise<void> {
	await eachAtOnce(items, async item => {
		const said = words[item.check ?? ''];
		must(said !== undefined, `${item.id} is ${item.state}, and nobody has a word for it: ${item.verdict?.summary ?? 'it was never checked'}`);
		const attested = mustEnd(await holdpoint<Item>('attest', item.id, '--by', said.by, '--note', said.note), 0);
		must(attested.state === 'attested' && attested.by === said.by && attested.note === said.note, `${item.id} is ${attested.state} after ${said.by} attested it`);
	});
}

/** @throws Mismatch when one is not waived then */
export async function waiveAll({holdpoint}: Stage, items: readonly Item[], {by, reason}: {by: string; reason: string}): Promise<void> {
	await eachAtOnce(items, async item => {
		const waived = mustEnd(await holdpoint<Item>('waive', item.id, '--by', by, '--reason', reason), 0);
		must(waived.state === 'waived' && waived.by === by && waived.note === reason, `${item.id} is ${waived.state} after ${by} waived it`);
	});
}

/** As many at once as there are processors: a command's time is the start of its process. */
async function eachAtOnce(items: readonly Item[], speak: (item: Item) => Promise<void>): Promise<void> {
	const waiting = [...items];
	await Promise.all(Array.from({length: availableParallelism()}, async () => {
		for (let item = waiting.shift(); item; item = waiting.shift()) await speak(item);
	}));
}
