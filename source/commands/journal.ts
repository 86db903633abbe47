/** `holdpoint journal`: the events of a run. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {JournalEvent} from '../journal/events.ts';
import {sentenceOf} from '../journal/sentences.ts';
import {readChosenRun} from './choose-run.ts';
import type {Command} from './command.ts';

export const command: Command = {
	usage: 'journal [RUN]',
	says: 'The events of a run, each in a sentence; with --json the lines of the journal as they are.',
	words: 1,
	needs: 'settings',
	async run(call) {
		const {output} = call;
		const {events, folder, intactBytes, damage, torn} = readChosenRun(call);
		// Byte for byte, so that whoever pipes them on can follow the hashes.
		if (output.json) output.raw(readFileSync(path.join(folder, 'events.jsonl')).subarray(0, intactBytes).toString('utf8'));
		for (const event of events) output.text(`${String(event.seq).padStart(5)}  ${event.at.slice(0, 19).replace('T', ' ')}  ${event.by}: ${sentenceOf(event)?.text ?? wordsOf(event)}`);
		if (damage) output.talk(`The journal is damaged: ${damage}; ${events.length} events stand before that.`);
		else if (torn) output.talk('The last line of the journal is torn and does not count.');
		return 0;
	},
};

/** The events that a console's log leaves out, since it shows them elsewhere. */
function wordsOf(event: JournalEvent): string {
	const brief = (sql: string) => sql.replaceAll(/\s+/g, ' ').trim().slice(0, 120);
	if (event.kind === 'statement-started') return `statement ${event.number} runs: ${brief(event.sql)}`;
	if (event.kind === 'statement-finished') return `statement ${event.number} took ${event.statement.seconds.toFixed(2)} s: ${brief(event.statement.sql)}`;
	return event.kind;
}
