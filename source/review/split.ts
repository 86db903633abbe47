/** Cuts a script into statements with their places, past everything psql and pg_dump put between them. */
import {Cursor} from './position.ts';
import type {Position} from './position.ts';

export interface Piece extends Position {
	kind: 'statement';
	/** Without the semicolon. */
	text: string;
	/** UTF-16 offsets in the script. */
	start: number;
	end: number;
	endLine: number;
	/** A quote or comment in it never ends. */
	unterminated: boolean;
	/** Where it may have ended in truth, should it not parse: a semicolon at a line's end inside a quote. */
	doubt?: number;
}

/** A line comment that means something to the review. */
export interface Note extends Position {
	kind: 'note';
	text: string;
	start: number;
}

const meaningful = /^--\s*(?:holdpoint:|Running (?:upgrade|downgrade)\b)/;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$/y;
const dull = /[^'"$;\\/\-]+/y;
const blank = /\s+/y;
const endsLine = /;[ \t]*\r?\n/;
const sendsStatement = /\\(?:g|gx|gset|gexec|gdesc|crosstabview|watch|;)/y;

/** Reads a script from front to back; `next` gives statements and notes in the order in which they end. */
export class Splitter {
	readonly #text: string;
	readonly #cursor: Cursor;
	#at: number;
	#waiting: (Piece | Note)[] = [];

	constructor(text: string) {
		this.#text = text;
		this.#cursor = new Cursor(text);
		this.#at = text.startsWith('\uFEFF') ? 1 : 0;
	}

	next(): Piece | Note | undefined {
		if (this.#waiting.length > 0) return this.#waiting.shift();
		const notes: Note[] = [];
		const piece = this.#readPiece(notes);
		if (notes.length === 0) return piece;
		this.#waiting = notes.slice(1);
		if (piece) this.#waiting.push(piece);
		return notes[0];
	}

	/** Goes on behind the doubtful end of a piece that did not parse, and gives that shorter piece. */
	cutAtDoubt(piece: Piece): Piece {
		const end = piece.doubt!;
		const text = this.#text.slice(piece.start, end);
		this.#cursor.rewind(piece.start, piece);
		const endLine = this.#cursor.at(Math.max(piece.start, end - 1)).line;
		this.#at = end + 1;
		return {...piece, text, end, endLine, doubt: undefined, unterminated: false};
	}

	#readPiece(notes: Note[]): Piece | undefined {
		const text = this.#text;
		let start: number | undefined;
		let place: Position | undefined;
		let doubt: number | undefined;
		let unterminated = false;
		const begin = (at: number) => {
			if (start !== undefined) return;
			start = at;
			place = this.#cursor.at(at);
		};
		let at = this.#at;
		while (at < text.length) {
			const char = text[at]!;
			if (start === undefined) {
				blank.lastIndex = at;
				if (blank.test(text)) {
					at = blank.lastIndex;
					continue;
				}
			}
			if (char === ';') {
				if (start === undefined) {
					at++;
					continue;
				}
				if (goesOn(text.slice(start, Math.min(at, start + 100)), () => text.slice(start, at))) {
					doubt ??= at;
					at++;
					continue;
				}
				this.#at = skipCopyData(text, start, at);
				return this.#piece({start, end: at, place: place!, unterminated, doubt});
			}
			if (char === '-' && text[at + 1] === '-') {
				const end = lineEnd(text, at);
				const comment = text.slice(at, Math.min(end, at + 2000)).trimEnd();
				if (meaningful.test(comment)) notes.push({kind: 'note', text: comment, start: at, ...(start === undefined ? this.#cursor.at(at) : this.#peek(start, place!, at))});
				at = end;
				if (start === undefined && notes.length > 0) {
					this.#at = at;
					return undefined;
				}
				continue;
			}
			if (char === '/' && text[at + 1] === '*') {
				const end = commentEnd(text, at);
				if (end < 0) {
					begin(at);
					unterminated = true;
				}
				at = end < 0 ? text.length : end;
				continue;
			}
			if (char === '\\') {
				sendsStatement.lastIndex = at;
				if (start !== undefined && !sendsStatement.test(text)) {
					at++;
					continue;
				}
				const end = lineEnd(text, at);
				if (start === undefined) {
					at = end;
					continue;
				}
				this.#at = end;
				return this.#piece({start, end: at, place: place!, unterminated, doubt});
			}
			begin(at);
			if (char === '\'' || char === '"') {
				const escapes = char === '\'' && /[eE]/.test(text[at - 1] ?? '') && !/[\w$\u0080-\uFFFF]/.test(text[at - 2] ?? '');
				const end = quoteEnd(text, at, char, escapes);
				const stop = end < 0 ? text.length : end;
				doubt ??= findLineEnd(text, at, stop);
				unterminated ||= end < 0;
				at = stop;
				continue;
			}
			if (char === '$') {
				dollarTag.lastIndex = at;
				const tag = /[\w\u0080-\uFFFF]/.test(text[at - 1] ?? '') ? null : dollarTag.exec(text);
				if (!tag) {
					at++;
					continue;
				}
				const end = text.indexOf(tag[0], at + tag[0].length);
				if (end < 0) {
					doubt ??= findLineEnd(text, at, text.length);
					unterminated = true;
				}
				at = end < 0 ? text.length : end + tag[0].length;
				continue;
			}
			dull.lastIndex = at;
			at = dull.test(text) ? dull.lastIndex : at + 1;
		}
		this.#at = text.length;
		return start === undefined ? undefined : this.#piece({start, end: text.length, place: place!, unterminated, doubt});
	}

	#peek(start: number, place: Position, at: number): Position {
		const position = this.#cursor.at(at);
		this.#cursor.rewind(start, place);
		return position;
	}

	#piece({start, end, place, unterminated, doubt}: {start: number; end: number; place: Position; unterminated: boolean; doubt?: number}): Piece {
		const text = this.#text.slice(start, end).trimEnd();
		const endLine = this.#cursor.at(start + text.length).line;
		return {kind: 'statement', text, start, end, endLine, unterminated, doubt, ...place};
	}
}

/** Whether a semicolon does not end the statement: the body of an SQL-standard function, or the list of a rule. */
function goesOn(head: string, whole: () => string): boolean {
	if (/^create\s+(?:or\s+replace\s+)?(?:function|procedure)\b/i.test(head)) {
		const body = /\bbegin\s+atomic\b[\s\S]*$/i.exec(whole())?.[0];
		if (!body) return false;
		const words = body.replaceAll(/'[^']*'|--.*/g, ' ').match(/\b(?:begin\s+atomic|case|end)\b/gi) ?? [];
		return words.reduce((depth, word) => depth + (/^end$/i.test(word) ? -1 : 1), 0) > 0;
	}
	if (!/^create\s+(?:or\s+replace\s+)?rule\b/i.test(head)) return false;
	const bare = whole().replaceAll(/'[^']*'/g, '');
	return bare.split('(').length > bare.split(')').length;
}

/** Where to go on after a statement: past its semicolon, and past the data of a COPY, up to its `\.`. */
function skipCopyData(text: string, start: number, semicolon: number): number {
	if (!/^copy\s/i.test(text.slice(start, start + 5)) || !/\sfrom\s+stdin\b/i.test(text.slice(start, semicolon))) return semicolon + 1;
	const end = /\r?\n\\\.[ \t]*(?=\r?\n|$)/g;
	end.lastIndex = lineEnd(text, semicolon);
	return end.test(text) ? end.lastIndex : semicolon + 1;
}

function lineEnd(text: string, from: number): number {
	const end = text.indexOf('\n', from);
	return end < 0 ? text.length : end;
}

/** PostgreSQL's block comments nest. */
function commentEnd(text: string, from: number): number {
	const mark = /\/\*|\*\//g;
	mark.lastIndex = from;
	let depth = 0;
	for (let found = mark.exec(text); found; found = mark.exec(text)) {
		depth += found[0] === '/*' ? 1 : -1;
		if (depth === 0) return mark.lastIndex;
	}
	return -1;
}

function quoteEnd(text: string, from: number, quote: string, escapes: boolean): number {
	if (!escapes) {
		const end = text.indexOf(quote, from + 1);
		return end < 0 ? -1 : end + 1;
	}
	for (let at = from + 1; at < text.length; at++) {
		if (text[at] === '\\') at++;
		else if (text[at] === quote) return at + 1;
	}
	return -1;
}

function findLineEnd(text: string, from: number, to: number): number | undefined {
	const found = text.slice(from, to).search(endsLine);
	return found < 0 ? undefined : from + found;
}
