/** Lines and columns, both from 1: columns count characters (code points). */

export interface Position {
	line: number;
	column: number;
}

/** Walks forward through a text once, so that a file of one long line costs no more than one of many. */
export class Cursor {
	readonly #text: string;
	#offset = 0;
	#line = 1;
	#column = 1;
	/** Of the next line break; looked for again only once it was passed. */
	#newline = -1;

	constructor(text: string) {
		this.#text = text;
	}

	/** The position of a UTF-16 offset; never before the one asked for last, except after `rewind`. */
	at(offset: number): Position {
		if (this.#newline < this.#offset) this.#findNewline();
		while (this.#newline < offset) {
			this.#line++;
			this.#column = 1;
			this.#offset = this.#newline + 1;
			this.#findNewline();
		}
		this.#column += countCharacters(this.#text, this.#offset, offset);
		this.#offset = Math.max(this.#offset, offset);
		return {line: this.#line, column: this.#column};
	}

	rewind(offset: number, position: Position): void {
		this.#offset = offset;
		this.#line = position.line;
		this.#column = position.column;
		this.#newline = -1;
	}

	#findNewline(): void {
		const found = this.#text.indexOf('\n', this.#offset);
		this.#newline = found < 0 ? Number.POSITIVE_INFINITY : found;
	}
}

/** The position of a UTF-16 offset inside a piece that begins at `start`. */
export function positionInside(text: string, offset: number, start: Position): Position {
	const before = text.lastIndexOf('\n', offset - 1);
	if (offset <= 0 || before < 0) return {line: start.line, column: start.column + countCharacters(text, 0, offset)};
	let line = start.line;
	for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
	return {line, column: 1 + countCharacters(text, before + 1, offset)};
}

/** The UTF-16 offset of a UTF-8 byte offset, as parse trees have them. */
export function offsetOfByte(text: string, byte: number): number {
	let bytes = 0;
	let offset = 0;
	while (bytes < byte && offset < text.length) {
		const code = text.codePointAt(offset)!;
		bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
		offset += code < 0x1_0000 ? 1 : 2;
	}
	return offset;
}

/** The UTF-16 offset of the n-th character. */
export function offsetOfCharacter(text: string, character: number): number {
	let offset = 0;
	for (let passed = 0; passed < character && offset < text.length; passed++) offset += text.codePointAt(offset)! < 0x1_0000 ? 1 : 2;
	return offset;
}

function countCharacters(text: string, from: number, to: number): number {
	let count = 0;
	for (let at = from; at < to; at++) {
		const code = text.charCodeAt(at);
		// The second half of a surrogate pair belongs to the character before it.
		if (code < 0xDC00 || code > 0xDFFF) count++;
	}
	return count;
}
