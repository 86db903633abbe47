/** Opens a run's folder to be replayed: read only, also while a room writes it, and also on a machine that has nothing else of the run. */
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parseChecklist} from '../../checklist/parse.ts';
import type {Tape} from '../../console/replay/tape.ts';
import {readMore} from '../../journal/file.ts';
import {createTimeline} from '../../journal/timeline.ts';
import type {RunState} from '../../journal/shapes/run.ts';
import {isWritten} from '../../monitor/database.ts';
import {openHistory} from '../../monitor/history.ts';
import {openRecording} from '../../monitor/recording.ts';
import type {ChosenRun} from '../choose-run.ts';
import {keptReviews} from './kept-review.ts';

/** @param file the recording @throws Refusal 2 when it can't be read */
export function openTape(run: ChosenRun, file: string): Tape {
	const open = () => ({written: isWritten(file), samples: openRecording(file, {readOnly: true}), figures: openHistory(file, {readOnly: true})});
	let opened = open();
	const close = (): void => {
		opened.samples.close();
		opened.figures.close();
	};
	return {
		timeline: createTimeline(run),
		get samples() {
			return opened.samples;
		},
		get figures() {
			return opened.figures;
		},
		contacts: readContacts(run.folder, run.state),
		review: keptReviews(run.folder),
		grow() {
			readMore(path.join(run.folder, 'events.jsonl'), run);
			// What nobody wrote was opened as a file that stays as it is.
			if (opened.written || !isWritten(file)) return;
			close();
			opened = open();
		},
		close,
	};
}

/** From the checklist that the run keeps among its artifacts; the folder may have been moved. */
function readContacts(folder: string, {artifacts, checklist}: RunState): Tape['contacts'] {
	const kept = artifacts.find(artifact => artifact.sha256 === checklist.sha256);
	const file = kept && path.join(folder, 'artifacts', path.basename(kept.path));
	return file !== undefined && existsSync(file) ? parseChecklist(readFileSync(file, 'utf8')).contacts : [];
}
