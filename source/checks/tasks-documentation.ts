/** The documentation knows of the new schema. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {runConfigured} from './outside.ts';
import {operationsOf, readStatements} from './statements.ts';
import {surfaceOf} from './surface.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed, warned} from './verdict.ts';

export const tasksDocumentation: Check = {
	id: 'tasks.documentation',
	says: 'The configured command (`documents`) says that the documentation is up to date; without table or column changed there is nothing to document.',
	why: 'The next person plans by the documentation. Whether its words are right no machine tells; without a command the changes are listed for the person who attests it.',
	proves: 'partly',
	dependsOn: ['plan', 'files'],
	async run(look) {
		const plan = await readStatements(look);
		const {taken, added} = surfaceOf(plan);
		const changes = [...taken.filter(text => !/ are changed by /.test(text)), ...added];
		const evidence = [noteEvidence('changes that documentation may speak of', changes)];
		const {documents} = look.settings;
		if (documents) {
			const test = await runConfigured(look, {name: 'the documentation', command: documents});
			return test.ok ? passed(`The configured command finds the documentation up to date${test.output === '' ? '' : `: ${lastLine(test.output)}`}.`, [test.evidence, ...evidence]) : failed(`The configured command ${test.fault}: the documentation is not up to date.`, [test.evidence, ...evidence]);
		}
		if (changes.length === 0) return onlyIfSeen(notApplicable(`No table, column or view changed (${count(operationsOf(plan.statements, 'create-index').length, 'index', 'indexes')} made): there is nothing significant to document.`, evidence), plan.unseen);
		return warned(`For a person: ${count(changes.length, 'change')} to document: ${listed(changes, 2)}; attest where it is written.`, evidence);
	},
};

function lastLine(text: string): string {
	return text.split('\n').at(-1)!.slice(0, 200);
}
