/** Which run a command is about: the named one, else the newest open one of this project, else the newest of the project. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import {loadSettings} from '../config/load.ts';
import {readJournal, type ReadJournal} from '../journal/file.ts';
import {Refusal} from '../journal/refusal.ts';
import type {RunState} from '../journal/shapes/run.ts';
import {listRunIds, readRun, runFolder} from '../room/run-folder.ts';
import type {Call} from './command.ts';

export type ChosenRun = ReadJournal & {state: RunState; folder: string};

/** Reads a run without owning it. A unique part of its id is enough. @throws Refusal 2 when there is none */
export function readChosenRun(call: Call): ChosenRun {
	const {settings} = call;
	const named = call.input[0] ?? settings.run;
	if (named !== null && named !== undefined) return readRun(settings.stateDir, completeId(settings.stateDir, named));
	const runs = readRuns(settings.stateDir).filter(run => run.state.project === settings.project);
	const found = runs.findLast(run => run.state.state === 'open') ?? runs.at(-1);
	if (!found) throw new Refusal(2, `There is no run of ${settings.project} in ${settings.stateDir}; \`holdpoint runs\` lists those of other projects.`);
	return found;
}

/** The journal of a run, also one that is damaged from its first line on. @throws Refusal 2 when there is none */
export function readChosenJournal(call: Call): ReadJournal & {folder: string} {
	const named = call.input[0] ?? call.settings.run;
	if (named === null || named === undefined) return readChosenRun(call);
	const id = completeId(call.settings.stateDir, named);
	if (!listRunIds(call.settings.stateDir).includes(id)) return readRun(call.settings.stateDir, id);
	const folder = runFolder(call.settings.stateDir, id);
	return {...readJournal(path.join(folder, 'events.jsonl')), folder};
}

/** Every legible run of a state folder, oldest first. */
export function readRuns(stateDir: string): ChosenRun[] {
	return listRunIds(stateDir).flatMap(id => {
		const folder = runFolder(stateDir, id);
		const journal = readJournal(path.join(folder, 'events.jsonl'));
		return journal.state ? [{...journal, state: journal.state, folder}] : [];
	});
}

/**
 * The call as if it had been made in the run's own project, with that run named: for commands that need its room.
 * @throws Refusal 2 when the project is no longer there
 */
export async function callForRun(call: Call, {state}: ChosenRun): Promise<Call> {
	const {settings} = call;
	if (state.project === settings.project) return {...call, settings: {...settings, run: state.run}};
	if (!existsSync(state.project)) throw new Refusal(2, `The project of run ${state.run} is not there any more: ${state.project}.`);
	const flags = {...call.flags, project: state.project, run: state.run, stateDir: settings.stateDir};
	return {...call, settings: await loadSettings({flags, environment: call.environment, directory: call.directory, interactive: settings.interactive})};
}

function completeId(stateDir: string, named: string): string {
	const ids = listRunIds(stateDir);
	const found = ids.includes(named) ? [named] : ids.filter(id => id.includes(named));
	if (found.length > 1) throw new Refusal(2, `${JSON.stringify(named)} names ${found.length} runs: ${found.slice(-4).join(', ')}; say more of it.`);
	return found[0] ?? named;
}
