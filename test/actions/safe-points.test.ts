/** Where a migration that is asked to hold will do so, and how long its statement should take: pure. */
import {expect, test} from 'vitest';
import {commitPointsOf, nextSafePoint, type Whereabouts} from '../../source/actions/commit-points.ts';
import {estimateStatement} from '../../source/actions/statement-estimate.ts';
import type {Rehearsal} from '../../source/journal/shapes/rehearsal.ts';

const revisions = ['b2', 'c3', 'd4'].map(revision => ({revision, doc: '', file: '', sha256: '', sql: true}));
const at = (revision: string) => [{revision, startedAt: '2026-01-01T00:00:00Z', seconds: null, committed: false}];
const backend = {pid: 7, backendStart: ''};
const rehearsed = [['b2', 30], ['c3', 60], ['d4', 5]].map(([revision, up]) => ({revision, up, down: 1, again: 1}) as Rehearsal['revisions'][number]);

test.each<[string, {autocommit?: string; each?: boolean} & Partial<Omit<Whereabouts, 'autocommit'>> & {inBlock?: boolean}, string]>([
	['nothing has begun', {running: {backend: null, heldSince: null, revisions: []}}, 'It will hold before its first statement.'],
	['between two attempts', {running: {backend: null, heldSince: null, revisions: at('b2')}, each: true}, 'It will hold before its first statement.'],
	['one transaction', {running: {backend, heldSince: null, revisions: at('b2')}}, 'There is no safe point before its end: one transaction covers the rest. It can only be cancelled, which takes that back.'],
	['each revision its own', {running: {backend, heldSince: null, revisions: at('b2')}, each: true, rehearsed}, 'It will hold after revision b2, in about 20 s by the rehearsal.'],
	['each revision its own, never rehearsed', {running: {backend, heldSince: null, revisions: at('c3')}, each: true}, 'It will hold after revision c3; when that is was never measured.'],
	['the last of them', {running: {backend, heldSince: null, revisions: at('d4')}, each: true}, 'There is no safe point before its end: one transaction covers the rest. It can only be cancelled, which takes that back.'],
	['an autocommit_block() later on', {running: {backend, heldSince: null, revisions: at('b2')}, autocommit: 'd4', rehearsed}, 'It will hold at the autocommit_block() of d4, in about 80 s by the rehearsal.'],
	['in that block', {running: {backend, heldSince: null, revisions: at('d4')}, autocommit: 'd4', inBlock: true}, 'It will hold after the statement that runs now, which is in no transaction.'],
	['between two batches of that block', {running: {backend, heldSince: null, revisions: at('d4')}, autocommit: 'd4', blockOf: 'd4', between: true}, 'It will hold before its next statement: no transaction is open.'],
	['behind that block', {running: {backend, heldSince: null, revisions: at('c3')}, autocommit: 'c3', blockOf: 'c3'}, 'There is no safe point before its end: one transaction covers the rest. It can only be cancelled, which takes that back.'],
	['held', {running: {backend, heldSince: '2026-01-01T00:00:00Z', revisions: at('b2')}}, 'It is held already.'],
])('%s', (_, {autocommit, each = false, inBlock = false, ...given}, expected) => {
	const path = revisions.map(({revision}) => ({revision, from: [], autocommit: revision === autocommit, concurrently: false, before: true}));
	const plan = {revisions, commitPoints: commitPointsOf(path, {transactionPerMigration: each})};
	expect(nextSafePoint({plan, running: null, between: false, blockOf: null, rehearsed: [], now: new Date('2026-01-01T00:00:10Z'), autocommit: inBlock, ...given})).toBe(expected);
});

const statement = (sql: string, seconds: number, more: object = {}) => ({sql, seconds, revision: 'b2', locks: [], rewrote: [], scanned: [], rows: null, walBytes: null, ...more});

test.each<[string, {sql: string; order?: number; revision?: string}, number | null]>([
	['the same text in the same revision, scaled to the target', {sql: 'UPDATE a'}, 40],
	['of a loop the longest', {sql: 'UPDATE b'}, 7],
	['a text with other values: the one at its place', {sql: 'INSERT 43', order: 3}, 3],
	['too little of the table in the copy', {sql: 'UPDATE c'}, null],
	['another revision', {sql: 'UPDATE a', revision: 'c3'}, null],
	['more statements than were rehearsed', {sql: 'SELECT 9', order: 9}, null],
])('estimate of a running statement: %s', (_, {sql, order = 0, revision = 'b2'}, expected) => {
	const statements = [statement('UPDATE a', 4, {estimateSeconds: 40}), statement('UPDATE b', 2), statement('UPDATE b', 7), statement('INSERT 42', 3), statement('UPDATE c', 1, {estimateSeconds: null})];
	expect(estimateStatement({statements}, {revision, sql, order})).toBe(expected);
	expect(estimateStatement(null, {revision, sql, order})).toBe(null);
});
