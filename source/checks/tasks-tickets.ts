/** The tickets that asked for the change are closed. */
import type {Check} from './check.ts';
import {commandEvidence, NotYet} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needFacts} from './needed.ts';
import {runConfigured} from './outside.ts';
import {count, failed, forPerson, listed, passed, warned} from './verdict.ts';

/** `ABC-123`, `#123`, and the numbers behind issue links. */
const ticket = /\b[A-Z][A-Z0-9]+-\d+\b|(?<![\w&])#\d+\b|(?<=\/(?:issues|browse|pull)\/)[\w-]+/g;
/** Look like tickets and are none. */
const notTickets = /^(UTF|SHA|ISO|RFC|MD|AES|CVE|X)-/;

export const tasksTickets: Check = {
	id: 'tasks.tickets',
	says: 'The configured command (`tickets`) says that the tickets of this migration are closed.',
	why: 'An open ticket makes somebody do the work again. The tickets are those that docstrings and commit messages name; what is named nowhere is not found.',
	proves: 'partly',
	dependsOn: ['plan', 'files'],
	ttlMs: 24 * 3600 * 1000,
	async run(look) {
		const facts = await needFacts(look);
		const argv = ['git', '-C', look.settings.project, 'log', '-5', '--format=%s%n%b', '--', ...facts.map(each => each.file)];
		const log = facts.length > 0 ? await look.run(argv) : {exit: 0, stdout: '', stderr: '', seconds: 0};
		const text = [...facts.map(each => each.docstring), log.exit === 0 ? log.stdout : ''].join('\n');
		const found = [...new Set([...text.matchAll(ticket)].map(([id]) => id))].filter(id => !notTickets.test(id));
		const evidence = [noteEvidence('tickets named in docstrings and commit messages', found), ...(log.stdout === '' ? [] : [commandEvidence('commit messages', argv, log)])];
		const command = look.settings.tickets;
		if (command) {
			// Behind the user's own words, as arguments: never through a shell.
			const test = await runConfigured(look, {name: 'the tickets', command: [...command, ...found]});
			if (!test.ok && look.upgrade() === null) throw new NotYet(`The configured command ${test.fault}: ${found.length > 0 ? listed(found) : 'the tickets'} may be open, which they may be until the upgrade is done.`);
			return test.ok ? passed(`The configured command finds ${found.length > 0 ? listed(found) : 'the tickets'} closed.`, [test.evidence, ...evidence]) : failed(`The configured command ${test.fault}: ${found.length > 0 ? listed(found) : 'the tickets'} may be open.`, [test.evidence, ...evidence]);
		}
		if (found.length === 0) throw forPerson('no ticket is named in docstrings or commit messages, and no `tickets` command is configured; attest which tickets are closed.');
		return warned(`For a person: ${count(found.length, 'ticket')} named: ${listed(found)}; attest that they are closed.`, evidence);
	},
};
