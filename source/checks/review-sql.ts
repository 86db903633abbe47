/** The SQL was reviewed for what surprises a production database. */
import type {Operation} from '../review/operations.ts';
import type {Check} from './check.ts';
import {findingEvidence, noteEvidence} from './evidence.ts';
import {placeOf, readStatements} from './statements.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed, warned} from './verdict.ts';

export const reviewSql: Check = {
	id: 'review.sql',
	says: 'The review of the generated SQL has no finding, and no statement loses data.',
	why: 'Locks, rewrites, scans and losses are seen in the statements before they are felt. The review knows the statements and not what the change is meant for: a person still reads the SQL of this sha256.',
	proves: 'partly',
	dependsOn: ['files', 'plan', 'target', 'rehearsal'],
	async run(look) {
		const plan = await look.plan();
		if (plan.revisions.length === 0) return notApplicable('No migration is pending, so there is no SQL to review.');
		const review = await look.review();
		const {statements, isNew, isNewColumn, unseen} = await readStatements(look);
		const losses = statements.filter(statement => statement.operations.some(operation => losesData(operation, isNew, isNewColumn)));
		const about = `SQL with sha256 ${plan.sqlSha256.slice(0, 12)}`;
		const evidence = [
			{kind: 'digest' as const, title: 'the reviewed SQL', path: plan.sql, sha256: plan.sqlSha256},
			...(losses.length > 0 ? [noteEvidence('statements that lose data', losses.map(placeOf))] : []),
			...review.findings.map(findingEvidence),
		];
		const {error, warning, info} = review.counts;
		const worst = (level: string) => review.findings.filter(finding => finding.level === level).map(finding => `${finding.rule}${finding.revision ? ` in ${finding.revision}` : ''}: ${finding.message.replace(/\.$/, '')}`);
		if (error > 0) return failed(`${count(error, 'error')} and ${count(warning, 'warning')} in the ${about}: ${listed(worst('error'), 2)}.`, evidence);
		if (warning > 0 || losses.length > 0) return onlyIfSeen(warned(`${[count(warning, 'warning'), ...(losses.length > 0 ? [count(losses.length, 'statement that loses data', 'statements that lose data')] : [])].join(' and ')} in the ${about}: ${listed([...worst('warning'), ...losses.map(placeOf)], 2)}. For a person: read it and attest.`, evidence), unseen);
		const rehearsed = plan.revisions.filter(revision => !revision.sql).map(revision => revision.revision);
		if (rehearsed.length > 0) {
			evidence.push(noteEvidence('statements that only the rehearsal shows', statements.filter(statement => rehearsed.includes(statement.revision ?? '')).map(statement => statement.text)));
			return onlyIfSeen(warned(`No error and no warning in the ${about}. For a person: ${listed(rehearsed)} ${rehearsed.length === 1 ? 'has' : 'have'} no offline SQL to be reviewed; read the statements as rehearsed and attest.`, evidence), unseen);
		}
		return onlyIfSeen(passed(`No error and no warning in ${count(review.statements, 'statement')} (${count(info, 'note')}${review.suppressed > 0 ? `, ${review.suppressed} silenced with a reason` : ''}); ${about}.`, evidence), unseen);
	},
};

type IsNew = Awaited<ReturnType<typeof readStatements>>['isNew'];
type IsNewColumn = Awaited<ReturnType<typeof readStatements>>['isNewColumn'];

function losesData(operation: Operation, isNew: IsNew, isNewColumn: IsNewColumn): boolean {
	switch (operation.do) {
		case 'drop': return ['table', 'schema', 'database', 'sequence'].includes(operation.object) && !operation.names.every(isNew);
		case 'drop-column': return !isNewColumn(operation.table, operation.column);
		case 'truncate': return !operation.tables.every(isNew);
		case 'delete':
		case 'update': return operation.where === undefined && !isNew(operation.table) && !(operation.do === 'update' && operation.columns.every(column => isNewColumn(operation.table, column)));
		default: return false;
	}
}
