/** Upgrade and downgrade: plan, hold points, attempts on the lock ladder under the guard, and the outcome as it was read back. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {migrationInvocation} from '../alembic/invocation.ts';
import {Refusal} from '../journal/refusal.ts';
import {satisfiedStates, unmetItems} from '../journal/shapes/item.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import {ownKey} from '../postgres/advisory.ts';
import type {Backend} from '../postgres/signal.ts';
import {proveApprovals} from './approvals.ts';
import {followAttempt} from './attempt.ts';
import type {ActionChild, ActionContext} from './context.ts';
import {describeChange} from './digest.ts';
import {keepFigures} from './figures.ts';
import {lockTimeoutOf, pauseAfter} from './ladder.ts';
import {judge, mayTryAgain, type AttemptReport, type ReadBack} from './outcome.ts';
import {makePlan} from './plan.ts';
import {decideMigration, type Consent} from './policy.ts';
import {refuseWhenUnsafe} from './pre-flight.ts';
import {formatBefore, parseBefore, readAfter, readBefore, waitForEnd, type Before} from './read-back.ts';
import {makeRestorePoint} from './restore-point.ts';
import {openSupervision, type Supervision} from './supervision.ts';

export interface MigrationRequest {
	action: 'upgrade' | 'downgrade';
	revision?: string;
	consent: Consent;
}

/** Runs it. `nothing`: the database is there already, at `version`. @throws Refusal 2 or 3 before anything was changed */
export async function runMigration(context: ActionContext, {action, revision, consent}: MigrationRequest): Promise<Outcome | {nothing: string; version: string[]}> {
	const plan = await makePlan(context, {action, revision});
	context.signal.throwIfAborted();
	if (plan.revisions.length === 0) return {nothing: `The database is at ${plan.from.join(', ') || 'base'} already; there is nothing to ${action}.`, version: plan.from};
	const {items} = context.state();
	const approvals = await proveApprovals({approvals: context.state().approvals, digest: plan.digest, settings: context.settings});
	const refusal = decideMigration({plan, items, approvals, startedBy: context.by, settings: context.settings, consent, now: context.now()});
	if (refusal) throw explained(refusal, {plan, known: consent.expect === undefined ? undefined : context.planOf(consent.expect)});
	await refuseWhenUnsafe(context, plan);
	if (action === 'upgrade') await keepFigures(context, 'before');
	const before = await readBefore(context);
	context.keep({name: beforeName(context), text: formatBefore(before), what: `the schema before the ${action}`});
	const supervision = await openSupervision(context, plan);
	try {
		// From here on a cancel reaches the supervision; what was asked for before must not be lost.
		context.signal.throwIfAborted();
		const sealed = items.filter(item => item.holds.includes(action) && satisfiedStates.has(item.state)).map(item => item.id);
		context.record('action-started', {action, from: plan.from, to: plan.to, digest: plan.digest, sealed, unmet: unmetItems(items, action).map(item => item.id), ...(plan.warnings.length > 0 && {warnings: plan.warnings})});
		if (action === 'upgrade') await makeRestorePoint(context, plan);
		return await finished(context, await supervise(context, {plan, before, supervision, attempt: 1, child: null}));
	} finally {
		await supervision.close();
	}
}

/** Takes up a migration that runs, or has ended, without a room. */
export async function resumeMigration(context: ActionContext): Promise<Outcome> {
	const {running, plan} = context.state();
	if (!running || !plan) throw new Error('there is no migration to take up');
	const before = parseBefore(readFileSync(path.join(context.folder, 'artifacts', beforeName(context)), 'utf8'));
	const child = context.adopted().findLast(each => path.basename(each.folder).includes(`-${childName(context, running.action)}-`)) ?? null;
	context.record('room-recovered', {found: child ? `the ${running.action} went on without a room (attempt ${running.attempt})` : `the ${running.action} had not begun its attempt ${running.attempt}`});
	const supervision = await openSupervision(context, plan);
	try {
		return await finished(context, await supervise(context, {plan, before, supervision, attempt: running.attempt, child}));
	} finally {
		await supervision.close();
	}
}

/** From here on what the database counts belongs to the time after the upgrade. */
async function finished(context: ActionContext, outcome: Outcome): Promise<Outcome> {
	if (outcome.action === 'upgrade' && outcome.status === 'done') await keepFigures(context, 'after');
	return outcome;
}

interface Work {
	plan: Plan;
	before: Before;
	supervision: Supervision;
	attempt: number;
	/** The child of this attempt, when it runs already. */
	child: ActionChild | null;
}

