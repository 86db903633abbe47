/** No password, address or name of one environment stands in the migrations or the configuration. */
import {readFile} from 'node:fs/promises';
import type {ReadableFacts} from '../alembic/facts.ts';
import {queryEvidence, type Check, type Look} from './check.ts';
import {noteEvidence, within} from './evidence.ts';
import {needFacts} from './needed.ts';
import {count, failed, listed, notApplicable, passed, warned} from './verdict.ts';

type Suspect = {place: string; kind: ReadableFacts['suspects'][number]['kind']; text: string};

/** These are never right in a migration; the others may be a word of the business. */
const certain = new Set<Suspect['kind']>(['secret', 'url', 'address', 'host']);

export const codeNoHardcodedValues: Check = {
	id: 'code.no-hardcoded-values',
	says: 'No URL, address, secret, path or name of one environment is written into the migrations on the path, and no password into a tracked configuration.',
	why: 'What is right in staging is wrong or a leak in production. Found by patterns: a value that looks like none of them is not found, and a word that only looks like one needs a person\'s waiver.',
	proves: 'partly',
	dependsOn: ['plan', 'files', 'target'],
	async run(look) {
		const facts = await needFacts(look);
		if (facts.length === 0) return notApplicable('No migration is pending.');
		const suspects = [...facts.flatMap(each => each.suspects.map(({line, kind, text}): Suspect => ({place: `${within(look.settings.project, each.file)}:${line}`, kind, text}))), ...await readPasswords(look)];
		const evidence = [noteEvidence(`searched: ${facts.map(each => within(look.settings.project, each.file)).join(', ')}`, suspects.map(({place, kind, text}) => `${place}: ${kind} ${text}`))];
		const schemas = [...new Set(facts.flatMap(each => each.upgrade.operations.flatMap(({keywords}) => typeof keywords['schema'] === 'string' ? [keywords['schema']] : [])))];
		if (schemas.length > 0) {
			const query = 'SELECT name FROM unnest($1::text[]) name WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name)';
			const missing = await (await look.session()).query<{name: string}>(query, [schemas]);
			evidence.push(queryEvidence('schemas named by the migrations that the target does not have', query, missing));
			suspects.push(...missing.map(({name}): Suspect => ({place: 'schema', kind: 'environment', text: `"${name}" does not exist on the target`})));
		}
		const words = suspects.map(({place, kind, text}) => `${place} (${kind}: ${text})`);
		if (suspects.some(({kind}) => certain.has(kind))) return failed(`${listed(words)}.`, evidence);
		if (suspects.length > 0) return warned(`For a person: ${listed(words)}; say whether it belongs to one environment.`, evidence);
		return passed(`Nothing in ${count(facts.length, 'migration file')} looks as if it belonged to one environment.`, evidence);
	},
};

/** A password in the Alembic configuration is a leak only once git carries it. */
async function readPasswords(look: Look): Promise<Suspect[]> {
	const {graph} = await look.project();
	const found: Suspect[] = [];
	for (const {file} of graph.config ?? []) {
		const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
		const at = lines.findIndex(line => /^\s*[^#;\s].*:\/\/[^\s:/@]*:[^\s@%$]+@/.test(line));
		if (at < 0) continue;
		const {exit} = await look.run(['git', '-C', look.settings.project, 'ls-files', '--error-unmatch', '--', file]);
		if (exit === 0) found.push({place: `${within(look.settings.project, file)}:${at + 1}`, kind: 'secret', text: 'a URL with a password, in a file that git tracks'});
	}
	return found;
}
