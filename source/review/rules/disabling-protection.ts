/** Triggers, rules and row level security that are switched off. */
import type {TableName} from '../names.ts';
import type {Operation} from '../operations.ts';
import type {Report, Rule} from '../rule.ts';

/** By PostgreSQL's name for the subcommand: what it switches off, and what switches it on again. */
const switches: Partial<Record<string, {what: string; on: RegExp}>> = {
	AT_DisableTrig: {what: 'a trigger', on: /^AT_Enable(?:Always|Replica)?Trig/},
	AT_DisableTrigAll: {what: 'all triggers, those of foreign keys included,', on: /^AT_EnableTrigAll$/},
	AT_DisableTrigUser: {what: 'the triggers', on: /^AT_EnableTrig(?:User|All)$/},
	AT_DisableRule: {what: 'a rule', on: /^AT_Enable(?:Always|Replica)?Rule/},
	AT_DisableRowSecurity: {what: 'row level security', on: /^AT_EnableRowSecurity$/},
	AT_NoForceRowSecurity: {what: 'row level security for its owner', on: /^AT_ForceRowSecurity$/},
};

export const disablingProtection: Rule = {
	id: 'disabling-protection',
	level: 'warning',
	category: 'robustness',
	says: 'switches off what guards the rows of a table',
	triggers: 'ALTER TABLE … DISABLE TRIGGER, DISABLE RULE, DISABLE or NO FORCE ROW LEVEL SECURITY, and DROP POLICY. At info when it is switched on again in the same transaction, or outside of one in the same migration.',
	spares: ['a table that the same migration creates', 'a policy in whose place another one of the table is created'],
	why: 'Rows that are written meanwhile are never checked afterwards, by no foreign key either; without row level security everyone with a grant reads all rows.',
	fix: {sql: '-- in one transaction, and checked before its end\nALTER TABLE {table} …;\n-- the work\nALTER TABLE {table} ENABLE …;', alembic: 'op.execute("ALTER TABLE {table} DISABLE …")\n# the work\nop.execute("ALTER TABLE {table} ENABLE …")'},
	lock: 'SHARE ROW EXCLUSIVE for triggers, else ACCESS EXCLUSIVE, briefly',
	on: ['alter-table', 'drop'],
	check({operations}, context) {
		return operations.flatMap((operation): Report[] => {
			if (operation.do === 'drop') return operation.object === 'policy' && operation.of && !context.isNew(operation.of) ? [report(`Dropping policy ${operation.names[0]?.name ?? ''} changes which rows of ${operation.of.text} may be seen.`, operation.of, later => later.do === 'other' && later.kind === 'CreatePolicyStmt' ? 'nothing' : undefined)] : [];
			const off = operation.do === 'alter-table' ? switches[operation.what] : undefined;
			if (!off || operation.do !== 'alter-table' || context.isNew(operation.table)) return [];
			const {table} = operation;
			return [report(`Switching off ${off.what} of ${table.text} lets rows through that nothing checks.`, table, later => later.do === 'alter-table' && later.table.key === table.key && off.on.test(later.what) ? 'info' : undefined)];
		});
	},
};

function report(message: string, table: TableName, settledBy: (operation: Operation) => 'nothing' | 'info' | undefined): Report {
	return {message, at: table.at, table, settledBy};
}
