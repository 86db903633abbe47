/** Colours for one line of SQL: words of the language, strings, comments. Only for the eye; nothing is decided by it. */
import {span, type Span} from './line.ts';

const words = 'ADD|ALTER|AND|AS|BEGIN|BY|CASCADE|CHECK|COLUMN|COMMENT|COMMIT|CONCURRENTLY|CONSTRAINT|CREATE|DATABASE|DEFAULT|DELETE|DO|DROP|ELSE|END|EXISTS|EXTENSION|FOREIGN|FROM|FUNCTION|GRANT|IF|IN|INDEX|INSERT|INTO|IS|KEY|LOCK|NOT|NULL|ON|OR|PRIMARY|REFERENCES|RENAME|RETURNING|REVOKE|ROLLBACK|SELECT|SEQUENCE|SET|TABLE|THEN|TO|TRIGGER|TRUNCATE|TYPE|UNIQUE|UPDATE|USING|VACUUM|VALID|VALIDATE|VALUES|VIEW|WHEN|WHERE|WITH';
const pieces = new RegExp(`(?<comment>--.*$)|(?<text>'(?:[^']|'')*'?)|(?<danger>\\b(?:DROP|TRUNCATE|DELETE|RENAME)\\b)|(?<word>\\b(?:${words})\\b)`, 'gi');

/** The line as spans; text that belongs to no piece stays plain. */
export function highlight(text: string): Span[] {
	const spans: Span[] = [];
	let end = 0;
	for (const match of text.matchAll(pieces)) {
		if (match.index > end) spans.push(span(text.slice(end, match.index)));
		const {comment, text: string, danger} = match.groups!;
		spans.push(span(match[0], comment === undefined ? (string === undefined ? (danger === undefined ? 'info' : 'bad') : 'good') : 'dim'));
		end = match.index + match[0].length;
	}

	if (end < text.length) spans.push(span(text.slice(end)));
	return spans;
}
