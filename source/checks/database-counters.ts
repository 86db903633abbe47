/** The target's own figures before and after the upgrade: rates, connections, and how long each statement takes; pure but for the one reading. */
import type {Evidence} from '../journal/shapes/evidence.ts';
import {queryFigures, type Figures} from '../postgres/figures.ts';
import {readKept, type KeptFigures, type Moment} from './baseline.ts';
import type {Look} from './check.ts';
import {noteEvidence} from './evidence.ts';

export const counted = ['commits', 'rollbacks', 'deadlocks', 'conflicts', 'brokenSessions'] as const;
export type Counted = (typeof counted)[number];

/** What was counted in a length of time. */
export interface Spell {
	minutes: number;
	/** Such as `in the 12.0 min before the upgrade`. */
	words: string;
	counts: Record<Counted, number | null>;
	/** Share of the blocks that were found in the server's own cache, 0 to 1; null when none was asked for. */
	cacheHit: number | null;
	/** Sequential scans of each table that has been there all the time. */
	scans: Map<string, number>;
}

export interface Comparison {
	kept: Record<Moment, KeptFigures | null>;
	now: Figures;
	before: Spell | null;
	after: Spell | null;
	/** Why a spell is not known; one sentence each. */
	unknown: string[];
}

/** A shorter time before the upgrade says little; the average since the statistics began is then the better measure. */
const leastMinutes = 1;

/** Reads the figures now, and compares them with those that the run kept. @throws the driver's error */
export async function compareFigures(look: Look): Promise<Comparison> {
	const kept = await readKept(look);
	const now = await queryFigures(await look.session());
	return {kept, now, ...spellsOf(kept, now)};
}

/** Pure. Statistics that were reset in between are no measure. */
export function spellsOf(kept: Record<Moment, KeptFigures | null>, now: Figures): Pick<Comparison, 'before' | 'after' | 'unknown'> {
	const {planned, before, after} = kept;
	const unknown = [...before?.unread ?? []];
	const start = after?.figures ?? before?.figures ?? null;
	if (start === null) return {before: null, after: null, unknown: [...unknown, 'the run kept no figures of the database from before its upgrade']};
	if (start.counters.since !== now.counters.since) return {before: null, after: null, unknown: [...unknown, `the database's statistics were reset at ${now.counters.since ?? 'a time that is not known'}, so there is nothing to compare with`]};
	const since = spell(start, now, minutes => `in the ${minutes} since the upgrade`);
	const first = planned?.figures ?? null;
	const last = before?.figures ?? start;
	const sincePlan = first && first.counters.since === last.counters.since && minutesBetween(first.at, last.at) >= leastMinutes ? spell(first, last, minutes => `in the ${minutes} before the upgrade`) : null;
	const whole = sincePlan ?? wholeLife(last);
	return {before: whole, after: since, unknown: whole === null ? [...unknown, 'the plan was made less than a minute before the upgrade, and the server does not say since when its statistics count'] : unknown};
}

function spell(from: Figures, to: Figures, words: (minutes: string) => string): Spell {
	const scanned = new Map(from.tables.map(table => [table.name, table.sequentialScans]));
	return {
		...spent(minutesBetween(from.at, to.at), words),
		counts: countsOf(name => from.counters[name] === null || to.counters[name] === null ? null : to.counters[name] - from.counters[name]),
		cacheHit: shareOf(to.counters.blocksHit - from.counters.blocksHit, to.counters.blocksRead - from.counters.blocksRead),
		scans: new Map(to.tables.flatMap(({name, sequentialScans}) => {
			const was = scanned.get(name);
			return was == null || sequentialScans === null ? [] : [[name, sequentialScans - was] as const];
		})),
	};
}

