/** `holdpoint upgrade`: migrates the database, past its hold points, under the guard. */
import {textFlag, type Command} from './command.ts';
import {migrate} from './migrate.ts';

export const command: Command = {
	usage: 'upgrade [REVISION] [--expect DIGEST] [--detach] [--progress json]',
	says: 'Migrates the database to REVISION (default head), past its hold points, under the guard.',
	options: '--expect DIGEST   the digest of the plan that was looked at\n--detach          start it in a detached room and return at once\n--progress json   JSON lines of progress on stderr',
	words: 1,
	flags: {expect: {type: 'string'}, detach: {type: 'boolean'}, progress: {type: 'string'}},
	run: call => migrate(call, {action: 'upgrade', revision: call.input[0], expect: textFlag(call, 'expect')}),
};
