/** What is wrong with an ignore comment, once the review knows what it silenced. */
import type {Finding} from './finding.ts';
import {ignoreWithoutReason, unusedIgnore} from './own-rules.ts';
import type {RuleWords} from './rule.ts';
import {findRule} from './rules/index.ts';
import type {Ignore} from './suppress.ts';

/** `ids`: the rules that were asked; one that is switched off, or looks at something else, can't show whether its ignore is still needed. */
export function judgeIgnore(ignore: Ignore, {ids, number, file}: {ids: ReadonlySet<string>; number: number; file?: string}): Finding[] {
	const statement = Math.min(ignore.statement ?? number, Math.max(1, number));
	const say = (rule: RuleWords, message: string): Finding[] => [{rule: rule.id, level: rule.level, message, why: rule.why, fix: rule.fix.sql, statement, file: ignore.file ?? file, line: ignore.line, column: ignore.column, revision: ignore.revision}];
	if (ignore.rules.length === 0) return say(unusedIgnore, 'This ignore comment can\'t be read.');
	const missing = ignore.rules.find(id => !findRule(id));
	if (missing !== undefined) return say(unusedIgnore, `There is no rule "${missing}" to ignore.`);
	if (!ignore.rules.some(id => ids.has(id))) return [];
	if (ignore.reason === '') return say(ignoreWithoutReason, `This ignore of ${ignore.rules.join(', ')} gives no reason, so it silences nothing.`);
	if (ignore.used) return [];
	return say(unusedIgnore, `${ignore.rules.join(', ')} finds nothing here to ignore.`);
}
