/** What several checks stand on: a rehearsal of this plan, a finished upgrade, migration files that parse. */
import type {ReadableFacts} from '../alembic/facts.ts';
import {describeProblem} from '../alembic/problem.ts';
import {estimateUpgrade} from '../journal/estimate.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {Plan, WayBack} from '../journal/shapes/plan.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {secondsDown} from '../journal/way-back.ts';
import type {Session} from '../postgres/session.ts';
import {queryTables} from '../postgres/table-sizes.ts';
import {NotYet, type Look} from './check.ts';

/** @throws NotYet when this plan was not rehearsed */
export async function needRehearsal(look: Look): Promise<Rehearsal> {
	const rehearsal = await look.rehearsal();
	if (rehearsal === null) throw new NotYet('There is no rehearsal of this plan yet: run `holdpoint rehearse`.');
	return rehearsal;
}

export interface Upgraded {
	outcome: Outcome;
	/** ISO 8601; null where the run does not tell when. */
	startedAt: string | null;
	finishedAt: string | null;
}

/** @throws NotYet before the upgrade of this run, and after it was taken back */
export function needUpgrade(look: Look): Upgraded {
	const outcome = look.upgrade();
	if (outcome === null) throw new NotYet('There is no finished upgrade in this run yet: this can be verified only after it.');
	if (outcome.status !== 'done') throw new NotYet(`The last upgrade is not done (${outcome.status}: ${outcome.reason}): this can be verified only after one that is.`);
	const last = look.state.actions.findLast(action => action.action === 'upgrade' || action.action === 'downgrade');
	if (last?.action === 'downgrade' && last.status === 'done') throw new NotYet(`The upgrade was taken back to ${last.to.join(', ') || 'base'} since: there is nothing of it to verify.`);
	// The log is bounded: of a long run it has only the end.
	const finishedAt = outcome.finishedAt ?? look.state.log.findLast(line => line.text.startsWith(`upgrade ${outcome.status} after`))?.at ?? null;
	return {outcome, finishedAt, startedAt: finishedAt && new Date(Date.parse(finishedAt) - outcome.seconds * 1000).toISOString()};
}

/** Facts of the files on the plan's path. @throws Refusal 2 when one does not parse */
export async function needFacts(look: Look): Promise<ReadableFacts[]> {
	return (await look.facts()).map(facts => {
		if (facts.problem) throw new Refusal(2, describeProblem(facts.problem));
		return facts as ReadableFacts;
	});
}

/** How long the upgrade takes, measured: as the plan says, else as its rehearsal does, since a plan is not written anew when it is rehearsed. */
export async function readEstimate(look: Look): Promise<{seconds: number; basis: string} | null> {
	const {estimate} = await look.plan();
	const rehearsal = await look.rehearsal();
	if (estimate || rehearsal === null || rehearsal.revisions.length === 0) return estimate ?? null;
	return queryEstimate(() => look.session(), rehearsal);
}

/** As rehearsed, for the target's tables as they are now: they may have grown since the backup that was rehearsed on. */
export async function queryEstimate(session: () => Promise<Session>, rehearsal: Rehearsal): Promise<NonNullable<Plan['estimate']>> {
	const copy = rehearsal.sizes ?? [];
	const now = copy.length === 0 ? [] : await queryTables(await session(), {tables: copy.map(size => size.table)});
	return estimateUpgrade(rehearsal, {copy, target: now.map(({schema, table, rows, dataBytes}) => ({table: `${schema}.${table}`, rows, bytes: dataBytes}))});
}

/** The ways back with what was measured of them, by the plan or since. */
export async function readWaysBack(look: Look): Promise<WayBack[]> {
	const {wayBack} = await look.plan();
	const [rehearsal, backup] = [await look.rehearsal(), await look.backup()];
	const measured: Record<WayBack['kind'], number | undefined> = {
		downgrade: rehearsal?.ok ? secondsDown(rehearsal) : undefined,
		restore: backup?.verified.restore?.seconds,
		forward: undefined,
	};
	const known = wayBack.map(way => way.seconds === undefined && measured[way.kind] !== undefined ? {...way, seconds: measured[way.kind]} : way);
	const missing = (['downgrade', 'restore'] as const).filter(kind => measured[kind] !== undefined && !known.some(way => way.kind === kind));
	return [...known, ...missing.map(kind => ({kind, seconds: measured[kind]}))];
}

/** What a rehearsal was made of. */
export function rehearsalEvidence(rehearsal: Rehearsal): Evidence {
	return {
		kind: 'note',
		title: `rehearsal of ${rehearsal.revisions.length} revisions in ${rehearsal.seconds.toFixed(1)} s`,
		body: [`on ${rehearsal.basis}`, ...rehearsal.revisions.map(each => describeRuns(each)), ...rehearsal.problems.map(problem => `problem: ${problem}`), ...(rehearsal.warnings ?? []).map(warning => `warning: ${warning}`)].join('\n'),
	};
}

/** `b2: up 0.50 s, down did not run, up again did not run`. */
function describeRuns({revision, up, down, again, ran}: Rehearsal['revisions'][number]): string {
	const of = (words: string, seconds: number, happened: boolean | undefined): string => happened === false ? `${words} did not run` : `${words} ${seconds.toFixed(2)} s`;
	return `${revision}: ${[of('up', up, ran?.up), of('down', down, ran?.down), of('up again', again, ran?.again)].join(', ')}`;
}

/** The Alembic runs of a rehearsal, with their exit codes and output. */
export function commandsEvidence(rehearsal: Rehearsal): Evidence[] {
	return rehearsal.commands.map(({argv, exit, seconds, output}) => ({kind: 'command', title: `${exit === 0 ? 'succeeded' : 'failed'} after ${seconds.toFixed(2)} s`, command: argv, exit, body: output}));
}
