/** What `notify` can be told of: the kinds of the journal's events (a test holds the two lists equal). */
import type {EventKind} from '../journal/events.ts';

export const moments = [
	'run-opened', 'environment-named', 'check-started', 'check-finished', 'item-attested', 'item-waived', 'item-went-stale',
	'plan-made', 'plan-approved', 'action-started', 'session-proved', 'attempt-failed', 'revision-started',
	'statement-started', 'statement-finished', 'revision-finished', 'revision-committed', 'hold-asked', 'action-held',
	'action-continued', 'cancel-asked', 'action-finished', 'alarm-raised', 'alarm-cleared', 'guard-acted', 'guard-changed',
	'backend-cancelled', 'backup-taken', 'restore-point-made', 'rehearsal-finished', 'review-finished', 'block-started', 'block-finished', 'block-went-stale', 'console-attached', 'console-detached',
	'room-started', 'room-recovered', 'room-ended', 'artifact-kept', 'notification-sent', 'run-closed', 'run-abandoned',
] as const satisfies readonly EventKind[];
