/** Figures with their units, as a tired person reads them; unknown is said, never 0. */

/** Seconds: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`, `3 d 4 h`. */
export function seconds(value: number | null | undefined): string {
	if (value === null || value === undefined || Number.isNaN(value)) return 'unknown';
	if (value < 0) return '0 s';
	if (value < 9.95) return `${value.toFixed(1)} s`;
	const whole = Math.round(value);
	if (whole < 60) return `${whole} s`;
	if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
	if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
	return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** How long something lasts already, for lists: to the second within the first minute, then coarse enough to stand still: `12 s`, `3 min`, `2.1 h`, `3.4 d`. */
export function lasting(value: number | null | undefined): string {
	if (value === null || value === undefined || Number.isNaN(value) || Math.round(value) < 60) return seconds(value);
	if (value < 5940) return `${Math.floor(value / 60) || 1} min`;
	return value < 172_800 ? `${(value / 3600).toFixed(1)} h` : `${(value / 86_400).toFixed(1)} d`;
}

export {byteWords as bytes} from '../../journal/byte-words.ts';

/** A count with thousands set apart. */
export function count(value: number | null | undefined): string {
	return value === null || value === undefined ? 'unknown' : Math.round(value).toLocaleString('en-US');
}

/** A rate per second. */
export function perSecond(value: number | null | undefined, unit: string): string {
	return value === null || value === undefined ? `unknown ${unit}/s` : `${value >= 100 ? count(value) : value.toFixed(value === 0 ? 0 : 1)} ${unit}/s`;
}

/** The time of day in UTC with its zone, to the minute so that an idle screen stays still. */
export function clockTime(milliseconds: number): string {
	return `${new Date(milliseconds).toISOString().slice(11, 16)} UTC`;
}

/** The time of day of an ISO time, to the second. */
export function timeOf(iso: string): string {
	return iso.slice(11, 19);
}

/** How long ago, coarse enough to stand still: `just now`, `5 min ago`, `2 h ago`. */
export function ago(iso: string, now: number): string {
	const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
	if (Number.isNaN(minutes)) return '';
	if (minutes < 1) return 'just now';
	return minutes < 60 ? `${minutes} min ago` : minutes < 2880 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1440)} d ago`;
}

/** What is left of an estimate: `about 12 s left`, or that it was passed. */
export function leftOf(estimate: number, spent: number): string {
	return spent <= estimate ? `about ${seconds(estimate - spent)} left` : `${seconds(spent - estimate)} over its estimate of ${seconds(estimate)}`;
}

/** Revisions of Alembic; none is its `base`. */
export function revisions(list: readonly string[]): string {
	return list.length === 0 ? 'base' : list.join(', ');
}

/** `1 item`, `2 items`. */
export function plural(number: number, noun: string): string {
	return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function two(value: number): string {
	return String(value).padStart(2, '0');
}
