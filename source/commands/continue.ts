/** `holdpoint continue`: lets a held migration go on. */
import type {Command} from './command.ts';
import {steer} from './steer.ts';

export const command: Command = {
	usage: 'continue',
	says: 'Lets a held migration go on.',
	needs: 'settings',
	run: call => steer(call, client => client.ask('continue')),
};
