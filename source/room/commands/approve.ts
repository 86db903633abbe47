/** approve: a person's approval of the plan as it is now, claimed or signed. */
import {z} from 'zod';
import {Refusal} from '../../journal/refusal.ts';
import {doubtSignature, findSigners} from '../../journal/signatures.ts';
import type {Room} from '../room.ts';
import {movedByPlan, roomCommand} from './command.ts';

export const approve = roomCommand({
	name: 'approve',
	says: 'approves the current plan',
	decides: true,
	plans: true,
	params: z.object({by: z.string().optional(), digest: z.string().optional(), signature: z.string().optional()}),
	movedBy: event => event.kind === 'plan-made' || movedByPlan(event),
	async run(room, {digest: looked, signature, ...params}, asker) {
		const by = (params.by ?? asker.by).trim();
		if (by === '') throw new Refusal(2, 'An approval needs a name.');
		const known = room.state().plan;
		const action = known?.action ?? 'upgrade';
		const {digest, revisions, from} = await room.actions.plan({action, by, revision: known && (known.to.length > 1 ? 'heads' : known.to[0] ?? (action === 'downgrade' ? 'base' : undefined))});
		if (revisions.length === 0) throw new Refusal(3, `The database is at ${from.join(', ') || 'base'} already; there is nothing to approve.`);
		if (looked !== undefined && !digest.startsWith(looked)) throw new Refusal(3, `The plan is now ${digest.slice(0, 16)}, not ${looked.slice(0, 16)}; look at it again before you approve it.`);
		const approver = signature === undefined ? by : await signerOf(room, {digest, signature, by, named: params.by !== undefined});
		room.keeper.record('plan-approved', asker.by, {digest, approver, signed: signature !== undefined, ...(signature !== undefined && {signature})});
		const approvals = room.state().approvals.filter(approval => approval.digest === digest);
		return {digest, approvals: approvals.map(approval => ({by: approval.by, signed: approval.signed, at: approval.at}))};
	},
});

/** Who signed: the name that was given, else the one that the key is known by. @throws Refusal 2 or 3 when the signature does not prove it */
async function signerOf({settings}: Room, {digest, signature, by, named}: {digest: string; signature: string; by: string; named: boolean}): Promise<string> {
	const {allowedSigners} = settings.approvals;
	if (allowedSigners === null) throw new Refusal(2, 'Nobody could prove a signature here: `approvals.allowed_signers` in holdpoint.yaml names no file; set it, or approve without --sign.');
	const known = await findSigners({signature, allowedSigners});
	const signer = named || known.includes(by) || known.length !== 1 ? by : known[0]!;
	const doubt = await doubtSignature({digest, signature, allowedSigners, signer, at: new Date().toISOString()});
	if (doubt === null) return signer;
	throw new Refusal(3, `The signature does not prove that ${signer} approves the plan ${digest.slice(0, 16)} (${doubt}); ${known.length > 0 ? `its key is known as ${known.join(', ')}: --by NAME` : `its key is not in ${allowedSigners}`}.`);
}
