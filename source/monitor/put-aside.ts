/** Puts a run's recording aside that can't be read, so that a new one can be begun: it is not the record, and keeps no room from its run. */
import {renameSync} from 'node:fs';
import {Refusal} from '../journal/refusal.ts';
import {UnreadableRecording} from './database.ts';
import {takeOwnership, type Ownership, type Refused} from './ownership.ts';
import {openRecording} from './recording.ts';

/**
 * Takes the run, with a recording that can be written.
 * @param mayMove whether no room can be at work on it, asked only where the file no longer says who owns it
 * @returns besides who owns the run, one sentence of what was put aside, or null
 * @throws Refusal 2 when the file can't be used, and may not be moved
 */
export function takeRecording(path: string, {mayMove, now}: {mayMove: () => boolean; now: Date}): {taken: Ownership | Refused; aside: string | null} {
	const moved = (fault: string): {taken: Ownership | Refused; aside: string} => {
		const to = path.replace(/\.db$/, `-put-aside-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.db`);
		for (const part of ['', '-wal', '-shm']) moveIfThere(`${path}${part}`, `${to}${part}`);
		return {taken: takeOwnership(path), aside: `${fault}; it is kept as ${to}, and a new one is begun`};
	};
	let taken: Ownership | Refused;
	try {
		taken = takeOwnership(path);
	} catch (error) {
		if (!(error instanceof UnreadableRecording) || !mayMove()) throw error;
		return moved(error.fault);
	}

	if (!taken.won) return {taken, aside: null};
	try {
		openRecording(path).close();
		return {taken, aside: null};
	} catch (error) {
		if (error instanceof UnreadableRecording) return moved(error.fault);
		taken.release();
		throw error;
	}
}

function moveIfThere(from: string, to: string): void {
	try {
		renameSync(from, to);
	} catch (error) {
		const {code, message} = error as NodeJS.ErrnoException;
		if (code !== 'ENOENT') throw new Refusal(2, `The recording ${from} can't be read, and can't be put aside either (${message}): see who may write in its folder.`);
	}
}
