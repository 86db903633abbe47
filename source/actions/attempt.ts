/** One attempt of a migration: a child that runs Alembic, what it says turned into events, until it has ended. */
import {parseSidecarLine, type SidecarEvent} from '../alembic/events.ts';
import type {ActionChild, ActionContext} from './context.ts';
import type {AttemptReport} from './outcome.ts';
import type {StatementPlace} from './statement-estimate.ts';

/** A statement that runs longer is told of while it runs. */
const tellAfterMs = 200;
/** Of a revision so many statements are in the journal, and every slower one; all are in the kept output. */
const quickStatements = 200;
const slowSeconds = 0.1;

export interface AttemptHooks {
	/** A session of the migration was proven to be on the live target. */
	onBackend(backend: {pid: number; backendStart: string}): void;
	/** What runs now; null between two statements. */
	onStatement(statement: RunningStatement | null): void;
	/** Why the guard holds it, where the guard does. */
	heldBy(): string | null;
}

export interface RunningStatement extends StatementPlace {
	/** Milliseconds since 1970. */
	since: number;
	autocommit: boolean;
}

/**
 * Follows a child to its end. What the journal has already, from an earlier room, is not said again.
 * @returns what was seen; nothing of it is proof of what the database holds
 */
export async function followAttempt(context: ActionContext, {child, attempt, lockTimeoutMs, hooks}: {child: ActionChild; attempt: number; lockTimeoutMs: number; hooks: AttemptHooks}): Promise<AttemptReport> {
	const report: AttemptReport = {exit: null, how: null, error: null, failure: null, refused: null, partly: null, statements: 0, lastWords: ''};
	const teller = new Teller(context, {attempt, lockTimeoutMs, report, hooks});
	const end = await child.follow(line => {
		const event = parseSidecarLine(line);
		if (event) teller.take(event);
	});
	teller.stop();
	report.exit = end.exit;
	report.lastWords = lastLines(child.readErrors());
	return report;
}

class Teller {
	readonly #context: ActionContext;
	readonly #attempt: number;
	readonly #lockTimeoutMs: number;
	readonly #report: AttemptReport;
	readonly #hooks: AttemptHooks;
	#timer: NodeJS.Timeout | null = null;
	#current: {number: number; sql: string; revision: string | null; autocommit: boolean} | null = null;
	#inRevision = 0;
	/** The revision now running, and whether something of it can no longer be rolled back. */
	#revision: string | null = null;

	constructor(context: ActionContext, {attempt, lockTimeoutMs, report, hooks}: {attempt: number; lockTimeoutMs: number; report: AttemptReport; hooks: AttemptHooks}) {
		this.#context = context;
		this.#attempt = attempt;
		this.#lockTimeoutMs = lockTimeoutMs;
		this.#report = report;
		this.#hooks = hooks;
	}

