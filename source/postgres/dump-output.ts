/** Reads what pg_dump and pg_restore say on stderr: how far they are, and why they failed. */
import type {TableCount} from './dump-snapshot.ts';

export interface TableProgress {
	/** Tables whose data is done, and of how many. */
	done: number;
	total: number;
	/** The tables' sizes on the server, not the dump's: only the ratio means something. */
	doneBytes: number;
	totalBytes: number;
	/** Being worked on, as `schema.table`. */
	tables: string[];
}

/** Folds lines of `--verbose`, one after another, into the progress. */
export class ProgressReader {
	readonly #sizes: Map<string, number>;
	readonly #parallel: boolean;
	readonly #running = new Set<string>();
	readonly #done = new Set<string>();

	constructor(tables: readonly TableCount[], parallel: boolean) {
		this.#sizes = new Map(tables.map(({table, dataBytes}) => [unquoted(table), dataBytes]));
		this.#parallel = parallel;
	}

	/** The new progress when the line says something of it. */
	read(line: string): TableProgress | null {
		const started = /(?:dumping contents of table|processing data for table) "(.+)"/.exec(line)?.[1];
		const finished = /finished item \d+ TABLE DATA (.+)$/.exec(line)?.[1];
		if (started !== undefined) {
			if (!this.#parallel) this.#finishAll();
			this.#running.add(unquoted(started));
		} else if (finished !== undefined) {
			// Only the bare name is said here; the one at work with that name is meant.
			const table = [...this.#running].find(one => one.endsWith(`.${finished}`)) ?? [...this.#sizes.keys()].find(one => one.endsWith(`.${finished}`) && !this.#done.has(one));
			if (table === undefined) return null;
			this.#running.delete(table);
			this.#done.add(table);
		} else {
			return null;
		}
		return this.progress();
	}

	/** As it stands. */
	progress(): TableProgress {
		const sum = (names: Iterable<string>): number => [...names].reduce((total, name) => total + (this.#sizes.get(name) ?? 0), 0);
		return {done: this.#done.size, total: this.#sizes.size, doneBytes: sum(this.#done), totalBytes: sum(this.#sizes.keys()), tables: [...this.#running]};
	}

	#finishAll(): void {
		for (const table of this.#running) this.#done.add(table);
		this.#running.clear();
	}
}

/** What a standby does to queries that hold up its replay, and what to do. */
export const recoveryConflict = 'the standby cancelled it, since it held up replay for longer than max_standby_streaming_delay; set hot_standby_feedback = on or raise that delay there, or take the backup from the primary';

/** Why the program failed, as the middle of a sentence. Pure. */
export function parseFailure({stderr, exitCode, signal}: {stderr: string; exitCode: number | undefined; signal: string | undefined}): string {
	const last = stderr.split('\n').filter(line => /error|fatal|detail|hint/i.test(line)).map(line => line.trim());
	if (/no space left on device|disk quota exceeded/i.test(stderr)) return 'there was no space left on the disk';
	if (/file too large/i.test(stderr) || signal === 'SIGXFSZ') return 'a file would have become larger than this process may write (ulimit -f)';
	if (/conflict with recovery/i.test(stderr)) return recoveryConflict;
	const denied = /permission denied for (?:table|sequence|schema|view|foreign table|large object) "?([^\s"]+)"?/.exec(stderr)?.[1];
	if (denied) return `the role may not read ${denied}; GRANT pg_read_all_data (from version 14 on), or SELECT on it, mends it`;
	if (/row-level security/i.test(stderr)) return 'row level security would hide rows from this role; use one with BYPASSRLS';
	if (/canceling statement due to (lock|statement) timeout/i.test(stderr)) return 'a table stayed locked by someone else for too long; see the live pane and try again';
	if (/(server closed the connection|terminating connection|could not receive data|could not connect|connection to server)/i.test(stderr)) return `the connection to the server was lost (${shortened(last.at(-1) ?? '')})`;
	if (signal) return `it was ended by ${signal}`;
	return last.length > 0 ? shortened(last.slice(0, 2).join(' ')) : `it ended with exit code ${exitCode ?? 'unknown'} and said nothing`;
}

function shortened(text: string): string {
	return text.replace(/\s+/g, ' ').replace(/\.$/, '').slice(0, 400);
}

function unquoted(name: string): string {
	return name.replaceAll('"', '');
}
