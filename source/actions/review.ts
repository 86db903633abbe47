/** Reviews the SQL and the Python of the pending revisions, with what the live database knows of its tables. */
import {existsSync, readFileSync} from 'node:fs';
import type {MigrationFacts} from '../alembic/facts.ts';
import {valueOf} from '../alembic/problem.ts';
import {readProject} from '../alembic/reading.ts';
import type {DatabaseReading} from '../alembic/shapes.ts';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import type {StatementLook} from '../journal/shapes/review.ts';
import type {Session} from '../postgres/session.ts';
import type {Review} from '../review/finding.ts';
import type {ActionContext} from './context.ts';
import {makePlan, type PlanRequest} from './plan.ts';
import {queryKnowledge} from './review-knowledge.ts';

export interface ReviewRequest {
	/** `FROM:TO`, `base` and an empty FROM included; default: from where the database is to where the run's plan goes, else head. */
	range?: string;
	/** Major version to judge by; default: the server's. */
	pgVersion?: number;
	/** `all`, or the ids of the rules that count; default: all but the opt-in ones. */
	rules?: 'all' | string[];
}

export interface ReviewAnswer {
	review: Review;
	sql: string;
	/** Of that SQL. */
	sha256: string;
	/** Each statement with what it locks, for reading. */
	statements: StatementLook[];
	plan: Plan;
}

/** @throws Refusal as makePlan */
export async function runReview(context: ActionContext, {range, pgVersion, rules}: ReviewRequest): Promise<ReviewAnswer> {
	const {aim} = context.state();
	const wanted: PlanRequest = range === undefined ? {action: 'upgrade', revision: aim.length === 1 ? aim[0] : undefined} : {action: 'upgrade', purpose: 'aside', ...parseRange(range)};
	const [plan, {facts}] = await Promise.all([
		makePlan(context, wanted),
		readProject(context.project, {facts: true}),
	]);
	const sql = readFileSync(plan.sql, 'utf8');
	const files = new Set(plan.revisions.map(each => each.file));
	const {rehearsal} = context.state();
	const sources: ReviewSources = {settings: context.settings, session: () => context.session(), reading: context.knownReading(), rehearsal: rehearsal?.digest === plan.digest ? rehearsal : null};
	const {review, statements} = await reviewPlanned(sources, {sql, facts: valueOf(facts).filter(each => files.has(each.file))}, {pgVersion, rules});
	context.record('review-finished', {sqlSha256: plan.sqlSha256, counts: review.counts, suppressed: review.suppressed});
	context.keep({name: `review-${plan.digest.slice(0, 12)}.json`, text: `${JSON.stringify({...review, looks: statements}, null, '\t')}\n`, what: 'the review'});
	return {review, sql, sha256: plan.sqlSha256, statements, plan};
}

/** `A:B` as Alembic's offline mode has it: from behind A up to B. Without A from where the database is. */
function parseRange(range: string): Pick<PlanRequest, 'from' | 'revision'> {
	const [, from, to] = /^([^:\s]*):([^:\s]+)$/.exec(range) ?? [];
	if (from === undefined) throw new Refusal(2, `A range is FROM:TO, such as a1b2:head, base:head or :head, not ${JSON.stringify(range)}.`);
	return {revision: to, ...(from !== '' && {from: from === 'base' ? [] : from.split(',')})};
}

export interface ReviewSources {
	settings: Settings;
	session(): Promise<Session>;
	/** What env.py's own session last said of the database, if it was asked. */
	reading: DatabaseReading | null;
	/** Of this very path; null: none. */
	rehearsal: Rehearsal | null;
}

/** The review of a path: its SQL against the live database, and the Python of its migrations. The parser is loaded only here. */
export async function reviewPlanned({settings, session, reading, rehearsal}: ReviewSources, {sql, facts}: {sql: string; facts: readonly MigrationFacts[]}, {pgVersion, rules}: Omit<ReviewRequest, 'range'> = {}): Promise<{review: Review; statements: StatementLook[]}> {
	const [{reviewSql}, {reviewMigrations}, {parsePythonIgnores, placeIgnores}, {traceOrigins}, {makeReview}, {collectLooks}] = await Promise.all([
		import('../review/review.ts'), import('../review/review-migrations.ts'), import('../review/python-ignores.ts'), import('../review/origins.ts'), import('../review/finding.ts'), import('../review/statement-looks.ts'),
	]);
	const version = pgVersion ?? settings.review.pgVersion;
	const texts = new Map(facts.filter(({file}) => existsSync(file)).map(({file}) => [file, readFileSync(file, 'utf8')]));
	const origins = traceOrigins(sql, facts);
	const ignores = facts.flatMap(each => {
		const text = texts.get(each.file);
		if (text === undefined) return [];
		const found = parsePythonIgnores(text, each.file);
		return each.problem === undefined ? placeIgnores(found, {text, upgrade: each.upgrade}, origins) : found;
	});
	const chosen = {rules: settings.review.rules, enabled: rules, ignores, ...(settings.naming && {naming: settings.naming})};
	const {knowledge, notes} = await queryKnowledge(sql, {settings, session: await session(), reading, rehearsal, place: Math.random()});
	const {listen, looks} = collectLooks(knowledge);
	const review = await reviewSql({text: sql, origins, onStatement: listen, ...chosen, ...(version !== null && {pgVersion: version}), knowledge});
	const findings = reviewMigrations(facts, {...chosen, readText: file => texts.get(file)});
	const whole = makeReview(review.statements, [...review.findings, ...findings], {suppressed: review.suppressed, notes: [...review.notes ?? [], ...review.findings.some(({message}) => message.includes('measured speed')) ? notes : []]});
	return {review: whole, statements: looks};
}
