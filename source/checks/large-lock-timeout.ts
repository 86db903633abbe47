/** No wait for a lock can hold everybody up. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {describeDuration, queryTimeout} from './timeout-settings.ts';
import {failed, listed, onlyIfSeen, passed, warned} from './verdict.ts';

/** Who waits longer than this for an ACCESS EXCLUSIVE lock has an outage behind it. */
const longestMs = 10_000;

export const largeLockTimeout: Check = {
	id: 'large.lock-timeout',
	says: 'holdpoint sets a lock_timeout before each statement of the migration, and the migration does not switch it off.',
	why: 'Everyone who comes after a waiting ALTER TABLE waits behind it, readers too. Statements CONCURRENTLY get none: a timeout there leaves an invalid index.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'target'],
	async run(look) {
		const {lockTimeoutMs, lockLadderMs, lockRetries} = look.settings.migration;
		const {own, evidence, unseen} = await queryTimeout(look, 'lock_timeout');
		evidence.unshift(noteEvidence('what holdpoint sets in the migration\'s own session', [`upper bound ${describeDuration(lockTimeoutMs)} (\`migration.lock_timeout\`)`, `attempts climb ${lockLadderMs ? lockLadderMs.map(describeDuration).join(', ') : 'the default ladder'}, ${lockRetries} after the first`, 'none for CONCURRENTLY']));
		if (lockTimeoutMs === 0) return failed('`migration.lock_timeout` is 0: the migration would wait for a lock for ever, and everybody behind it.', evidence);
		const off = own.filter(each => each.off);
		if (off.length > 0) return failed(`The migration switches lock_timeout off: ${listed(off.map(each => each.place))}.`, evidence);
		if (lockTimeoutMs > longestMs) return onlyIfSeen(warned(`lock_timeout is ${describeDuration(lockTimeoutMs)}: so long may everybody wait behind the migration; the document asks for 5 s.`, evidence), unseen);
		if (own.length > 0) return onlyIfSeen(warned(`The migration sets lock_timeout itself: ${listed(own.map(each => `${each.value} (${each.place})`), 2)}; that holds until holdpoint sets it before the next statement.`, evidence), unseen);
		return onlyIfSeen(passed(`lock_timeout is at most ${describeDuration(lockTimeoutMs)}, set by holdpoint before each statement.`, evidence), unseen);
	},
};
