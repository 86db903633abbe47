/** Looks at a backend's locks from another session while a statement runs that can't be asked itself: one outside a transaction. */
import {setImmediate as next, setTimeout as wait} from 'node:timers/promises';
import type {Session} from '../postgres/session.ts';

export interface LockSamples {
	/** Held or waited for, each once. */
	locks: {table: string; mode: string}[];
	/** How often the backend had any lock on a table when it was looked at. */
	seen: number;
}

export interface LockSampling {
	/** The first look is over: the statement may begin. */
	begun: Promise<void>;
	/** @param at when the statement had ended, by this machine's clock: what was seen of a query that began later is another statement's */
	end(at: Date): Promise<LockSamples>;
}

/** Small statements are over in milliseconds, large ones must not share their processor with the looking. */
const [eagerLooks, calmMs] = [300, 25];
const longestMs = 2000;

/**
 * Looks until `end` is called.
 * @param concurrently the statement waits for older snapshots before it ends: one is held until its locks were seen, for 2 s at most
 */
export function sampleLocks(session: Session, pid: number, {concurrently}: {concurrently: boolean}): LockSampling {
	const looks: Seen[][] = [];
	let [ended, seen, holding, serverAheadMs] = [false, 0, false, 0];
	const look = async (): Promise<void> => {
		const rows = await session.query<Seen>(lockQuery, [pid]);
		if (rows.length === 0) return;
		seen++;
		looks.push(rows);
	};
	const release = async (): Promise<void> => {
		if (!holding) return;
		holding = false;
		await session.query('COMMIT');
	};
	const begin = async (): Promise<void> => {
		if (concurrently) {
			await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
			holding = true;
		}
		const before = Date.now();
		const [clock] = await session.query<{ms: number}>('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms');
		serverAheadMs = clock!.ms - (before + Date.now()) / 2;
		await look();
	};
	const begun = begin();
	const looking = (async () => {
		await begun;
		const since = performance.now();
		for (let looks = 0; !ended; looks++) {
			await (looks < eagerLooks ? next() : wait(calmMs));
			await look();
			if (seen > 0 || performance.now() - since > longestMs) await release();
		}
	})().catch(() => undefined).finally(async () => release().catch(() => undefined));
	return {
		begun: begun.catch(() => undefined),
		async end(at) {
			ended = true;
			await looking;
			const own = looks.filter(([first]) => first!.began <= at.getTime() + serverAheadMs);
			const locks = new Map(own.flat().map(({table, mode}) => [`${table} ${mode}`, {table, mode}]));
			return {locks: [...locks.values()], seen: own.length};
		},
	};
}

interface Seen {
	table: string;
	mode: string;
	/** When the backend's query began: milliseconds since 1970, by the server's clock. */
	began: number;
}

/** pg_locks shows the present also inside a transaction. */
const lockQuery = `SELECT DISTINCT n.nspname || '.' || c.relname AS "table", l.mode, extract(epoch FROM a.query_start)::float8 * 1000 AS began FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE l.pid = $1 AND l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
	AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;
