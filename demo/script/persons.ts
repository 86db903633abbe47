/** What persons say in the script, by check: who, and what they looked at. In real life nobody can script this. */
export interface Words {
	by: string;
	note: string;
}

export type SaidByCheck = Readonly<Record<string, Words | undefined>>;

const ada = 'Ada Brandt (DBA on call)';
const noor = 'Noor Haddad (backend lead)';

/** Before the upgrade. */
export const wordsBefore: SaidByCheck = {
	'code.upgrade-complete': {by: noor, note: 'Compared with the ticket: table, column, index and backfill are all there; the models of the last revision wait for theirs.'},
	'review.sql': {by: ada, note: 'Read the five statements; the two tables of the first revision are locked for milliseconds only.'},
	'compat.application': {by: noor, note: 'The released shop neither reads nor writes the new table and columns; its tests ran on both schemas.'},
	'compat.api': {by: noor, note: 'Responses name their fields one by one; none of the new ones is among them.'},
	'rollback.data': {by: noor, note: 'The reason "unknown" is made by the migration itself and may be lost with it.'},
	'rollback.application': {by: noor, note: 'The release that runs today is the one that would run after the way back.'},
	'backup.completed': {by: ada, note: 'Taken a minute ago by this run.'},
	'backup.retention': {by: ada, note: 'The bucket that backups are copied to keeps them for 30 days by its own rule.'},
	'backup.pitr': {by: ada, note: 'No point-in-time recovery in the sandbox: the way back is the downgrade or this backup.'},
	'preflight.notified': {by: ada, note: 'Announced in #shop-releases at noon, with the window.'},
	'preflight.rollback-plan': {by: ada, note: 'Read it: the downgrade first, the backup second, and who decides.'},
	'alembic.history': {by: noor, note: 'Read the three files and their order; they are the ones that were merged.'},
	'large.window': {by: ada, note: 'The window of holdpoint.yaml was agreed with support.'},
};

/** After it. */
export const wordsAfter: SaidByCheck = {
	'post.logs': {by: noor, note: 'The log of the application since the upgrade has no database error.'},
	'post.metrics': {by: ada, note: 'Connections and latency on the dashboard are what they were an hour ago.'},
	'post.errors': {by: noor, note: 'The error rate on the dashboard has not moved.'},
	'monitor.bloat': {by: ada, note: 'The table was vacuumed by this run; what the backfill left is used again.'},
	'tasks.documentation': {by: noor, note: 'The new table and columns stand in the data dictionary.'},
	'tasks.tickets': {by: noor, note: 'The three tickets are closed, with the run\'s id in them.'},
	'tasks.alerts': {by: ada, note: 'Nothing is firing for the shop.'},
};