async function supervise(context: ActionContext, {plan, before, supervision, ...first}: Work): Promise<Outcome> {
	const version = await context.versionTable();
	for (let {attempt, child} = first; ; attempt++, child = null) {
		const lockTimeoutMs = lockTimeoutOf(attempt, context.settings.migration);
		child ??= await startAttempt(context, {plan, attempt, lockTimeoutMs});
		const backends: Backend[] = [];
		supervision.steerChild(child);
		const report = await followAttempt(context, {child, attempt, lockTimeoutMs, hooks: {
			onBackend(backend) {
				backends.push(backend);
				supervision.watchBackend(backend);
			},
			onStatement: supervision.watchStatement,
			heldBy: supervision.heldBy,
		}});
		await waitForEnd(context, backends, pid => context.tell(`the client has ended, its backend ${pid} still runs`));
		supervision.watchBackend(null);
		const back = await readAfter(context, {before, version});
		keepOutput(context, {child, attempt, action: plan.action});
		const stopped = supervision.stopped();
		if (report.failure?.sqlstate === '55P03' && supervision.waitedFor() !== null) report.failure.message += `; ${supervision.waitedFor()}`;
		const again = attempt <= context.settings.migration.lockRetries && mayTryAgain({report, back, stopped: stopped !== null});
		if (!again) return finish(context, {plan, report, back, stopped, attempts: attempt});
		const nextInMs = pauseAfter(attempt, Math.random());
		context.record('attempt-failed', {attempt, reason: report.failure?.message ?? 'a lock was not had in time', lockTimeoutMs, nextInMs});
		await Promise.race([wait(nextInMs), supervision.stopping]);
		const stoppedNow = supervision.stopped();
		if (stoppedNow !== null) return finish(context, {plan, report, back, stopped: stoppedNow, attempts: attempt});
	}
}

async function startAttempt(context: ActionContext, {plan, attempt, lockTimeoutMs}: {plan: Plan; attempt: number; lockTimeoutMs: number}): Promise<ActionChild> {
	const {argv, directory, environment, firstLine} = migrationInvocation({
		project: context.project, action: plan.action, revision: aimOf(plan),
		proofKey: await context.proofKey(), ownKey: ownKey(plan.target.database),
		lockTimeoutMs, lockTimeoutBoundMs: context.settings.migration.lockTimeoutMs, statementTimeoutMs: context.settings.migration.statementTimeoutMs,
	});
	return context.startChild({name: `${childName(context, plan.action)}-attempt-${attempt}`, argv, directory, environment, firstLine});
}

/** Alembic is given full ids: `head` could have moved since the plan was looked at. */
function aimOf(plan: Plan): string {
	if (plan.to.length === 0) return 'base';
	if (plan.to.length === 1) return plan.to[0] as string;
	return plan.action === 'upgrade' ? 'heads' : plan.to.join(',');
}

function finish(context: ActionContext, {plan, report, back, stopped, attempts}: {plan: Plan; report: AttemptReport; back: ReadBack; stopped: string | null; attempts: number}): Outcome {
	const {running, run, guardActs, restorePoint} = context.state();
	const {status, exit, reason, left} = judge({plan, report, back, stopped});
	const since = running?.startedAt ?? context.now().toISOString();
	const outcome: Outcome = {
		run, action: plan.action, status, exit, reason, from: plan.from, to: plan.to,
		seconds: (context.now().getTime() - Date.parse(since)) / 1000,
		revisions: (running?.revisions ?? []).filter(each => each.seconds !== null).map(({revision, seconds}) => ({revision, seconds: seconds ?? 0})),
		statements: context.statements(),
		database: {version: back.version, verified: back.verified, invalidIndexes: back.invalidIndexes, left},
		guard: guardActs.filter(act => act.at >= since),
		attempts,
		finishedAt: context.now().toISOString(),
		...(plan.action === 'upgrade' && restorePoint && {restorePoint}),
	};
	context.record('action-finished', {outcome});
	return outcome;
}

function keepOutput(context: ActionContext, {child, attempt, action}: {child: ActionChild; attempt: number; action: string}): void {
	for (const name of ['stdout', 'stderr']) {
		const text = readFileSync(path.join(child.folder, name), 'utf8');
		if (text !== '') context.keep({name: `${childName(context, action)}-attempt-${attempt}.${name === 'stdout' ? 'events' : 'log'}`, text, what: `the ${name === 'stdout' ? 'statements' : 'output'} of attempt ${attempt} of the ${action}`});
	}
}

/** The number of actions that ended before tells this action's files from theirs. */
function childName(context: ActionContext, action: string): string {
	return `${action}-${context.state().actions.length + 1}`;
}

function beforeName(context: ActionContext): string {
	return `schema-before-${context.state().actions.length + 1}.json`;
}

/** A plan that is no longer the expected one: which line of it changed. */
function explained(refusal: Refusal, {plan, known}: {plan: Plan; known: Plan | undefined}): Refusal {
	if (!known || known.digest === plan.digest) return refusal;
	const change = describeChange(known.digestLines, plan.digestLines);
	return change ? new Refusal(refusal.exit, `${refusal.message} What changed: ${change}.`) : refusal;
}
