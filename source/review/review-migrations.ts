/** The review of the migrations' Python: what SQL can't show. */
import type {MigrationFacts, ReadableFacts} from '../alembic/facts.ts';
import type {Finding, Level} from './finding.ts';
import {writeFix} from './fix.ts';
import {judgeIgnore} from './judge-ignore.ts';
import type {MigrationReport, MigrationRule} from './migration-rule.ts';
import {isSecret} from './migration-rules/hard-coded-secret.ts';
import {migrationRules} from './migration-rules/index.ts';
import {notReviewed} from './own-rules.ts';
import type {Choice} from './rule-set.ts';
import type {Ignore} from './suppress.ts';

export interface MigrationReviewOptions extends Choice {
	/** Of `parsePythonIgnores`: a comment at a finding's line, above it, or inside its operation silences it. */
	ignores?: readonly Omit<Ignore, 'used'>[];
	/** The text of a file, for lines that the facts don't tell. */
	readText?: (file: string) => string | undefined;
}

/**
 * Findings on the Python of migrations, in the order of the files; nothing of a secret is in them.
 * `statement` is the number of the operation in its direction, or 0 for the file as a whole.
 */
export function reviewMigrations(facts: readonly MigrationFacts[], options: MigrationReviewOptions = {}): Finding[] {
	const all = facts.filter((each): each is ReadableFacts => each.problem === undefined);
	const rules = migrationRules.filter(rule => isChosen(rule, options));
	const ignores: Ignore[] = (options.ignores ?? []).map(ignore => ({...ignore, used: false}));
	const findings = facts.flatMap(each => {
		if (each.problem !== undefined) return [unreadable(each)];
		const text = options.readText?.(each.file);
		return rules.flatMap(rule => rule.check(each, {all, lineOf: pattern => lineOf(text, pattern)}).map(report => makeFinding({rule, report, facts: each, text, options})));
	}).filter(finding => !isSilenced(finding, ignores));
	const ids = new Set(rules.map(rule => rule.id));
	const unused = ignores.filter(ignore => ignore.rules.some(id => migrationRules.some(rule => rule.id === id))).flatMap(ignore => judgeIgnore(ignore, {ids, number: 0, file: ignore.file}).map(finding => ({...finding, statement: 0})));
	return [...findings, ...unused].filter(finding => options.rules?.[finding.rule] !== 'off').sort((a, b) => (a.file ?? '').localeCompare(b.file ?? '') || a.line - b.line);
}

function isChosen({id, optIn}: MigrationRule, {enabled = 'default', rules: configured = {}}: MigrationReviewOptions): boolean {
	if (configured[id] === 'off') return false;
	return Array.isArray(enabled) ? enabled.includes(id) : enabled === 'all' || !optIn || configured[id] !== undefined;
}

function makeFinding({rule, report, facts, text, options}: {rule: MigrationRule; report: MigrationReport; facts: ReadableFacts; text?: string; options: MigrationReviewOptions}): Finding {
	const {line, endLine = line, message, level, table, names, fix} = report;
	// A line with a secret is never shown.
	const source = rule.id === 'hard-coded-secret' || facts.suspects.some(suspect => isSecret(suspect) && suspect.line >= line && suspect.line <= endLine) ? undefined : text?.split('\n')[line - 1]?.slice(0, 300);
	const operation = [...facts.upgrade.operations, ...facts.downgrade.operations].find(each => each.line <= line && each.endLine >= line);
	return {
		rule: rule.id,
		level: options.rules?.[rule.id] as Level | undefined ?? level ?? rule.level,
		message,
		why: rule.why,
		fix: writeFix(fix ?? rule.fix, undefined, names),
		statement: operation ? numberOf(facts, operation) : 0,
		file: facts.file,
		line,
		column: 1,
		endLine,
		revision: facts.revision ?? undefined,
		table,
		source,
	};
}

function numberOf({upgrade, downgrade}: ReadableFacts, operation: ReadableFacts['upgrade']['operations'][number]): number {
	return Math.max(upgrade.operations.indexOf(operation), downgrade.operations.indexOf(operation)) + 1;
}

function unreadable({file, problem}: Extract<MigrationFacts, {problem: object}>): Finding {
	return {rule: notReviewed.id, level: notReviewed.level, message: problem.message.endsWith('.') ? problem.message : `${problem.message}.`, why: notReviewed.why, fix: 'Correct the file.', statement: 0, file, line: problem.line ?? 1, column: 1};
}

function isSilenced(finding: Finding, ignores: Ignore[]): boolean {
	let silenced = false;
	for (const ignore of ignores) {
		const near = ignore.file === finding.file && ignore.line >= finding.line - 1 && ignore.line <= (finding.endLine ?? finding.line);
		if (!near || !ignore.rules.includes(finding.rule)) continue;
		ignore.used = true;
		silenced ||= ignore.reason !== '';
	}
	return silenced;
}

function lineOf(text: string | undefined, pattern: RegExp): number {
	const at = text === undefined ? -1 : text.search(pattern);
	return at < 0 ? 1 : text!.slice(0, at).split('\n').length;
}
