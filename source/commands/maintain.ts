/** `holdpoint maintain`: VACUUM (ANALYZE) of the touched tables. */
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {Command} from './command.ts';
import {describeOutcome} from './words.ts';
import {askLine, withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'maintain [TABLE…]',
	says: 'VACUUM (ANALYZE) of the named tables, else of those that the migration touched.',
	words: Infinity,
	async run(call) {
		const {input, output, settings} = call;
		const outcome = await withRoom(call, {acts: true, progress: 'text'}, async client => {
			const confirmed = settings.yes || (settings.interactive && await askLine(`VACUUM (ANALYZE) ${input.length > 0 ? input.join(', ') : 'the touched tables'}? It reads them whole. Type yes: `) === 'yes');
			return client.ask<Outcome>('maintain', {tables: input, confirmed});
		});
		if (output.json) output.document(outcome);
		output.text(describeOutcome(outcome));
		return outcome.exit;
	},
};
