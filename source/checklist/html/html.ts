/** HTML made of templates in which every text is escaped: only another piece of HTML goes in as it is. */
import {escapeHtml} from '../escape.ts';

export class Html {
	readonly text: string;
	constructor(text: string) {
		this.text = text;
	}
}

export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** A piece of HTML; what is put into it is text unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...values: Content[]): Html {
	return new Html(parts.map((part, at) => part + (at < values.length ? written(values[at]) : '')).join(''));
}

function written(value: Content): string {
	if (value === null || value === undefined || value === false) return '';
	if (value instanceof Html) return value.text;
	if (typeof value === 'object') return (value as readonly Content[]).map(each => written(each)).join('');
	return escapeHtml(String(value));
}
