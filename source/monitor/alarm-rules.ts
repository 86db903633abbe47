/** The alarms, one rule each: what it looks for in a sample, and the sentence it says. */
import {byteWords} from '../journal/byte-words.ts';
import type {GuardPolicy} from '../journal/shapes/run.ts';
import type {ActiveSession, Sample} from '../journal/shapes/sample.ts';
import {countText, secondsText, sessionText} from './words.ts';

export interface Sign {
	level: 'note' | 'warning' | 'critical';
	text: string;
}

/** As the target is written into the journal. */
export interface Pinned {
	systemIdentifier: string;
	timeline?: number | undefined;
}

interface Look {
	sample: Sample;
	policy: GuardPolicy;
	standbys: readonly string[];
	pinned: Pinned | undefined;
	/** It is up already: then it takes less to keep it up. */
	up: boolean;
	/** Rollbacks a second without a migration; null: not known. */
	calmRollbacks: number | null;
	/** The mean busy time of a transaction without a migration, in milliseconds; null: not known. */
	calmBusyMs: number | null;
	/** Since when it has been far above that, sample for sample; null: it is not. */
	slowSince: string | null;
}

export interface AlarmRule {
	/** Its name in the journal. */
	alarm: string;
	look(look: Look): Sign | null;
}

/** Where the policy sets no limit of its own: what gh-ost's users and DBAs take as "too far behind" and "too long". */
const lagSeconds = 30;
const lagBytes = 256 * 1024 * 1024;
const retainedBytes = 1024 * 1024 * 1024;
const longTransactionSeconds = 300;
const idleTransactionSeconds = 60;
/** What a long statement was busy is counted at its end, all at once: that is over after the two seconds that a rate is taken from. */
const slowAfterMs = 5000;

