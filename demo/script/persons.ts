/** What persons say in the script, by check: who, and what they looked at. In real life nobody can script this. */
export interface Words {
	by: string;
	note: string;
}

export type SaidByCheck = Readonly<Record<string, Words | undefined>>;

const ada = 'Ada Brandt (DBA on call)';
const noor = 'Noor Haddad (backend lead)';

/** Before the upgrade. What a machine without git or PostgreSQL's statistics leaves to persons is here too. */
export const wordsBefore: SaidByCheck = {
	'review.sql': {by: ada, note: 'Read the statements of this plan; the two tables of the first revision are locked for milliseconds only.'},
	'rollback.data': {by: noor, note: 'The reason "unknown" is made by the migration itself and may be lost with it.'},
	'backup.retention': {by: ada, note: 'The bucket that backups are copied to keeps them for 30 days by its own rule.'},
	'preflight.rollback-plan': {by: ada, note: 'Read this plan: the downgrade first, the backup second, and who decides.'},
	'alembic.history': {by: noor, note: 'Read the three files and their order; they are the ones that were merged.'},
};

/** After it. */
export const wordsAfter: SaidByCheck = {
	'post.metrics': {by: ada, note: 'Connections and latency on the dashboard are what they were an hour ago.'},
	'post.errors': {by: noor, note: 'The error rate on the dashboard has not moved.'},
	'tasks.documentation': {by: noor, note: 'The new table and columns stand in the data dictionary.'},
};
