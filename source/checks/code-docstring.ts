/** Each migration on the path says what it is for. */
import path from 'node:path';
import type {ReadableFacts} from '../alembic/facts.ts';
import type {Check} from './check.ts';
import {within} from './evidence.ts';
import {needFacts} from './needed.ts';
import {count, failed, listed, notApplicable, passed} from './verdict.ts';

/** Shorter texts are a name, not a purpose. */
const shortest = 15;
const placeholders = /^(empty message|auto(generated)?|wip|todo|fixme|migration|initial|\.+|-+)\.?$/i;

export const codeDocstring: Check = {
	id: 'code.docstring',
	says: 'Each migration file on the path has a docstring that says its purpose.',
	why: 'At three in the morning the docstring is what tells whether a migration may be taken back. That it states the true purpose, only a reader of the code can tell.',
	proves: 'partly',
	dependsOn: ['plan', 'files'],
	async run(look) {
		const facts = await needFacts(look);
		if (facts.length === 0) return notApplicable('No migration is pending, so there is no docstring to read.');
		const evidence = facts.map(each => ({kind: 'file' as const, title: each.revision ?? path.basename(each.file), path: each.file, sha256: each.sha256, body: each.message}));
		const poor = facts.flatMap(each => {
			const reason = findFault(each);
			return reason === null ? [] : [`${within(look.settings.project, each.file)} ${reason}`];
		});
		if (poor.length > 0) return failed(`${listed(poor)}.`, evidence);
		return passed(`${count(facts.length, 'migration')} on the path ${facts.length === 1 ? 'says its' : 'say their'} purpose: ${listed(facts.map(each => firstLine(each.message)), 3)}.`, evidence);
	},
};

function findFault({message, file}: ReadableFacts): string | null {
	const text = message.trim();
	if (text === '') return 'has no docstring beside what Alembic writes';
	if (placeholders.test(text)) return `says only "${text}"`;
	if (text.length < shortest) return `says only "${text}": ${text.length} characters are no purpose`;
	// Alembic names the file after the message: `a1_add_status.py` with the message "add_status" says nothing more.
	const slug = path.basename(file, '.py').replace(/^[0-9a-f_-]*?_/, '');
	if (!/\s/.test(text) && text.toLowerCase() === slug.toLowerCase()) return `repeats its file's name ("${text}")`;
	return null;
}

function firstLine(text: string): string {
	return `"${text.trim().split('\n')[0]}"`;
}
