/** `holdpoint hold`: holds the running migration at its next safe point. */
import type {Command} from './command.ts';
import {steer} from './steer.ts';

export const command: Command = {
	usage: 'hold',
	says: 'Holds the running migration at its next safe point, where no transaction is open.',
	needs: 'settings',
	run: call => steer(call, client => client.ask('hold')),
};
