/** Each event in one sentence, for the log line, the journal view and the report. */
import type {EventKind, EventOf, JournalEvent} from './events.ts';

export interface Sentence {
	text: string;
	level: 'info' | 'warning' | 'error';
}

/** The sentence of an event, or null where it has none that a person would read. */
export function sentenceOf(event: JournalEvent): Sentence | null {
	const sentence = (sentences[event.kind] as (event: JournalEvent) => string | Sentence | null)(event);
	return typeof sentence === 'string' ? {text: sentence, level: 'info'} : sentence;
}

const warning = (text: string): Sentence => ({text, level: 'warning'});
const error = (text: string): Sentence => ({text, level: 'error'});
const path = (revisions: string[]) => revisions.join(', ') || 'base';

const sentences: {[K in EventKind]: (event: EventOf<K>) => string | Sentence | null} = {
	'run-opened': event => `run ${event.run} opened on ${event.target.host}:${event.target.port}/${event.target.database}`,
	'environment-named': event => warning(`the target counts as ${event.environment} from here on`),
	'check-started': () => null,
	'check-finished': event => {
		const text = `${event.item}: ${event.verdict.status}, ${event.verdict.summary}`;
		return event.verdict.status === 'failed' || event.verdict.status === 'errored' ? error(text) : event.verdict.status === 'warned' ? warning(text) : text;
	},
	'item-attested': event => `${event.item} attested: ${event.note}`,
	'item-waived': event => warning(`${event.item} waived: ${event.reason}`),
	'item-went-stale': event => warning(`${event.item} went stale: ${event.reason}`),
	'plan-made': event => `plan ${event.plan.digest.slice(0, 12)}: ${event.plan.action} ${path(event.plan.from)} → ${path(event.plan.to)}, ${event.plan.revisions.length} revisions`,
	'plan-approved': event => `plan ${event.digest.slice(0, 12)} approved by ${event.approver} (${event.signed ? 'signed' : 'claimed'})`,
	'action-started': event => {
		const text = `${event.action} started${event.from.length + event.to.length > 0 ? `: ${path(event.from)} → ${path(event.to)}` : ''}`;
		return event.warnings?.length ? warning(`${text}, with ${event.warnings.length === 1 ? 'a warning' : `${event.warnings.length} warnings`}: ${event.warnings.join(' ')}`) : text;
	},
	'session-proved': event => `attempt ${event.attempt}: the migration's session, pid ${event.pid}, is on the watched server${event.lockTimeoutMs === undefined ? '' : `; it waits ${event.lockTimeoutMs} ms for a lock`}`,
	'attempt-failed': event => warning(`attempt ${event.attempt} ended, everything of it rolled back: ${event.reason}; next in ${(event.nextInMs / 1000).toFixed(1)} s`),
	'revision-started': event => `revision ${event.revision} started`,
	'statement-started': () => null,
	'statement-finished': event => (event.statement.sqlstate ? error(`statement ${event.number} failed with ${event.statement.sqlstate} after ${event.statement.seconds.toFixed(2)} s`) : null),
	'revision-finished': event => `revision ${event.revision} executed in ${event.seconds.toFixed(2)} s, not yet committed`,
	'revision-committed': event => `revision ${event.revision} committed`,
	'hold-asked': event => `${event.wanted ? 'hold asked for at the next safe point' : 'hold withdrawn'}${event.reason === undefined ? '' : `: ${event.reason}`}`,
	'action-held': event => warning(`held: ${event.reason}`),
	'action-continued': event => `goes on: ${event.reason}`,
	'cancel-asked': event => warning(`${event.terminate ? 'termination' : 'cancellation'} asked for: ${event.reason}`),
	'action-finished': ({outcome}) => {
		const text = `${outcome.action} ${outcome.status} after ${outcome.seconds.toFixed(1)} s: ${outcome.reason}`;
		return outcome.status === 'done' && outcome.exit === 0 ? text : error(text);
	},
	'alarm-raised': event => (event.alarm.level === 'critical' ? error(event.alarm.text) : warning(event.alarm.text)),
	'alarm-cleared': event => `over: ${event.alarm}`,
	'guard-acted': event => error(`guard, ${event.act.rule}: ${event.act.reason}; ${event.act.did}`),
	'guard-changed': event => warning(`guard: ${event.key} is now ${event.value}`),
	'backend-cancelled': event => warning(`${event.terminate ? 'termination' : 'cancellation'} of pid ${event.pid} ${event.accepted ? 'sent' : 'not sent'}: ${event.reason}${event.accepted || event.answer === undefined ? '' : `; ${event.answer}`}`),
	'restore-point-made': ({point}) => `restore point ${point.name} made at ${point.lsn}`,
	'backup-taken': ({backup}) => `backup of ${backup.tables} tables: ${backup.path}`,
	'rehearsal-finished': ({rehearsal}) => (rehearsal.ok ? `rehearsal passed in ${rehearsal.seconds.toFixed(1)} s` : error(`rehearsal with problems: ${rehearsal.problems[0] ?? 'see its report'}`)),
	'review-finished': event => `review: ${event.counts.error} errors, ${event.counts.warning} warnings, ${event.counts.info} notes`,
	'block-started': event => `block ${event.block} started`,
	'block-finished': event => (event.exit === 0 ? `block ${event.block} done after ${event.seconds.toFixed(1)} s` : error(`block ${event.block} failed after ${event.seconds.toFixed(1)} s: ${event.reason}`)),
	'block-went-stale': event => warning(`block ${event.block} went stale: ${event.reason}`),
	'console-attached': event => `${event.console} attached${event.readOnly ? ', look-only' : ''}`,
	'console-detached': event => `${event.console} detached`,
	'room-started': event => `room started, pid ${event.pid} on ${event.host}`,
	'room-recovered': event => warning(`a new room took over: ${event.found}`),
	'room-ended': event => `room ended: ${event.reason}`,
	'artifact-kept': event => `kept ${event.what}`,
	'notification-sent': event => (event.ok ? `${event.name} notified of ${event.moment}` : error(`${event.name} could not be notified of ${event.moment}: ${event.detail}`)),
	'run-closed': event => `run closed: ${event.outcome}`,
	'run-abandoned': event => warning(`run abandoned: ${event.reason}`),
};
