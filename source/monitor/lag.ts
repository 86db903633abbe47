/** How many seconds a standby is behind, told truthfully also when its replay stands still. */
import type {Standby} from '../journal/shapes/sample.ts';
import type {StandbyRow} from './queries/replication.ts';

/** Where the primary's WAL was at some time, in seconds since 1970. */
export interface WalMark {
	at: number;
	walPosition: number | null;
}

/**
 * The server's own replay_lag is that of the last commit the standby acknowledged: with a paused replay it stays small
 * while bytes pile up (0.4 s shown at 32 MB and 3 s, measured). So the primary's own past answers too: a
 * standby that has not replayed what was written at some poll is at least that old. Of the two the larger counts.
 * @param marks earlier polls in the order of time, the present one last
 */
export function readLag(row: StandbyRow, marks: readonly WalMark[]): Standby {
	const {reportedSeconds, replayed, ...told} = row;
	return {...told, replaySeconds: reportedSeconds, lagSeconds: row.lagBytes === 0 ? 0 : larger(reportedSeconds, secondsBehind(replayed, marks))};
}

function secondsBehind(replayed: number | null, marks: readonly WalMark[]): number | null {
	const now = marks.at(-1);
	if (!now || replayed === null) return null;
	let behind: number | null = null;
	for (let index = marks.length - 2; index >= 0; index--) {
		const mark = marks[index]!;
		if (mark.walPosition === null || mark.walPosition <= replayed) break;
		behind = now.at - mark.at;
	}

	return behind;
}

const larger = (one: number | null, other: number | null): number | null => one === null ? other : other === null ? one : Math.max(one, other);
