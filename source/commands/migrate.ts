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

type Answer = Outcome | {nothing: string; version: string[]};

/** Exit code as the outcome has it. */
export async function migrate(call: Call, {action, revision, expect, database}: Migration): Promise<number> {
	const detach = call.flags['detach'] === true;
	const progress = textFlag(call, 'progress');
	if (progress !== undefined && progress !== 'json') throw new Refusal(2, `--progress can be json, not ${JSON.stringify(progress)}.`);
	const {settings, output} = call;
	return withRoom(call, {mode: detach || settings.interactive ? 'detached' : 'in-process', acts: true, plans: true, progress: progress === 'json' ? 'json' : 'text'}, async client => {
		// The action plans by itself; what is asked of a person is asked about a plan that they have seen.
		const consent = settings.yes || !settings.interactive ? {confirmed: settings.yes, expect, database} : await confirm(call, await client.ask<Plan>('plan', {action, revision}), {expect, database});
		const answer = detach ? await started(client, action, {revision, ...consent}) : await client.ask<Answer>(action, {revision, ...consent});
		if (answer === null) {
			output.text(`The ${action} runs in a detached room; look at it with \`holdpoint attach\`, stop it with \`holdpoint cancel\`.`);
			return 0;
		}
		if ('nothing' in answer) {
			output.text(answer.nothing);
			if (output.json) output.document(nothingDone(answer, {action, run: (await client.ask<{run: string}>('status')).run}));
			return 0;
		}
		const outcome = answer;
		output.text(describeOutcome(outcome));
		if (output.json) output.document(outcome);
		return outcome.exit;
	});
}

/** Asks on a terminal. */
async function confirm(call: Call, plan: Plan, {expect, database}: {expect?: string; database?: string}): Promise<{confirmed: boolean; expect?: string; database?: string}> {
	// There is nothing to confirm, which the action says itself.
	if (plan.revisions.length === 0) return {confirmed: false, expect, database};
	call.output.talk(describePlan(plan));
	if (plan.target.environment === 'development' || plan.target.environment === 'staging') {
		const answer = await askLine(`Run this ${plan.action} on ${plan.target.database} (${plan.target.environment})? Type yes: `);
		return {confirmed: answer === 'yes', expect, database};
	}
	const typed = await askLine(`Type the database's name to run this ${plan.action} in production: `);
	// Who typed the name had this digest on the screen.
	return {confirmed: typed === plan.target.database, expect: expect ?? plan.digest, database: typed};
}

/** A refusal comes at once, and so does that there is nothing to do; once the action has started, it is the room's, and the answer null. */
async function started(client: RoomClient, action: string, params: Record<string, unknown>): Promise<Answer | null> {
	const begun = new Promise<null>(resolve => {
		const stop = client.listen(push => {
			if (push.push === 'event' && push.event.kind === 'action-started') {
				stop();
				resolve(null);
			}
		});
	});
	const answer = client.ask<Answer>(action, params);
	answer.catch(() => {});
	return Promise.race([begun, answer]);
}

function nothingDone({nothing, version}: {nothing: string; version: string[]}, {action, run}: {action: Migration['action']; run: string}): Outcome {
	return {
		run, action, status: 'done', exit: 0, reason: nothing, from: version, to: version, seconds: 0, revisions: [], statements: [],
		database: {version, verified: true, invalidIndexes: [], left: []}, guard: [], attempts: 0,
	};
}
