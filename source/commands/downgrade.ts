/** `holdpoint downgrade`: takes the database back to a named revision. */
import {Refusal} from '../journal/refusal.ts';
import {textFlag, type Command} from './command.ts';
import {migrate} from './migrate.ts';

export const command: Command = {
	usage: 'downgrade REVISION [--confirm DATABASE] [--detach] [--progress json]',
	says: 'Takes the database back to REVISION.',
	options: '--confirm DATABASE  the database\'s name, needed in production\n--detach            start it in a detached room and return at once\n--progress json     JSON lines of progress on stderr',
	words: 1,
	flags: {confirm: {type: 'string'}, detach: {type: 'boolean'}, progress: {type: 'string'}},
	run(call) {
		const [revision] = call.input;
		if (!revision) throw new Refusal(2, 'A downgrade needs the revision to go back to; `holdpoint plan` shows where the database came from.');
		return migrate(call, {action: 'downgrade', revision, database: textFlag(call, 'confirm')});
	},
};
