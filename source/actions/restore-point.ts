/** A named restore point right before an upgrade: made by itself where WAL archiving works and the role may, since it costs one WAL record and can block nobody. */
import type {Plan} from '../journal/shapes/plan.ts';
import {createRestorePoint, queryRestorePointRight, restorePointName} from '../postgres/restore-point.ts';
import type {ActionContext} from './context.ts';

/** What the confirmation says of it; undefined where WAL is not archived, and for a downgrade. */
export async function planRestorePoint(context: ActionContext, {action, to}: Pick<Plan, 'action' | 'to'>): Promise<Plan['restorePoint']> {
	if (action !== 'upgrade') return undefined;
	const session = await context.openSession('backup');
	try {
		const right = await queryRestorePointRight(session);
		return right === null ? undefined : {name: right.why === null ? restorePointName(to, context.state().run) : null, why: right.why};
	} finally {
		await session.close();
	}
}

/** Makes it as planned. An upgrade never fails for the want of it: what went wrong is told. */
export async function makeRestorePoint(context: ActionContext, plan: Plan): Promise<void> {
	if (!plan.restorePoint?.name) return;
	try {
		const session = await context.openSession('backup');
		try {
			// The run may have been opened since it was planned.
			context.record('restore-point-made', {point: await createRestorePoint(session, restorePointName(plan.to, context.state().run))});
		} finally {
			await session.close();
		}
	} catch (error) {
		context.tell(`no restore point could be made: ${(error as Error).message}`);
	}
}
