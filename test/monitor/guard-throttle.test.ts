/** When a migration waits between its batches for the standbys, and when it goes on: reading by reading. */
import {expect, test} from 'vitest';
import {decideThrottle, noThrottle, type ThrottleInput} from '../../source/monitor/guard-throttle.ts';

const lag = (seconds: number | null, bytes: number | null = 0) => [{name: 'replica1', seconds, bytes}];

function play(readings: ThrottleInput['standbys'][], {limits = {lagSeconds: 10, lagBytes: null as number | null}, waivedAt = -1} = {}) {
	let state = noThrottle;
	return readings.map((standbys, index) => {
		if (index === waivedAt) state = {...noThrottle, waived: true};
		const decision = decideThrottle({previous: state, standbys, limits, samples: 2});
		({state} = decision);
		return decision.hold ?? decision.goOn ?? (state.holding === null ? '-' : 'held');
	});
}

test.each<[string, string[], string[]]>([
	['over the limit twice running, on again below half of it', play([lag(11), lag(12), lag(8), lag(6), lag(4), lag(1)]), ['-', 'the standby replica1 is 12 s behind (migration.throttle.lag_seconds 10 s)', 'held', 'held', 'the standbys have caught up', '-']],
	['over it once', play([lag(11), lag(9), lag(11)]), ['-', '-', '-']],
	['by bytes', play([lag(0, 2 * 1024 ** 2), lag(0, 2 * 1024 ** 2), lag(0, 4e5)], {limits: {lagSeconds: null as never, lagBytes: 1024 ** 2}}), ['-', 'the standby replica1 is 2.0 MB behind (migration.throttle.lag_bytes 1.0 MB)', 'the standbys have caught up']],
	['unknown is not zero', play([lag(null), lag(null), lag(null), lag(2)]), ['-', 'how far the standby replica1 is behind is unknown (migration.throttle.lag_seconds 10 s)', 'held', 'the standbys have caught up']],
	['without standbys there is nothing to wait for', play([[], [], []]), ['-', '-', '-']],
	['a person let it go on: not again before they have caught up once', play([lag(11), lag(12), lag(13), lag(14), lag(1), lag(11), lag(11)], {waivedAt: 2}), ['-', expect.stringContaining('12 s behind'), '-', '-', '-', '-', expect.stringContaining('11 s behind')]],
])('%s', (_, seen, expected) => {
	expect(seen).toEqual(expected);
});
