/** The HTML comments by which a checklist speaks to holdpoint: check, hold, optional. */
import {holdSchema, type Hold} from '../journal/shapes/item.ts';

export type Directive =
	| {kind: 'check'; check: string}
	| {kind: 'hold'; holds: Hold[]}
	| {kind: 'optional'}
	| {kind: 'problem'; sentence: string};

/**
 * Reads the directives of a piece of HTML. Ordinary comments give none; one that has the form of a
 * directive (`word: id, id`) but is not known gives a problem, since a mistyped hold point would hold nothing.
 */
export function parseDirectives(html: string): Directive[] {
	return [...html.matchAll(/<!--([\s\S]*?)-->/g)].flatMap(([, comment]) => {
		const directive = parseComment(comment!.trim());
		return directive ? [directive] : [];
	});
}

function parseComment(comment: string): Directive | undefined {
	if (comment === 'optional') return {kind: 'optional'};
	const [, word, value] = /^([a-z][a-z-]*)\s*:\s*([\w.-]+(?:\s*,\s*[\w.-]+)*)?$/.exec(comment) ?? [];
	if (word === 'check') return parseCheck(value);
	if (word === 'hold') return parseHold(value);
	if (word !== undefined || /^opt[a-z]*$/.test(comment)) {
		return {kind: 'problem', sentence: `\`<!-- ${comment} -->\` is no directive; there are \`check: ID\`, \`hold: ${holdSchema.options.join(' | ')} | none\` and \`optional\``};
	}
	return undefined;
}

function parseCheck(value: string | undefined): Directive {
	if (value && !value.includes(',')) return {kind: 'check', check: value};
	return {kind: 'problem', sentence: `\`<!-- check: ${value ?? ''} -->\` must name one check`};
}

function parseHold(value: string | undefined): Directive {
	const words = (value ?? '').split(',').map(word => word.trim());
	if (words.length === 1 && words[0] === 'none') return {kind: 'hold', holds: []};
	const parsed = words.map(word => holdSchema.safeParse(word));
	if (parsed.every(result => result.success)) return {kind: 'hold', holds: [...new Set(parsed.map(result => result.data))]};
	return {kind: 'problem', sentence: `\`<!-- hold: ${value ?? ''} -->\` names no hold point; there are ${holdSchema.options.join(', ')} and none`};
}
