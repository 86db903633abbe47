/** `holdpoint schema`: the JSON Schema of a shape or of the configuration. */
import {z} from 'zod';
import {configurationJsonSchema} from '../config/schema.ts';
import {nearestWord} from '../config/suggest.ts';
import {Refusal} from '../journal/refusal.ts';
import {shapes} from '../journal/shapes/index.ts';
import type {Command} from './command.ts';

const names = [...Object.keys(shapes), 'configuration'];

export const command: Command = {
	usage: 'schema NAME',
	says: `The JSON Schema of a shape that --json prints, or of holdpoint.yaml: ${names.join(', ')}.`,
	words: 1,
	needs: 'nothing',
	async run({input, output}) {
		const [wanted] = input;
		if (wanted === undefined) throw new Refusal(2, `schema needs a name: ${names.join(', ')}.`);
		const name = names.find(each => each.toLowerCase() === wanted.toLowerCase());
		if (name === undefined) {
			const nearest = nearestWord(wanted, names);
			throw new Refusal(2, `There is no shape ${JSON.stringify(wanted)}${nearest ? `; did you mean ${nearest}?` : ''}; there are ${names.join(', ')}.`);
		}
		output.document(name === 'configuration' ? configurationJsonSchema() : {title: name, ...z.toJSONSchema(shapes[name] as z.ZodType)});
		return 0;
	},
};
