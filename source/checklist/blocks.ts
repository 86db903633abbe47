/** Fenced shell blocks as runnable steps: commands with the comments above them as titles. */
import type {Block} from '../journal/shapes/block.ts';

/** A command as it would be given to a shell under the comment above it, or a remark that has none. */
export type RunnableStep = Block['steps'][number];

/** What the document itself gives of a `Block`. */
export type RunnableBlock = Omit<Block, 'sha256' | 'run'>;

/** Languages of fenced blocks that can be run. */
export const shellLanguages: ReadonlySet<string> = new Set(['bash', 'sh', 'shell', 'zsh']);

/** Splits a shell text into steps. Lines that belong together (continuations, here-documents, loops, open quotes) stay one command. */
export function parseSteps(text: string): RunnableStep[] {
	const steps: RunnableStep[] = [];
	let title: string | null = null;
	let command: string[] = [];
	const finish = () => {
		if (command.length > 0) steps.push({title, command: command.join('\n')});
		else if (title !== null) steps.push({title, command: null});
		title = null;
		command = [];
	};
	for (const line of text.split(/\r\n|\n|\r/)) {
		if (command.length > 0 && !isComplete(command.join('\n'))) {
			command.push(line);
		} else if (line.trim() === '') {
			finish();
		} else if (/^\s*#/.test(line)) {
			finish();
			title = line.replace(/^\s*#+!?\s*/, '').trim() || null;
		} else {
			if (command.length > 0) finish();
			command.push(line);
		}
	}
	finish();
	return steps;
}

/** Whether a shell would take this as finished; errs towards one long command, never towards a half one. */
function isComplete(command: string): boolean {
	if (/\\$/.test(command)) return false;
	const hereDocument = /<<-?\s*(['"]?)(\w+)\1/.exec(command);
	if (hereDocument && !new RegExp(`\\n\\t*${hereDocument[2]}$`).test(command)) return false;
	const bare = withoutQuoted(hereDocument ? command.slice(0, hereDocument.index) : command);
	if (bare === null) return false;
	const openers = bare.match(/(?:^|[\n;&|(]|\bthen|\bdo)\s*(?:if|case|for|while|until)\b/g)?.length ?? 0;
	const closers = bare.match(/(?:^|[\n;])\s*(?:fi|esac|done)\b/g)?.length ?? 0;
	const braces = (bare.match(/(?:^|[\s;])\{(?=\s|$)/g)?.length ?? 0) - (bare.match(/(?:^|[\s;])\}(?=[\s;|&]|$)/g)?.length ?? 0);
	return openers <= closers && braces <= 0 && !/(?:\|\||&&|\|)\s*$/.test(bare);
}

/** The text without what stands in quotes; null while a quote is open. */
function withoutQuoted(text: string): string | null {
	let bare = '';
	for (let at = 0; at < text.length; at++) {
		const character = text[at]!;
		if (character === '\\') {
			at++;
		} else if (character === '\'' || character === '"') {
			const end = closingQuote(text, at + 1, character);
			if (end < 0) return null;
			at = end;
		} else {
			bare += character;
		}
	}
	return bare;
}

function closingQuote(text: string, from: number, quote: string): number {
	for (let at = from; at < text.length; at++) {
		if (quote === '"' && text[at] === '\\') at++;
		else if (text[at] === quote) return at;
	}
	return -1;
}
