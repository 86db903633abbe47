/** The lines of a checklist's shell blocks as steps of the run: what holdpoint ran for each, and what came of it. Pure. */
import {isSupervised, rolesOf, type Role} from './block-commands.ts';
import {fromAction, fromBackup, fromItem, fromRehearsal, fromRestore, type Told} from './block-sources.ts';
import type {Block} from './shapes/block.ts';
import type {ActionName} from './shapes/plan.ts';
import type {RunState} from './shapes/run.ts';

export type StepState = 'open' | 'running' | 'done' | 'failed' | 'stale';

/** What the run key starts for a step: an action or a check with its own confirmation, or the block as a whole. */
export type Starts = {kind: 'action'; action: ActionName} | {kind: 'check'; item: string} | {kind: 'block'; block: string};

export interface BlockStep {
	block: Block;
	/** Position in its block, from 0. */
	index: number;
	title: string | null;
	command: string | null;
	/** Null for what is a person's: a remark, or a line of a supervised block that holdpoint does not do. */
	state: StepState | null;
	/** The command that holdpoint ran for it, or would run; null for what is a person's. */
	ran: string | null;
	/** One sentence: what came of it, or what starts it. */
	summary: string;
	/** What it printed, or what was read back. */
	output: string | null;
	starts: Starts | null;
}

/** The steps of one block as the run stands. */
export function blockSteps(block: Block, run: RunState): BlockStep[] {
	const supervised = isSupervised(block);
	const roles = rolesOf(block);
	return block.steps.map((step, index) => ({
		...person(step.command), block, index, ...step,
		...(step.command === null ? {} : supervised ? tell(roles, index, run) : own(block)),
	}));
}

function person(command: string | null): Pick<BlockStep, 'state' | 'ran' | 'summary' | 'output' | 'starts'> {
	const summary = command === null ? 'a remark, for a person' : 'holdpoint does not run this line: the block moves the database, and the rest of it is for a person';
	return {state: null, ran: null, summary, output: null, starts: null};
}

/** A block of the user's own is run whole, since its lines share variables and folders. */
function own({id, run, language}: Block): Told {
	const words = {running: `runs since ${run?.startedAt.slice(11, 19)} UTC`, done: `done in ${run?.seconds?.toFixed(1)} s`, failed: run?.reason ?? 'failed', stale: run?.stale ?? 'stale'};
	return {
		state: run?.state ?? 'open', ran: 'bash -euo pipefail, the whole block', output: run?.evidence?.body ?? null,
		summary: language === 'zsh' ? 'it is written for zsh, and holdpoint runs bash; run it by hand' : run ? `${words[run.state]}, by ${run.by}` : 'not run yet',
		starts: language === 'zsh' ? null : {kind: 'block', block: id},
	};
}

/** A block that goes up and down again is the rehearsal; elsewhere the same lines are the real thing. */
function tell(roles: readonly (Role | null)[], index: number, run: RunState): Partial<BlockStep> {
	const role = roles[index];
	if (!role) return {};
	const before = roles.slice(0, index);
	const moves = before.filter(each => each === 'upgrade' || each === 'downgrade');
	const rehearsed = roles.includes('upgrade') && roles.includes('downgrade');
	if (rehearsed && (role === 'upgrade' || role === 'downgrade')) return fromRehearsal(run, {kind: 'command', number: moves.length});
	if (rehearsed && role === 'describe') return fromRehearsal(run, {kind: 'schema', number: moves.length});
	switch (role) {
		case 'sql': return fromItem(run, 'alembic.sql');
		case 'show-sql': return fromItem(run, 'review.sql');
		case 'upgrade': case 'downgrade': return fromAction(run, role);
		case 'check': return fromItem(run, 'alembic.check');
		case 'current': return moves.at(-1) === 'downgrade' ? fromAction(run, 'downgrade', 'version') : fromItem(run, moves.at(-1) === 'upgrade' ? 'post.current' : 'alembic.current');
		case 'history': return fromItem(run, 'alembic.history');
		case 'dump': return fromBackup(run, 'taken');
		case 'list': return fromBackup(run, 'listed');
		case 'scratch': case 'restore': return fromRestore(run, role);
		case 'describe': return fromItem(run, 'post.schema');
		case 'activity': return fromItem(run, 'monitor.active');
		case 'locks': return fromItem(run, 'monitor.locks');
		case 'replication': return fromItem(run, 'monitor.replication');
		case 'vacuum': return fromItem(run, 'tasks.vacuum');
		default: return role satisfies never;
	}
}
