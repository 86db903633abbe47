/** New constraints and indexes are named as the convention says. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {findNamingFault, namingRules, newNames} from './naming.ts';
import {readStatements} from './statements.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed, warned} from './verdict.ts';

export const schemaConstraintNames: Check = {
	id: 'schema.constraint-names',
	says: 'Each new constraint and index has a name of at most 63 bytes that follows the convention of the models, or of `naming` in holdpoint.yaml.',
	why: 'A constraint can be dropped only by its name: one that PostgreSQL made up, or cut off, differs between databases. Without a convention only missing, cut and double names are found.',
	proves: 'wholly',
	dependsOn: ['plan', 'files'],
	async run(look) {
		const {statements, unseen} = await readStatements(look);
		const names = newNames(statements);
		if (names.length === 0) return onlyIfSeen(notApplicable('The plan makes no new constraint and no new index.'), unseen);
		const {context} = await look.database();
		const rules = namingRules(look.settings.naming, context.namingConvention);
		const evidence = [
			noteEvidence('new names', names.map(each => `${each.kind} on ${each.table}: ${each.name ?? '(unnamed)'}`)),
			noteEvidence(look.settings.naming ? 'convention: `naming` of holdpoint.yaml' : 'convention: naming_convention of the models', Object.entries(look.settings.naming ?? context.namingConvention).map(([kind, text]) => `${kind}: ${text}`)),
		];
		const faults = names.flatMap(each => findNamingFault(each, rules) ?? []);
		const doubles = names.filter((each, index) => each.name !== null && names.findIndex(other => other.name === each.name && other.table === each.table) !== index).map(each => `${each.name} on ${each.table} is made twice`);
		if (faults.length + doubles.length > 0) return failed(`${listed([...faults, ...doubles], 3)}.`, evidence);
		const unnamed = names.filter(each => each.name === null);
		if (unnamed.length > 0) return onlyIfSeen(warned(`${count(unnamed.length, 'new constraint')} without a name (${listed(unnamed.map(each => `${each.kind} on ${each.table}`))}): PostgreSQL makes one up.`, evidence), unseen);
		if (rules.size === 0) return onlyIfSeen(warned(`${count(names.length, 'new name')}, and no convention to hold ${names.length === 1 ? 'it' : 'them'} against: neither naming_convention in the models nor \`naming\` in holdpoint.yaml.`, evidence), unseen);
		return onlyIfSeen(passed(`${count(names.length, 'new name')} ${names.length === 1 ? 'follows' : 'follow'} the convention: ${listed(names.map(each => each.name!))}.`, evidence), unseen);
	},
};