	take(event: SidecarEvent): void {
		(this.#handlers[event.event] as ((event: SidecarEvent) => void) | undefined)?.(event);
	}

	stop(): void {
		if (this.#timer) clearTimeout(this.#timer);
	}

	/** Whether the journal has this already: a new room reads the child's output from its start. */
	#known(revision: string | null, how: 'started' | 'finished' | 'committed'): boolean {
		const known = this.#context.state().running?.revisions.find(each => each.revision === revision);
		return Boolean(known && (how === 'started' || (how === 'finished' && known.seconds !== null) || (how === 'committed' && known.committed)));
	}

	readonly #handlers: {[K in SidecarEvent['event']]?: (event: Extract<SidecarEvent, {event: K}>) => void} = {
		connected: event => {
			const backend = {pid: event.pid, backendStart: event.backendStart ?? ''};
			if (event.number === 1 && this.#context.state().running?.backend?.pid !== event.pid) this.#context.record('session-proved', {...backend, attempt: this.#attempt, lockTimeoutMs: this.#lockTimeoutMs});
			this.#hooks.onBackend(backend);
		},
		refused: event => {
			this.#report.refused = {why: event.why, text: event.text};
		},
		revision: event => {
			this.#revision = event.revision;
			this.#inRevision = 0;
			if (!this.#known(event.revision, 'started')) this.#context.record('revision-started', {revision: event.revision});
		},
		'revision-end': event => {
			if (event.revision !== null && !this.#known(event.revision, 'finished')) this.#context.record('revision-finished', {revision: event.revision, seconds: event.seconds});
		},
		statement: event => {
			this.#report.statements++;
			this.#inRevision++;
			this.#current = {number: event.number ?? 0, sql: event.sql, revision: event.revision, autocommit: event.autocommit};
			this.#hooks.onStatement({sql: event.sql, revision: event.revision, order: this.#inRevision - 1, autocommit: event.autocommit, since: Date.now()});
			this.#tellLater();
		},
		'statement-end': event => this.#finish({seconds: event.seconds, rows: event.rows}),
		'statements-repeated': event => {
			this.#report.statements += event.count;
			this.#record({sql: `${event.sql} -- ${event.count} times`, seconds: event.seconds, rows: event.rows, ...(event.revision && {revision: event.revision})}, event.last);
		},
		'statement-failed': event => {
			this.#report.failure ??= {sqlstate: event.sqlstate, message: event.message, sql: event.sql, revision: event.revision};
			// These two may commit while they run.
			if (this.#current?.autocommit && event.revision !== null && /^\s*(call|do)\b/i.test(event.sql)) this.#report.partly = {revision: event.revision, words: `${shortened(event.sql)} was in no transaction: what it committed itself stays`};
			this.#stopTelling();
			this.#hooks.onStatement(null);
			this.#record({sql: event.sql, seconds: event.seconds ?? 0, ...(event.revision && {revision: event.revision}), ...(event.sqlstate && {sqlstate: event.sqlstate})}, event.number ?? 0);
		},
		commit: event => {
			for (const revision of event.revisions) if (!this.#known(revision, 'committed')) this.#context.record('revision-committed', {revision});
			// In the middle of a revision: what it has done so far stays, whatever becomes of the rest.
			if (event.revision !== null && this.#inRevision > 0 && !event.revisions.includes(event.revision)) this.#report.partly = {revision: event.revision, words: 'what came before its autocommit_block() is committed'};
			if (this.#report.partly !== null && event.revisions.includes(this.#report.partly.revision)) this.#report.partly = null;
		},
		patient: ({revision, lockTimeoutMs}) => this.#context.tell(`a part of ${revision} is committed, so that it can't be tried again: from here on it waits up to ${lockTimeoutMs} ms for a lock`),
		held: event => {
			const guard = this.#hooks.heldBy();
			const where = `at a safe point, ${event.where}${event.revision ? ` in revision ${event.revision}` : ''}: no transaction is open`;
			this.#context.record('action-held', {reason: guard === null ? where : `${guard}; ${where}`}, guard === null ? undefined : 'holdpoint');
		},
		// Who let it go on has said so already; a new room reads of both from the child's output.
		continued: () => {
			if (this.#context.state().running?.heldSince) this.#context.record('action-continued', {reason: 'it had been told to'}, 'holdpoint');
		},
		'not-seen': event => this.#context.tell(`not seen: ${event.what}`),
		exit: event => {
			this.#report.how = event.how;
			this.#report.error = event.error && {message: event.error.message, sqlstate: event.error.sqlstate};
		},
	};

	#tellLater(): void {
		this.#stopTelling();
		this.#timer = setTimeout(() => {
			const {number, sql, revision} = this.#current ?? {number: 0, sql: '', revision: null};
			if (this.#current && number > (this.#context.state().running?.lastStatement ?? 0)) this.#context.record('statement-started', {sql, number, ...(revision && {revision})});
		}, tellAfterMs);
	}

	#stopTelling(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#finish({seconds, rows}: {seconds: number; rows: number | null}): void {
		this.#stopTelling();
		const current = this.#current;
		this.#current = null;
		this.#hooks.onStatement(null);
		if (!current) return;
		if (current.autocommit && this.#revision !== null && !/^\s*(set|reset|show)\b/i.test(current.sql)) this.#report.partly = {revision: this.#revision, words: `committed up to ${shortened(current.sql)}`};
		if (this.#inRevision > quickStatements && seconds < slowSeconds) return;
		this.#record({sql: current.sql, seconds, ...(rows !== null && {rows}), ...(current.revision && {revision: current.revision})}, current.number);
	}

	#record(statement: {sql: string; seconds: number; rows?: number; revision?: string; sqlstate?: string}, number: number): void {
		if (number > 0 && number <= (this.#context.state().running?.lastStatement ?? 0)) return;
		this.#context.record('statement-finished', {statement, number});
	}
}

const shortened = (sql: string): string => sql.replaceAll(/\s+/g, ' ').trim().slice(0, 80);

function lastLines(text: string): string {
	return text.trimEnd().split('\n').slice(-20).join('\n');
}
