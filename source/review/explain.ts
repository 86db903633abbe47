/** What a rule is about, in its own words: for a terminal and as a page. */
import {Refusal} from '../journal/refusal.ts';
import type {RuleWords} from './rule.ts';
import {allRules, findRule} from './rules/index.ts';

/**
 * The text of `holdpoint review --explain RULE`.
 * @throws Refusal (2) when there is no such rule; it names the ones that sound like it.
 */
export function explainRule(id: string): string {
	const rule = findRule(id);
	if (!rule) throw refuseUnknown(id);
	return [
		`${rule.id}: the ${rule.subject ?? 'statement'} ${rule.says}`,
		`${rule.level} by default${rule.optIn ? ', only when asked for' : ''}${rule.scales ? '; higher on large tables, lower on small ones, when their sizes are known' : ''}${describeVersions(rule)}`,
		`When\n${indent(rule.triggers)}`,
		...(rule.spares.length > 0 ? [`Not\n${rule.spares.map(spare => `  - ${spare}`).join('\n')}`] : []),
		...(rule.lock === undefined ? [] : [`Lock\n${indent(rule.lock)}`]),
		`Why\n${indent(rule.why)}`,
		`Instead, in SQL\n${indent(rule.fix.sql)}`,
		...(rule.fix.alembic === '' ? [] : [`Instead, with Alembic\n${indent(rule.fix.alembic)}`]),
	].join('\n\n') + '\n';
}

/** Says that there is no such rule, and names the ones that sound like it. */
export function refuseUnknown(id: string): Refusal {
	const shared = (other: string) => id.split('-').filter(word => word.length > 2 && other.includes(word)).length;
	const near = allRules.map(each => each.id).filter(each => shared(each) > 0).sort((a, b) => shared(b) - shared(a)).slice(0, 5);
	return new Refusal(2, `There is no review rule "${id}"${near.length > 0 ? `; near it: ${near.join(', ')}` : ': docs/rules/index.md lists them'}.`);
}

/** The Markdown page of a rule. */
export function renderRulePage(rule: RuleWords): string {
	return [
		`# ${rule.id}`,
		`The ${rule.subject ?? 'statement'} ${rule.says}. Category: ${rule.category}. Level: ${rule.level}${rule.optIn ? ', only when asked for' : ''}${describeVersions(rule)}.`,
		`## Problem\n\n${rule.why}${rule.lock === undefined ? '' : `\n\nLock: ${rule.lock}.`}`,
		`## What triggers it\n\n${rule.triggers}`,
		...(rule.spares.length > 0 ? [`## What does not\n\n${rule.spares.map(spare => `- ${spare}`).join('\n')}`] : []),
		`## Instead\n\n\`\`\`sql\n${rule.fix.sql}\n\`\`\``,
		...(rule.fix.alembic === '' ? [] : [`With Alembic:\n\n\`\`\`python\n${rule.fix.alembic}\n\`\`\``]),
	].join('\n\n') + '\n';
}

function describeVersions({versions}: RuleWords): string {
	if (!versions) return '';
	const from = versions.from === undefined ? '' : ` from ${versions.from}`;
	const to = versions.to === undefined ? '' : ` up to ${versions.to}`;
	return `; PostgreSQL${from}${to}`;
}

function indent(text: string): string {
	return text.split('\n').map(line => `  ${line}`).join('\n');
}
