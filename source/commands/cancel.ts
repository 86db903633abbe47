/** `holdpoint cancel`: stops the running action, from any shell. */
import {textFlag, type Command} from './command.ts';
import {steer} from './steer.ts';

export const command: Command = {
	usage: 'cancel [--terminate --confirm DATABASE]',
	says: 'Stops the running action by cancelling its backend; what it left is read back by its room.',
	options: '--terminate         end its session, where a cancel is not enough\n--confirm DATABASE  the database\'s name, needed to terminate in production',
	flags: {terminate: {type: 'boolean'}, confirm: {type: 'string'}},
	needs: 'settings',
	run: call => steer(call, client => client.ask('cancel', {
		terminate: call.flags['terminate'] === true, confirm: textFlag(call, 'confirm'), reason: `${call.settings.by} asked for it on the command line`,
	})),
};
