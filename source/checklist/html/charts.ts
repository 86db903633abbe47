/** Curves of the recording as drawings inside the page, with the times in which migrations ran behind them. */
import {html, type Content, type Html} from './html.ts';

export interface Curve {
	/** With its unit. */
	title: string;
	/** The highest value of each column of time, oldest first; null: nothing is known of it. */
	values: readonly (number | null)[];
}

export interface Charts {
	/** Milliseconds since 1970. */
	from: number;
	to: number;
	/** When a migration ran. */
	spans: readonly {from: number; to: number}[];
	curves: readonly Curve[];
}

const width = 900;
const height = 130;
const edge = {left: 46, right: 8, top: 10, bottom: 22};
const right = width - edge.right;
const floor = height - edge.bottom;

/** The curves under each other on the same time; nothing where nothing was recorded. */
export function writeCharts({from, to, spans, curves}: Charts): Content {
	const known = curves.filter(({values}) => values.some(value => value !== null));
	if (known.length === 0) return '';
	const x = (at: number) => edge.left + ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * (right - edge.left);
	const clock = (at: number) => new Date(at).toISOString().slice(11, 19);
	return html`<h2>What the database did meanwhile</h2><p class="soft">The shaded time is that of the migrations; times are UTC, each point is the highest reading of its moment.</p>${known.map(({title, values}) => html`<h5>${title}</h5>${writeCurve(values, {
		behind: spans.map(span => html`<rect class="span" x="${x(span.from).toFixed(1)}" y="${edge.top}" width="${Math.max(1.5, x(span.to) - x(span.from)).toFixed(1)}" height="${floor - edge.top}"/>`),
		labels: html`<text x="${edge.left}" y="${height - 6}">${clock(from)}</text><text x="${right}" y="${height - 6}" text-anchor="end">${clock(to)}</text>`, title,
	})}`)}`;
}

function writeCurve(values: readonly (number | null)[], {behind, labels, title}: {behind: Content; labels: Html; title: string}): Html {
	const most = Math.max(...values.map(value => value ?? 0)) || 1;
	const step = (right - edge.left) / Math.max(1, values.length - 1);
	const path = values.map((value, at) => (value === null ? '' : `${(values[at - 1] ?? null) === null ? 'M' : 'L'}${(edge.left + at * step).toFixed(1)} ${(floor - (value / most) * (floor - edge.top)).toFixed(1)}`)).join('');
	return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${behind}<path class="axis" d="M${edge.left} ${floor}H${right}"/><path class="curve" d="${path}" stroke-linecap="round"/><text x="${edge.left - 6}" y="${edge.top + 9}" text-anchor="end">${Number(most.toPrecision(3))}</text><text x="${edge.left - 6}" y="${floor}" text-anchor="end">0</text>${labels}</svg>`;
}
