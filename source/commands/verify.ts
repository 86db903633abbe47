/** `holdpoint verify`: proves a run's record. */
import {Refusal} from '../journal/refusal.ts';
import {verifyRun} from '../journal/verify.ts';
import {readChosenJournal} from './choose-run.ts';
import {textFlag, type Command} from './command.ts';

export const command: Command = {
	usage: 'verify [RUN] [--head HASH]',
	says: 'Proves a run\'s record: the chain of its journal, its approvals, its artifacts.',
	options: '--head HASH  a head that was noted elsewhere: also finds a tail that was cut off, or a chain written anew',
	flags: {head: {type: 'string'}},
	words: 1,
	needs: 'settings',
	async run(call) {
		const {output} = call;
		const head = textFlag(call, 'head');
		if (head !== undefined && !/^[0-9a-f]{8,64}$/i.test(head)) throw new Refusal(2, '--head is a sha256 in hexadecimal, at least its first 8 digits.');
		const journal = readChosenJournal(call);
		const {ok, events, head: found, problems} = await verifyRun(journal, {folder: journal.folder, head, allowedSigners: call.settings.approvals.allowedSigners});
		if (output.json) output.document({ok, events, head: found, problems});
		output.text([...problems, `${events} events, head ${found}`, ok ? 'The record holds.' : `The record does not hold: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`].join('\n'));
		return ok ? 0 : 1;
	},
};
