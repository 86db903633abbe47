/** The documentation knows of the new schema. */
import {NotYet, type Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {runConfigured} from './outside.ts';
import {operationsOf, readStatements, type PlanStatements} from './statements.ts';
import {surfaceOf} from './surface.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed, warned} from './verdict.ts';

export const tasksDocumentation: Check = {
	id: 'tasks.documentation',
	says: 'The configured command (`documents`) says that the documentation is up to date; without table or column changed there is nothing to document.',
	why: 'The next person plans by the documentation. The command is given the names of the changed tables and columns as its last arguments. Whether its words are right no machine tells; without a command the changes are listed for the person who attests it.',
	proves: 'partly',
	dependsOn: ['plan', 'files'],
	async run(look) {
		const plan = await readStatements(look);
		const {taken, added} = surfaceOf(plan);
		const changes = [...taken.filter(text => !/ are changed by /.test(text)), ...added];
		const evidence = [noteEvidence('changes that documentation may speak of', changes)];
		const {documents} = look.settings;
		if (documents) {
			// Behind the user's own words, as arguments: never through a shell.
			const test = await runConfigured(look, {name: 'the documentation', command: [...documents, ...namesOf(plan)]});
			const said = test.output === '' ? '' : `: ${lastLine(test.output)}`;
			if (!test.ok && look.upgrade() === null) throw new NotYet(`The configured command ${test.fault}${said}; there is time for that until the upgrade is done.`);
			return onlyIfSeen(test.ok ? passed(`The configured command finds the documentation up to date${said}.`, [test.evidence, ...evidence]) : failed(`The configured command ${test.fault}${said}; the documentation is not up to date.`, [test.evidence, ...evidence]), plan.unseen);
		}
		if (changes.length === 0) return onlyIfSeen(notApplicable(`No table, column or view changed (${count(operationsOf(plan.statements, 'create-index').length, 'index', 'indexes')} made): there is nothing significant to document.`, evidence), plan.unseen);
		return warned(`For a person: ${count(changes.length, 'change')} to document: ${listed(changes, 2)}; attest where it is written.`, evidence);
	},
};

/** Tables and `table.column`s that came, went or became something else; those of a new table are in it. */
function namesOf({statements, isNew}: PlanStatements): string[] {
	const names = statements.flatMap(({operations}) => operations.flatMap(operation => {
		switch (operation.do) {
			case 'create-table':
			case 'create-view': return [operation.table.text];
			case 'add-column': return isNew(operation.table) ? [] : [`${operation.table.text}.${operation.column.name}`];
			case 'drop-column':
			case 'set-type': return isNew(operation.table) ? [] : [`${operation.table.text}.${operation.column}`];
			case 'rename-column': return [`${operation.table.text}.${operation.to}`];
			case 'rename-relation': return operation.relation === 'table' || operation.relation.endsWith('view') ? [operation.to] : [];
			case 'drop': return ['table', 'view'].includes(operation.object) ? operation.names.map(name => name.text) : [];
			default: return [];
		}
	}));
	return [...new Set(names)];
}

function lastLine(text: string): string {
	return text.split('\n').at(-1)!.slice(0, 200);
}
