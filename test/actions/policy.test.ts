import {expect, test} from 'vitest';
import {countApprovals, decideMigration, type Consent} from '../../source/actions/policy.ts';
import type {Item} from '../../source/journal/shapes/item.ts';
import type {Approval} from '../../source/journal/shapes/run.ts';
import type {Environment} from '../../source/journal/shapes/plan.ts';
import {item, plan, target} from '../journal/run.ts';

const now = new Date('2026-01-02T00:00:00Z');
const digest = plan().digest;
const settings = (required = 0) => ({readOnly: false, approvals: {required, allowedSigners: null, expireMs: 24 * 3600 * 1000}});

function decide({environment = 'production', action = 'upgrade', items = [], approvals = [], consent, required = 0}: {environment?: Environment; action?: 'upgrade' | 'downgrade'; items?: Item[]; approvals?: Approval[]; consent: Consent; required?: number}): string | null {
	const answer = decideMigration({plan: plan({action, target: {...target, environment}}), items, approvals, startedBy: 'ann', settings: settings(required), consent, now});
	return answer && `${answer.exit}: ${answer.message}`;
}

test.each<[string, Parameters<typeof decide>[0], RegExp | null]>([
	['production: --yes alone is not enough', {consent: {confirmed: true}}, /^3: In production the upgrade needs --expect f{16}/],
	['unknown counts as production', {environment: 'unknown', consent: {confirmed: true}}, /^3: In an unknown environment, which counts as production, /],
	['production with the digest', {consent: {confirmed: true, expect: digest}}, null],
	['production with the start of the digest', {consent: {confirmed: true, expect: digest.slice(0, 12)}}, null],
	['too short a start is no proof of having looked', {consent: {confirmed: true, expect: 'f'}}, /^3: In production the upgrade needs --expect/],
	['another digest', {consent: {confirmed: true, expect: 'abcdef123456'}}, /^3: The plan is no longer the one that was looked at/],
	['production with a claimed approval', {approvals: [{by: 'ann', signed: false, at: '2026-01-01T12:00:00Z', digest}], consent: {confirmed: true}}, null],
	['an approval that expired', {approvals: [{by: 'ann', signed: false, at: '2025-12-31T23:00:00Z', digest}], consent: {confirmed: true}}, /needs --expect/],
	['not confirmed', {environment: 'development', consent: {confirmed: false}}, /^3: The upgrade was not confirmed/],
	['development: only the confirmation', {environment: 'development', items: [item('a')], consent: {confirmed: true}}, null],
	['staging: unmet items warn', {environment: 'staging', items: [item('a')], consent: {confirmed: true}}, null],
	['production: unmet items hold', {items: [item('a'), item('b', {state: 'passed'})], consent: {confirmed: true, expect: digest}}, /^3: The hold point before upgrade stands: 1 item is not satisfied: a \(open\)/],
	['an optional item does not hold', {items: [item('a', {required: false})], consent: {confirmed: true, expect: digest}}, null],
	['an item of another hold point does not hold', {items: [item('a', {holds: ['close']})], consent: {confirmed: true, expect: digest}}, null],
	['downgrade in production needs the name', {action: 'downgrade', consent: {confirmed: true}}, /^3: A downgrade of shop \(production\) needs the database's name: --confirm shop/],
	['downgrade with the name', {action: 'downgrade', consent: {confirmed: true, database: 'shop'}}, null],
	['two signed approvals wanted, claimed ones do not count', {required: 2, approvals: [{by: 'ben', signed: false, at: '2026-01-01T12:00:00Z', digest}], consent: {confirmed: true, expect: digest}}, /has 0 of 2 signed approvals/],
])('%s', (_, given, expected) => {
	if (expected === null) expect(decide(given)).toBeNull();
	else expect(decide(given)).toMatch(expected);
});

test('from one required on, only signed approvals of others count, each person once', () => {
	const at = '2026-01-01T12:00:00Z';
	const approvals = [{by: 'ann', signed: true, at, digest}, {by: 'ann@example', sentBy: 'ann', signed: true, at, digest}, {by: 'ben', signed: true, at, digest}, {by: 'ben', signed: true, at, digest}, {by: 'eve', signed: false, at, digest}];
	expect(countApprovals({approvals, digest, startedBy: 'ann', settings: settings(1), now})).toBe(1);
	expect(countApprovals({approvals, digest, startedBy: 'ann', settings: settings(0), now})).toBe(4);
});
