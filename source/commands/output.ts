/** Where words go: data to stdout, talk and progress to stderr; a reader that went away is nothing to die of. */
import type {Scrubber} from '../journal/scrub.ts';
import {createScrubber} from '../journal/scrub.ts';

export interface Output {
	readonly json: boolean;
	readonly scrubber: Scrubber;
	/** Width of the terminal that shows the data; Infinity where it goes into a file or a pipe. */
	readonly columns: number;
	/** Escape codes may colour the data: a terminal shows it, and nobody minds. */
	readonly color: boolean;
	/** One JSON document, or one line of JSON lines. */
	document(value: unknown): void;
	line(value: unknown): void;
	/** Text for people on stdout; nothing when JSON was asked for. */
	text(text: string): void;
	/** Talk on stderr. */
	talk(text: string): void;
	/** Raw data on stdout: a report, SQL. */
	raw(text: string): void;
}

export function createOutput({json, color = false, stdout, stderr}: {json: boolean; color?: boolean; stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream}): Output {
	const scrubber = createScrubber();
	for (const stream of [stdout, stderr]) stream.on('error', () => {});
	const write = (stream: NodeJS.WriteStream, text: string) => void stream.write(scrubber.text(text));
	return {
		json,
		scrubber,
		color: color && Boolean(stdout.isTTY),
		columns: stdout.isTTY ? stdout.columns || 80 : Infinity,
		document: value => write(stdout, `${JSON.stringify(value, null, stdout.isTTY ? 2 : undefined)}\n`),
		line: value => write(stdout, `${JSON.stringify(value)}\n`),
		text: text => void (json || write(stdout, text === '' ? '' : `${printableLines(text)}\n`)),
		talk: text => write(stderr, `${printableLines(text)}\n`),
		raw: text => write(stdout, text),
	};
}

/** Text from databases and files must not steer a terminal: control characters are shown as \\xNN. */
export function printableLines(text: string): string {
	return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, character => `\\x${character.codePointAt(0)?.toString(16).padStart(2, '0')}`);
}
