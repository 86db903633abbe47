/** What an attempt amounts to, from what was seen and what was read back; pure. */
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {Plan} from '../journal/shapes/plan.ts';

/** What the sidecar and the child told of an attempt. */
export interface AttemptReport {
	/** Exit status of the client; null when it vanished. */
	exit: number | null;
	/** As the sidecar's last event says; null when it never came. */
	how: 'done' | 'error' | 'command-error' | 'cancelled' | 'system-exit' | 'refused' | null;
	error: {message: string; sqlstate: string | null} | null;
	/** The statement that failed, if one did. */
	failure: {sqlstate: string | null; message: string; sql: string; revision: string | null} | null;
	/** Why the sidecar refused before the first statement. */
	refused: {why: string; text: string} | null;
	/** Something of a revision was committed without its version row, and what: another attempt would find it there. */
	partly: {revision: string; words: string} | null;
	/** Any statement of the migration was executed. */
	statements: number;
	lastWords: string;
}

export interface ReadBack {
	version: string[];
	/** False when the server could not be asked. */
	verified: boolean;
	why?: string;
	invalidIndexes: string[];
	/** Objects that differ from before the action, one phrase each; empty when the database is as it was. */
	changed: string[];
	/** Of these: what revisions made that are committed, as they were meant to. */
	made: string[];
	/** Invalid indexes that were not there before. */
	newlyInvalid: string[];
}

export type Judgement = Pick<Outcome, 'status' | 'exit' | 'reason'> & {left: string[]};

/** Whether the same action may be tried again: it failed on a lock, and only whole units were committed. */
export function mayTryAgain({report, back, stopped}: {report: AttemptReport; back: ReadBack; stopped: boolean}): boolean {
	if (stopped || report.partly !== null || !back.verified || back.newlyInvalid.length > 0) return false;
	// 55P03 lock_not_available, 40P01 deadlock_detected.
	return report.failure?.sqlstate === '55P03' || report.failure?.sqlstate === '40P01';
}

/** Status, exit code of CONTRACT.md and reason. Success is only what was read back. */
export function judge({plan, report, back, stopped}: {
	plan: Pick<Plan, 'action' | 'from' | 'to'>;
	report: AttemptReport;
	back: ReadBack;
	/** Who or what stopped it, in words, or null. */
	stopped: string | null;
}): Judgement {
	const at = back.version.join(', ') || 'base';
	if (!back.verified) {
		return {status: 'interrupted', exit: 5, left: [], reason: `what the ${plan.action} did is not known: ${back.why ?? 'the database could not be read'}; the client ${clientWords(report)}`};
	}
	// Rows that a batch has committed are in no catalog.
	const asBefore = sameRevisions(back.version, plan.from) && back.changed.length === 0 && report.partly === null;
	if (sameRevisions(back.version, plan.to) && !sameRevisions(plan.from, plan.to)) return arrived({report, back, at});
	// A driver's message may have several lines.
	const failed = (report.failure ? `${report.failure.message}${report.failure.sqlstate ? ` (${report.failure.sqlstate})` : ''}${report.failure.revision ? ` in revision ${report.failure.revision}` : ''}` : report.error?.message ?? null)?.replaceAll(/\s+/g, ' ') ?? null;
	const objects = back.changed.filter(object => !back.made.includes(object));
	const left = [...(report.partly ? [`revision ${report.partly.revision} is partly applied: ${report.partly.words}`] : []), ...objects];
	if (report.refused) return {status: 'failed', exit: asBefore ? 3 : 5, left, reason: report.refused.text};
	const meant = back.made.length > 0 ? `, ${countObjects(back.made.length)} changed by what is committed, ${objects.length === 0 ? 'none' : objects.length} left behind by what failed` : ` with ${objects.length === 0 ? 'no objects' : countObjects(objects.length)} changed`;
	const where = asBefore ? `the database is as before, at ${at} (read back)` : `the database is at ${at}${meant}${report.partly ? `; revision ${report.partly.revision} is partly applied` : ''} (read back)`;
	if (stopped) return {status: 'cancelled', exit: asBefore ? 4 : 5, left, reason: `${stopped}; ${where}`};
	if (report.how === null) return {status: 'interrupted', exit: 5, left, reason: `the client ${clientWords(report)} without a word; ${where}`};
	if (report.how === 'done') {
		return {status: 'failed', exit: asBefore ? 4 : 5, left, reason: `Alembic ended with 0, yet nothing reached the version table: env.py runs SQL before context.configure(), so that all was rolled back; ${where}`};
	}
	return {status: 'failed', exit: asBefore ? 4 : 5, left, reason: `${failed ?? `Alembic ended with ${report.exit}`}; ${where}`};
}

function arrived({report, back, at}: {report: AttemptReport; back: ReadBack; at: string}): Judgement {
	if (back.newlyInvalid.length > 0) {
		return {status: 'done', exit: 5, left: back.newlyInvalid.map(index => `invalid index ${index}`), reason: `the database is at ${at}, but ${back.newlyInvalid.join(', ')} ${back.newlyInvalid.length === 1 ? 'is an invalid index' : 'are invalid indexes'}: drop it concurrently and build it again`};
	}
	if (report.how === 'done') return {status: 'done', exit: 0, left: [], reason: `the database is at ${at} (read back)`};
	return {status: 'done', exit: 5, left: [], reason: `the database is at ${at} (read back), but the client ${clientWords(report)}: look at what it did after the last commit`};
}

const countObjects = (count: number): string => `${count} ${count === 1 ? 'object' : 'objects'}`;

function clientWords(report: AttemptReport): string {
	if (report.exit === null) return 'vanished';
	return `ended with ${report.exit}${report.error ? ` (${report.error.message})` : ''}`;
}

/** Order does not matter: the version table has none. */
export function sameRevisions(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && [...a].sort().join() === [...b].sort().join();
}
