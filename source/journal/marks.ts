/** The moments of a migration that a chart shows: its beginning, its statements, what the guard did, its end. */
import type {JournalEvent} from './events.ts';

export interface Mark {
	/** Milliseconds since 1970. */
	at: number;
	/** Very short: a statement's number, or a word. */
	label: string;
	/** What it is about. */
	text: string;
}

/** Null for events that are no such moment. */
export function markOf(event: JournalEvent): Mark | null {
	const at = Date.parse(event.at);
	switch (event.kind) {
		case 'action-started': return {at, label: 'start', text: event.action};
		case 'statement-started': return {at, label: String(event.number), text: event.sql.slice(0, 200)};
		case 'guard-acted': return {at, label: 'guard', text: 'the guard acted'};
		case 'action-finished': return {at, label: 'end', text: `${event.outcome.action} ${event.outcome.status}`};
		default: return null;
	}
}
