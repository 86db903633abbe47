/** `holdpoint approve`: approves the current plan, on one's word or with a signature. */
import path from 'node:path';
import {Refusal} from '../journal/refusal.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import type {Approval, RunState} from '../journal/shapes/run.ts';
import {signDigest} from '../journal/signatures.ts';
import type {RoomClient} from '../room/protocol.ts';
import {textFlag, type Call, type Command} from './command.ts';
import {describePlan} from './words.ts';
import {withRoom} from './with-room.ts';

type Answer = {digest: string; approvals: Pick<Approval, 'by' | 'signed' | 'at'>[]};

export const command: Command = {
	usage: 'approve [--by NAME] [--sign [KEY]]',
	says: 'Approves the current plan: an approval of its digest, in the journal and the report; claimed, or signed with an SSH key.',
	options: [
		'--by NAME     who approves; default: HOLDPOINT_BY, else the login name; signed: as allowed_signers names the key',
		'--sign [KEY]  signs the digest with ssh-keygen, which may ask for the passphrase; default: the first key of the agent, then of',
		'              ~/.ssh, that `approvals.allowed_signers` knows. By hand: echo DIGEST | ssh-keygen -Y sign -n holdpoint-approval -f KEY',
	].join('\n'),
	flags: {by: {type: 'string'}, sign: {type: 'string', bare: true}},
	async run(call) {
		const by = textFlag(call, 'by');
		const key = textFlag(call, 'sign');
		const {allowedSigners} = call.settings.approvals;
		if (key !== undefined && allowedSigners === null) throw new Refusal(2, '--sign needs `approvals.allowed_signers` in holdpoint.yaml: the file that says whose signatures count (ssh-keygen(1), ALLOWED SIGNERS).');
		const answer = await withRoom(call, {progress: 'text'}, async client => {
			const signed = key === undefined ? {by: by ?? call.settings.by} : {...(by !== undefined && {by}), ...await sign(call, client, {key, allowedSigners: allowedSigners!})};
			return client.ask<Answer>('approve', signed);
		});
		if (call.output.json) call.output.document(answer);
		call.output.text(`${answer.digest}\n${answer.approvals.map(({by, signed, at}) => `approved by ${by} at ${at}, ${signed ? 'signed' : 'claimed, not signed'}`).join('\n')}`);
		return 0;
	},
};

/** Shows the plan, made anew, and has its digest signed; the room refuses when it is another by then. */
async function sign(call: Call, client: RoomClient, {key, allowedSigners}: {key: string; allowedSigners: string}): Promise<{digest: string; signature: string}> {
	const {plan: known} = (await client.ask<{state: RunState}>('state')).state;
	const plan = await client.ask<Plan>('plan', known ? {action: known.action, revision: known.to.length > 1 ? 'heads' : known.to[0] ?? (known.action === 'downgrade' ? 'base' : undefined)} : {});
	call.output.talk(describePlan(plan));
	const signature = await signDigest({digest: plan.digest, ...(key !== '' && {key: path.resolve(call.directory, key)}), allowedSigners, mayAsk: call.settings.interactive, environment: call.environment});
	return {digest: plan.digest, signature};
}