/** The average since the statistics began; a minute of it is no average. */
function wholeLife(figures: Figures): Spell | null {
	const {since} = figures.counters;
	if (since === null || minutesBetween(since, figures.at) < leastMinutes) return null;
	return {
		...spent(minutesBetween(since, figures.at), minutes => `on average in the ${minutes} since the statistics began at ${since.slice(0, 16)}Z`),
		counts: countsOf(name => figures.counters[name]), cacheHit: shareOf(figures.counters.blocksHit, figures.counters.blocksRead),
		scans: new Map(figures.tables.flatMap(({name, sequentialScans}) => sequentialScans === null ? [] : [[name, sequentialScans] as const])),
	};
}

function spent(minutes: number, words: (minutes: string) => string) {
	const said = minutes < 120 ? `${minutes.toFixed(1)} min` : minutes < 48 * 60 ? `${(minutes / 60).toFixed(1)} h` : `${Math.round(minutes / 1440)} days`;
	return {minutes, words: words(said)};
}

function countsOf(count: (name: Counted) => number | null): Spell['counts'] {
	return Object.fromEntries(counted.map(name => [name, count(name)])) as Spell['counts'];
}

function minutesBetween(from: string, to: string): number {
	return (Date.parse(to) - Date.parse(from)) / 60_000;
}

function shareOf(hit: number, read: number): number | null {
	return hit + read > 0 ? hit / (hit + read) : null;
}

/** Such as `rollbacks 0.50/min → 0.40/min`. */
export function describeRate(name: string, counts: (spell: Spell) => number | null | undefined, {before, after}: Pick<Comparison, 'before' | 'after'>): string {
	return `${name} ${perMinute(before && counts(before), before)} → ${perMinute(after && counts(after), after)}`;
}

/** Of a spell shorter than a second a rate would be made up. */
export function perMinute(number: number | null | undefined, spell: Spell | null): string {
	if (number == null || spell === null || spell.minutes < 1 / 60) return 'not known';
	const rate = number / spell.minutes;
	return `${rate >= 100 ? Math.round(rate).toLocaleString('en-US') : rate.toFixed(rate >= 10 ? 1 : 2)}/min`;
}

/** Connections and counters before and now, with what is not known. */
export function figuresEvidence(comparison: Comparison): Evidence {
	const {kept, now, before, after, unknown} = comparison;
	const was = kept.before?.figures ?? null;
	const share = (of: Spell | null) => of?.cacheHit == null ? 'not known' : `${(100 * of.cacheHit).toFixed(1)} %`;
	const states = (of: Figures | null) => of === null ? 'not known' : `${of.connections.total} of ${of.connections.usable} (${Object.entries(of.connections.byState).map(([state, sessions]) => `${sessions} ${state}`).join(', ')})`;
	const names: Record<Counted, string> = {commits: 'commits', rollbacks: 'rollbacks', deadlocks: 'deadlocks', conflicts: 'conflicts with recovery', brokenSessions: 'sessions lost, ended by an error or killed'};
	return noteEvidence('the database\'s own counters (pg_stat_database, pg_stat_activity), before the upgrade → after it', [
		`compared: ${before?.words ?? 'before: not known'} → ${after?.words ?? 'after: not known'}`,
		`connections ${states(was)} → ${states(now)}`,
		...counted.map(name => describeRate(names[name], spell => spell.counts[name], comparison)),
		`found in the cache ${share(before)} → ${share(after)}`,
		`longest transaction ${[was, now].map(of => of?.connections.longestTransactionSeconds == null ? 'none, or not visible' : `${of.connections.longestTransactionSeconds.toFixed(1)} s`).join(' → ')}`,
		...unknown.map(sentence => `not known: ${sentence}`),
	]);
}

/** Whether more was counted after than the rate before lets expect: by half, and by at least `least`. Null where either is not known. */
export function rose(name: Counted, least: number, {before, after}: Pick<Comparison, 'before' | 'after'>): boolean | null {
	const [was, is] = [before?.counts[name], after?.counts[name]];
	if (before === null || after === null || was == null || is == null) return null;
	return is - 1.5 * was / before.minutes * after.minutes >= least;
}

