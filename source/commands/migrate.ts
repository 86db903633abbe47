/** What upgrade and downgrade share on the command line: plan, confirmation, progress, outcome. */
import {Refusal} from '../journal/refusal.ts';
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import type {RoomClient} from '../room/protocol.ts';
import {textFlag, type Call} from './command.ts';
import {describeOutcome, describePlan} from './words.ts';
import {askLine, withRoom} from './with-room.ts';

export interface Migration {
	action: 'upgrade' | 'downgrade';
	revision: string | undefined;
	expect?: string;
	database?: string;
}

/** Exit code as the outcome has it. */
export async function migrate(call: Call, {action, revision, expect, database}: Migration): Promise<number> {
	const detach = call.flags['detach'] === true;
	const progress = textFlag(call, 'progress');
	if (progress !== undefined && progress !== 'json') throw new Refusal(2, `--progress can be json, not ${JSON.stringify(progress)}.`);
	const {settings, output} = call;
	return withRoom(call, {mode: detach || settings.interactive ? 'detached' : 'in-process', acts: true, progress: progress === 'json' ? 'json' : 'text'}, async client => {
		const plan = await client.ask<Plan>('plan', {action, revision});
		if (plan.revisions.length === 0) {
			const said = `The database is at ${plan.from.join(', ') || 'base'} already; there is nothing to ${action}.`;
			output.text(said);
			if (output.json) output.document(nothingDone(plan, {action, said, run: (await client.ask<{run: string}>('status')).run}));
			return 0;
		}
		const consent = settings.yes ? {confirmed: true, expect, database} : await confirm(call, plan, {expect, database});
		const params = {revision, ...consent};
		if (detach) {
			await started(client, action, params);
			output.text(`The ${action} runs in a detached room; look at it with \`holdpoint attach\`, stop it with \`holdpoint cancel\`.`);
			return 0;
		}
		const outcome = await client.ask<Outcome>(action, params);
		output.text(describeOutcome(outcome));
		if (output.json) output.document(outcome);
		return outcome.exit;
	});
}

/** Asks on a terminal; without one there is nobody to ask, and nothing is confirmed. */
async function confirm(call: Call, plan: Plan, {expect, database}: {expect?: string; database?: string}): Promise<{confirmed: boolean; expect?: string; database?: string}> {
	if (!call.settings.interactive) return {confirmed: false, expect, database};
	call.output.talk(describePlan(plan));
	if (plan.target.environment === 'development' || plan.target.environment === 'staging') {
		const answer = await askLine(`Run this ${plan.action} on ${plan.target.database} (${plan.target.environment})? Type yes: `);
		return {confirmed: answer === 'yes', expect, database};
	}
	const typed = await askLine(`Type the database's name to run this ${plan.action} in production: `);
	// Who typed the name had this digest on the screen.
	return {confirmed: typed === plan.target.database, expect: expect ?? plan.digest, database: typed};
}

/** A refusal comes at once; once the action has started, it is the room's. */
async function started(client: RoomClient, action: string, params: Record<string, unknown>): Promise<void> {
	const begun = new Promise<void>(resolve => {
		const stop = client.listen(push => {
			if (push.push === 'event' && push.event.kind === 'action-started') {
				stop();
				resolve();
			}
		});
	});
	const outcome = client.ask(action, params);
	outcome.catch(() => {});
	await Promise.race([begun, outcome.then(() => {})]);
}

function nothingDone(plan: Plan, {action, said, run}: {action: Migration['action']; said: string; run: string}): Outcome {
	return {
		run, action, status: 'done', exit: 0, reason: said, from: plan.from, to: plan.from, seconds: 0, revisions: [], statements: [],
		database: {version: plan.from, verified: true, invalidIndexes: [], left: []}, guard: [], attempts: 0,
	};
}
