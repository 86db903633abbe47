/** Makes of a migration's events what each statement did: time, rows, locks, rewrites, scans, WAL; pure. */
import type {MeasuredStatement, SidecarEvent} from '../alembic/events.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {lockModes} from '../review/locks.ts';
import type {LockSamples} from './lock-samples.ts';

export type TracedStatement = Rehearsal['statements'][number];

export interface TraceOptions {
	/** Locks seen from another session, by the statement's number. */
	samples: ReadonlyMap<number, LockSamples>;
	/** Nobody else writes on this server, so that its WAL is the migration's. */
	alone: boolean;
	/** Alembic's own table, `schema.table` or `table`: every revision locks and reads it. */
	except: string;
}

/** Start and end of a statement are two events; repetitions are told in one. */
export function traceStatements(events: readonly SidecarEvent[], options: TraceOptions): TracedStatement[] {
	const begun = new Map<number, {sql: string; revision: string | null}>();
	const firsts = new Map<string, TracedStatement>();
	return events.flatMap((event): TracedStatement[] => {
		if (event.event === 'statement') begun.set(event.number, {sql: event.sql, revision: event.revision});
		if (event.event === 'statements-repeated') {
			// The transaction holds what the first of them took.
			const locks = firsts.get(event.sql)?.locks ?? [];
			const facts = event.measured ? factsOf(event.sql, event.measured, undefined, options) : {...nothingKnown, unmeasured: `${event.count} times the same, outside a transaction: not looked at one by one`};
			return [{sql: event.sql, seconds: event.seconds, rows: event.rows, times: event.count, ...(event.revision === null ? {} : {revision: event.revision}), ...facts, locks: facts.locks.length > 0 ? facts.locks : locks}];
		}
		const statement = event.event === 'statement-end' && event.number !== null ? begun.get(event.number) : undefined;
		if (!statement || event.event !== 'statement-end') return [];
		const {sql, revision} = statement;
		const traced = {sql, seconds: event.seconds, rows: event.rows, ...(revision === null ? {} : {revision}), ...factsOf(sql, event.measured ?? null, options.samples.get(event.number!), options)};
		if (!firsts.has(sql.slice(0, 2000))) firsts.set(sql.slice(0, 2000), traced);
		return [traced];
	});
}

type Facts = Pick<TracedStatement, 'locks' | 'rewrote' | 'scanned' | 'walBytes' | 'unmeasured'>;

/** Part of a sentence in `unmeasured`. */
export const notMet = 'no look from another session met its locks';

const nothingKnown: Facts = {locks: [], rewrote: [], scanned: [], walBytes: null};

function factsOf(sql: string, measured: MeasuredStatement | null, samples: LockSamples | undefined, {alone, except}: TraceOptions): Facts {
	const counts = (table: string): boolean => table !== except && table.slice(table.indexOf('.') + 1) !== except;
	if (measured === null) return {...nothingKnown, ...(touchesNothing.test(sql) ? {} : {unmeasured: 'locks, rewrites and scans could not be read'})};
	// What the transaction holds from before counts where this statement works on it: it is held all the while.
	const inside = measured.locks.filter(lock => lock.fresh || namesBare(sql, lock.table));
	const unmeasured = [
		...(measured.outside ? [samples && samples.seen > 0 ? 'outside a transaction: its locks as seen from another session while it ran' : `outside a transaction: ${notMet}`] : []),
		...(measured.scanned === null ? ['scans are not known'] : []),
	];
	return {
		locks: strongest([...inside, ...samples?.locks ?? []].filter(lock => counts(lock.table))),
		rewrote: measured.rewrote.filter(counts), scanned: (measured.scanned ?? []).filter(counts), walBytes: alone ? measured.walBytes : null,
		...(unmeasured.length > 0 && !touchesNothing.test(sql) ? {unmeasured: unmeasured.join('; ')} : {}),
	};
}

const touchesNothing = /^\s*(?:set|reset|show|begin|start|commit|end|rollback|savepoint|release)\b/i;

/** The strongest mode for each table, in the words of PostgreSQL's documentation. */
function strongest(locks: readonly {table: string; mode: string}[]): TracedStatement['locks'] {
	const modes = new Map<string, number>();
	for (const {table, mode} of locks) modes.set(table, Math.max(modes.get(table) ?? -1, (lockModes as readonly string[]).indexOf(wordsOf(mode))));
	return [...modes].filter(([, mode]) => mode >= 0).map(([table, mode]) => ({table, mode: lockModes[mode]!})).sort((a, b) => a.table < b.table ? -1 : 1);
}

/** `AccessExclusiveLock` → `ACCESS EXCLUSIVE`. */
function wordsOf(mode: string): string {
	return mode.replace(/Lock$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();
}

function namesBare(sql: string, table: string): boolean {
	const name = table.slice(table.indexOf('.') + 1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?<![\\w$])${name}(?![\\w$])`, 'i').test(sql);
}
