/** The four answers of a check, in a word each, and what becomes of them when part of the migration could not be seen. */
import type {Evidence} from '../journal/shapes/evidence.ts';
import {NotYet, type CheckResult} from './check.ts';

export const passed = (summary: string, evidence: Evidence[] = []): CheckResult => ({status: 'passed', summary, evidence});
export const warned = (summary: string, evidence: Evidence[] = []): CheckResult => ({status: 'warned', summary, evidence});
export const failed = (summary: string, evidence: Evidence[] = []): CheckResult => ({status: 'failed', summary, evidence});
/** `reason`: a sentence that is true, since the item is settled by it. */
export const notApplicable = (reason: string, evidence: Evidence[] = []): CheckResult => ({status: 'not-applicable', summary: reason, evidence});

/** Nothing here can be looked at: the item stays open until a person attests it. */
export function forPerson(sentence: string): NotYet {
	return new NotYet(`For a person: ${sentence}`);
}

/**
 * A good answer holds only when everything was seen; a bad one holds anyway.
 * @throws NotYet naming what was not seen
 */
export function onlyIfSeen(result: CheckResult, unseen: readonly string[]): CheckResult {
	if (unseen.length === 0 || result.status === 'failed') return result;
	throw new NotYet(`Not all of the migration could be read: ${listed(unseen)}. A rehearsal shows what it does: run \`holdpoint rehearse\`.`);
}

/** Such as `a, b and 3 more`. */
export function listed(names: readonly string[], most = 4): string {
	if (names.length <= most) return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
	return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** Such as `1 table`, `3 tables`. */
export function count(number: number, one: string, several = `${one}s`): string {
	return `${number.toLocaleString('en-US')} ${number === 1 ? one : several}`;
}
