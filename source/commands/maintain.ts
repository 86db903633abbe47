/** `holdpoint maintain`: VACUUM (ANALYZE) of the touched tables, or dropping an invalid index. */
import {Refusal} from '../journal/refusal.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import {textFlag, type Command} from './command.ts';
import {describeOutcome} from './words.ts';
import {askLine, withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'maintain [TABLE…] [--drop-invalid INDEX]',
	says: 'VACUUM (ANALYZE) of the named tables, else of those that the migration touched.',
	options: '--drop-invalid INDEX   instead: drops an invalid index that a failed CONCURRENTLY left behind, concurrently, so that the upgrade can be tried again',
	flags: {dropInvalid: {type: 'string'}},
	words: Infinity,
	async run(call) {
		const {input, output, settings} = call;
		const dropInvalid = textFlag(call, 'dropInvalid');
		if (dropInvalid !== undefined && input.length > 0) throw new Refusal(2, 'Tables are for VACUUM; --drop-invalid takes one index and nothing else.');
		const question = dropInvalid === undefined ? `VACUUM (ANALYZE) ${input.length > 0 ? input.join(', ') : 'the touched tables'}? It reads them whole.` : `Drop the invalid index ${dropInvalid} concurrently?`;
		const outcome = await withRoom(call, {acts: true, progress: 'text'}, async client => {
			const confirmed = settings.yes || (settings.interactive && await askLine(`${question} Type yes: `) === 'yes');
			return client.ask<Outcome>('maintain', {tables: input, dropInvalid, confirmed});
		});
		if (output.json) output.document(outcome);
		output.text(describeOutcome(outcome));
		return outcome.exit;
	},
};
