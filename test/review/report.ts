/** SQL in, report out: the two words that the review's tests are written in. */
import {reviewSql} from '../../source/review/review.ts';
import type {ReviewOptions} from '../../source/review/review.ts';

/** The rules about timeouts and about running a script twice speak in nearly every script; tests of other things leave them out. */
export const quiet = {'prefer-robust-stmts': 'off', 'require-lock-timeout': 'off', 'require-statement-timeout': 'off'};

/** Each finding as `rule@line:column`, in their order. */
export async function reviewText(text: string, options: ReviewOptions = {}): Promise<string[]> {
	const review = await reviewSql({...options, rules: {...(Array.isArray(options.enabled) ? {} : quiet), ...options.rules}, text});
	return review.findings.map(({rule, line, column}) => `${rule}@${line}:${column}`);
}

/** Whether nothing at all is found. */
export async function clean(text: string, options: ReviewOptions = {}): Promise<boolean> {
	return (await reviewText(text, options)).length === 0;
}

/** The findings of one rule as `line:column level`. */
export async function reviewBy(rule: string, text: string, options: ReviewOptions = {}): Promise<string> {
	const {findings} = await reviewSql({...options, enabled: [rule], text});
	return findings.map(finding => `${finding.line}:${finding.column} ${finding.level}${finding.rule === rule ? '' : ` (${finding.rule})`}`).join(', ');
}
