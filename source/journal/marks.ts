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
	switch (event.kind) {
		case 'action-started': return mark(event, 'start', event.action);
		case 'statement-started': return mark(event, String(event.number), event.sql.slice(0, 200));
		case 'guard-acted': return mark(event, 'guard', 'the guard acted');
		case 'action-finished': return mark(event, 'end', `${event.outcome.action} ${event.outcome.status}`);
		default: return null;
	}
}

function mark(event: JournalEvent, label: string, text: string): Mark {
	return {at: Date.parse(event.at), label, text};
}