export const alarmRules: readonly AlarmRule[] = [
	{
		alarm: 'failover',
		look({sample: {server}, pinned}) {
			if (!pinned) return null;
			// Where the role may not see it, words stand in its place.
			if (server.systemIdentifier !== undefined && /^\d+$/.test(pinned.systemIdentifier) && server.systemIdentifier !== pinned.systemIdentifier) return {level: 'critical', text: `Another server answers here: its system identifier is ${server.systemIdentifier}, this run is pinned to ${pinned.systemIdentifier}. Nothing is started on it; look at what happened before anything else.`};
			if ((server.timeline ?? null) === null || pinned.timeline === undefined || server.timeline === pinned.timeline) return null;
			return {level: 'critical', text: `A failover took place: the server is on timeline ${server.timeline}, this run was pinned on ${pinned.timeline}. Nothing is started on it; open a new run after looking.`};
		},
	},
	{
		alarm: 'blocked',
		look({sample, policy, up}) {
			const waiting = sample.connections.waiting ?? sample.locksWaiting.length;
			const longest = Math.max(0, ...sample.locksWaiting.filter(wait => wait.kind !== 'virtualxid').map(wait => wait.seconds ?? 0));
			const sum = sample.locksWaiting.reduce((total, wait) => total + (wait.kind === 'virtualxid' ? 0 : wait.seconds ?? 0), 0);
			if (waiting === 0 || (!reaches(waiting, 5, up) && !reaches(longest, 1, up) && !reaches(sum, 10, up))) return null;
			const root = sample.blockers[0];
			const bad = waiting > (policy.maxBlockedSessions ?? Infinity) || longest > (policy.maxBlockedSeconds ?? Infinity);
			const text = `${countText(waiting, 'session waits', 'sessions wait')} for locks, the longest ${secondsText(longest)}`;
			return {level: bad ? 'critical' : 'warning', text: root ? `${text}; ${root.total} of them behind ${nameRoot(root.pid, sample)}.` : `${text}.`};
		},
	},
	{
		alarm: 'idle-blocker',
		look({sample, up}) {
			const root = sample.blockers.map(({pid, total}) => ({total, session: sample.active.find(session => session.pid === pid)}))
				.find(({session}) => session?.state?.startsWith('idle in transaction') && reaches(session.transactionSeconds ?? 0, 2, up));
			return root?.session ? {level: 'warning', text: `${sessionText(root.session)} blocks ${countText(root.total, 'session', 'sessions')} and does nothing; a cancel does not end it, only terminating does.`} : null;
		},
	},
	{
		alarm: 'lag',
		look({sample, policy, up}) {
			const [seconds, bytes] = [policy.maxLagSeconds ?? lagSeconds, policy.maxLagBytes ?? lagBytes];
			const behind = sample.replication.filter(standby => reaches(standby.lagSeconds ?? 0, seconds, up) || reaches(standby.lagBytes ?? 0, bytes, up));
			if (behind.length === 0) return null;
			const names = behind.map(({name, lagSeconds, lagBytes}) => `${name} (${secondsText(lagSeconds)}, ${byteWords(lagBytes)})`);
			return {level: 'warning', text: `Replication is behind: ${names.join(', ')}.`};
		},
	},
	{
		alarm: 'standby-missing',
		look({sample, standbys}) {
			const there = new Set(sample.replication.filter(standby => standby.state === 'streaming' || standby.state === null).map(standby => standby.name));
			const missing = sample.server.role === 'primary' ? standbys.filter(name => !there.has(name)) : [];
			return missing.length > 0 ? {level: 'critical', text: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not streaming from this server; ${missing.length === 1 ? 'its' : 'their'} lag is unknown.`} : null;
		},
	},
	{
		alarm: 'long-transaction',
		look({sample, up}) {
			const longest = longestOf(sample.active.filter(session => !session.migration && session.backendType !== 'autovacuum worker'));
			const limit = longest?.state?.startsWith('idle in transaction') ? idleTransactionSeconds : longTransactionSeconds;
			return longest && reaches(longest.transactionSeconds ?? 0, limit, up)
				? {level: 'note', text: `${sessionText(longest)} has the longest open transaction; CREATE INDEX CONCURRENTLY would wait for it.`}
				: null;
		},
	},
	{
		// Nobody need wait for a migration to suffer from it: an application that it breaks rolls back.
		alarm: 'rollbacks',
		look({sample, calmRollbacks, up}) {
			const now = sample.rates.rollbacks;
			if (now === null || calmRollbacks === null || !sample.active.some(session => session.migration)) return null;
			return reaches(now, Math.max(1, 3 * calmRollbacks), up) ? {level: 'warning', text: `${now.toFixed(1)} transactions a second are rolled back, before the migration ${calmRollbacks.toFixed(1)}: an application may fail with what it has changed.`} : null;
		},
	},
	{
		// Damage by load and not by locks: who waits for a lock is counted above, and is busy too.
		alarm: 'slow',
		look({sample, calmBusyMs, slowSince}) {
			if (slowSince === null || calmBusyMs === null || Date.parse(sample.at) - Date.parse(slowSince) < slowAfterMs) return null;
			return {level: 'critical', text: `A transaction takes ${millisecondsText(othersBusyMs(sample)!)} on average, before the migration ${millisecondsText(calmBusyMs)}, and nobody waits for a lock: the migration's load slows others down. p holds it at its next safe point, x cancels it.`};
		},
	},
	{
		alarm: 'connections',
		look({sample: {connections: {total, max}}, policy, up}) {
			if (total === null || max === null) return null;
			const free = 100 * (max - total) / max;
			const limit = policy.minFreeConnectionsPercent ?? 10;
			// Half as many again must be free before it clears.
			return free < (up ? limit * 1.5 : limit) ? {level: 'critical', text: `${total} of ${max} connections are used, ${Math.floor(free)} % are free.`} : null;
		},
	},
	{
		alarm: 'slot-lost',
		look({sample}) {
			const lost = sample.slots.filter(slot => slot.invalidated);
			return lost.length > 0 ? {level: 'warning', text: `${lost.map(slot => `The replication slot ${slot.name} is invalidated (${slot.invalidated})`).join('; ')}: its reader can't go on and must be set up anew.`} : null;
		},
	},
	{
		alarm: 'slot',
		look({sample, policy, up}) {
			const limit = policy.maxRetainedWalBytes ?? retainedBytes;
			const slots = sample.slots.filter(slot => !slot.active && reaches(slot.retainedBytes ?? 0, limit, up));
			return slots.length > 0 ? {level: 'warning', text: `${slots.map(slot => `The inactive replication slot ${slot.name} keeps ${byteWords(slot.retainedBytes)} of WAL`).join('; ')}: the disk fills until it is used again or dropped.`} : null;
		},
	},
];

/** Without users' waits for locks their transactions take five times as long as before the migration, and longer than anyone would call quick. */
export function isSlow(sample: Sample, calmBusyMs: number | null, up: boolean): boolean {
	const now = othersBusyMs(sample);
	if (now === null || calmBusyMs === null || sample.connections.waiting !== 0 || !sample.active.some(session => session.migration)) return false;
	return reaches(now, Math.max(10, 5 * calmBusyMs), up);
}

/** Busy time of a transaction without the migration's own session, which is busy for a second of each second at most. */
function othersBusyMs({rates: {transactionMs = null, commits, rollbacks}}: Sample): number | null {
	const count = (commits ?? 0) + (rollbacks ?? 0);
	return transactionMs === null || count === 0 ? null : Math.max(0, transactionMs - 1000 / count);
}

const millisecondsText = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

const reaches = (value: number, limit: number, up: boolean): boolean => value > (up ? limit / 2 : limit);

function longestOf(sessions: ActiveSession[]): ActiveSession | undefined {
	return sessions.reduce<ActiveSession | undefined>((longest, session) => (session.transactionSeconds ?? 0) > (longest?.transactionSeconds ?? 0) ? session : longest, undefined);
}

function nameRoot(pid: number, sample: Sample): string {
	const session = sample.active.find(each => each.pid === pid);
	return pid === 0 ? 'a prepared transaction' : session ? sessionText(session) : `pid ${pid}`;
}
