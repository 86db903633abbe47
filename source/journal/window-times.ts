/** When a maintenance window opens and closes, in its own time zone; pure. */
import type {Settings} from '../config/settings.ts';

export interface WindowTimes {
	inside: boolean;
	/** The window that is open, else the next one; a window of dates that is over has closed for good. */
	opensAt: Date;
	closesAt: Date;
	over: boolean;
}

const dayMs = 24 * 3600 * 1000;

/** `start` and `end` are both times of the day (every day, also over midnight) or moments with a date. */
export function windowTimes({start, end, timezone}: NonNullable<Settings['window']>, now: Date): WindowTimes {
	if (/^\d{4}/.test(start) || /^\d{4}/.test(end)) {
		const opensAt = momentIn(start, timezone, now);
		const closesAt = momentIn(end, timezone, /^\d{4}/.test(start) ? opensAt : now);
		return {inside: now >= opensAt && now < closesAt, opensAt, closesAt, over: now >= closesAt};
	}
	// Yesterday's window may still be open, when it goes over midnight.
	for (const days of [-1, 0, 1]) {
		const day = new Date(now.getTime() + days * dayMs);
		const opensAt = momentIn(start, timezone, day);
		const sameDay = momentIn(end, timezone, day);
		const closesAt = sameDay > opensAt ? sameDay : momentIn(end, timezone, new Date(day.getTime() + dayMs));
		if (now < closesAt) return {inside: now >= opensAt, opensAt, closesAt, over: false};
	}
	throw new Error('a daily window always has a next one');
}

/** The window in few words: how long it still lasts, when it begins, or that it is over. `level` is `bad` outside of it and `warn` in its last ten minutes. */
export function windowWords(window: NonNullable<Settings['window']>, nowMs: number): {text: string; level: 'dim' | 'warn' | 'bad'} {
	const {inside, over, opensAt, closesAt} = windowTimes(window, new Date(nowMs));
	if (over) return {text: 'window is over', level: 'bad'};
	const leftMs = (inside ? closesAt : opensAt).getTime() - nowMs;
	if (!inside) return {text: `window opens in ${minutesWords(leftMs)}`, level: 'bad'};
	return {text: `window ${minutesWords(leftMs)} left`, level: leftMs <= 600_000 ? 'warn' : 'dim'};
}

/** Whole minutes, rounded down: what is left is never more than is said. */
function minutesWords(ms: number): string {
	const minutes = Math.floor(ms / 60_000);
	if (minutes < 1) return 'under 1 min';
	if (minutes < 60) return `${minutes} min`;
	return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min` : `${Math.floor(minutes / 1440)} days`;
}

/** A time of the day on the day of `day` there, or a moment with its own date. */
function momentIn(text: string, timezone: string, day: Date): Date {
	const [date, time] = /^\d{4}/.test(text) ? [text.slice(0, 10), text.slice(11)] : [localDate(day, timezone), text];
	const [year, month, dayOfMonth] = date.split('-').map(Number);
	const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
	const asUtc = Date.UTC(year!, month! - 1, dayOfMonth!, hours, minutes, seconds);
	// Twice, since the first guess may lie on the other side of a change of the clocks.
	const once = asUtc - offsetMs(new Date(asUtc), timezone);
	return new Date(asUtc - offsetMs(new Date(once), timezone));
}

function localDate(day: Date, timezone: string): string {
	return new Intl.DateTimeFormat('sv-SE', {timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit'}).format(day);
}

/** How far the zone is ahead of UTC then. */
function offsetMs(at: Date, timezone: string): number {
	const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', {timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit'}).formatToParts(at).map(({type, value}) => [type, Number(value)]));
	return Date.UTC(parts['year']!, parts['month']! - 1, parts['day']!, parts['hour']!, parts['minute']!, parts['second']!) - Math.floor(at.getTime() / 1000) * 1000;
}
