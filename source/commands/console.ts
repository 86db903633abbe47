/** `holdpoint` without a command: opens the control room of the project here. */
import type {Command} from './command.ts';
import {openControlRoom} from './control-room.ts';

export const command: Command = {
	usage: '[command] [options]',
	says: 'Opens the control room of the project here.',
	run: call => openControlRoom(call),
};
