/** The pages docs/rules/: one for each rule, in the rule's own words, and a list of all. */
import {mkdir, readdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {renderRulePage} from './explain.ts';
import {migrationRules} from './migration-rules/index.ts';
import {ownRules} from './own-rules.ts';
import type {RuleWords} from './rule.ts';
import {allRules, rules} from './rules/index.ts';

/** File name → Markdown; a test holds docs/rules/ equal to it. */
export function renderRulePages(): Map<string, string> {
	const pages = new Map(allRules.map(rule => [`${rule.id}.md`, renderRulePage(rule)]));
	return pages.set('index.md', renderIndex());
}

/** Writes docs/rules/ anew; pages of rules that are gone go too. */
export async function writeRulePages(folder: string): Promise<void> {
	await mkdir(folder, {recursive: true});
	const pages = renderRulePages();
	for (const file of await readdir(folder)) if (file.endsWith('.md') && !pages.has(file)) await rm(path.join(folder, file));
	for (const [file, text] of pages) await writeFile(path.join(folder, file), text);
}

function renderIndex(): string {
	const sections: [string, readonly RuleWords[]][] = [
		['Statements', rules.filter(rule => !rule.optIn)],
		['Statements, only when asked for', rules.filter(rule => rule.optIn)],
		['Migrations in Python', migrationRules],
		['The review itself', ownRules],
	];
	const tables = sections.map(([title, list]) => `## ${title}\n\n| rule | level | what it finds |\n|---|---|---|\n${list.map(({id, level, optIn, says}) => `| [${id}](${id}.md) | ${level}${optIn ? ', opt-in' : ''} | ${says} |`).join('\n')}`);
	return `# The rules of the review\n\nWritten by \`renderRulePages()\` in source/review/pages.ts from the rules themselves; change it there. \`holdpoint review --explain RULE\` shows the same words.\n\n${tables.join('\n\n')}\n`;
}
