/** `holdpoint approve`: approves the current plan. */
import {Refusal} from '../journal/refusal.ts';
import type {Approval} from '../journal/shapes/run.ts';
import {textFlag, type Command} from './command.ts';
import {withRoom} from './with-room.ts';

type Answer = {digest: string; approvals: Pick<Approval, 'by' | 'signed' | 'at'>[]};

export const command: Command = {
	usage: 'approve [--by NAME]',
	says: 'Approves the current plan: a claimed approval of its digest, in the journal and the report.',
	options: '--by NAME  who approves; default: HOLDPOINT_BY, else the login name',
	flags: {by: {type: 'string'}, sign: {type: 'string', bare: true}},
	async run(call) {
		if (call.flags['sign'] !== undefined) throw new Refusal(2, 'Approvals can\'t be signed yet; without --sign one is kept as claimed.');
		const answer = await withRoom(call, {progress: 'text'}, client => client.ask<Answer>('approve', {by: textFlag(call, 'by') ?? call.settings.by}));
		if (call.output.json) call.output.document(answer);
		call.output.text(`${answer.digest}\n${answer.approvals.map(({by, signed, at}) => `approved by ${by} at ${at}, ${signed ? 'signed' : 'claimed, not signed'}`).join('\n')}`);
		return 0;
	},
};
