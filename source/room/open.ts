/** Puts a room together: the way to the target, its run or the draft of one, the watch, the checks, the actions. */
import {readFileSync} from 'node:fs';
import {hostname} from 'node:os';
import path from 'node:path';
import {mergeContacts} from '../checklist/contacts.ts';
import {parseChecklist, requireItems} from '../checklist/parse.ts';
import {shippedChecklist} from '../checklist/shipped.ts';
import {findCheck} from '../checks/index.ts';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import {createScrubber, type Scrubber} from '../journal/scrub.ts';
import type {EventData, JournalEvent} from '../journal/events.ts';
import type {Item} from '../journal/shapes/item.ts';
import type {RunState} from '../journal/shapes/run.ts';
import {queryVersionTable} from '../postgres/readback.ts';
import {removeOldCopies} from '../actions/rehearse.ts';
import {createActions} from './actions.ts';
import {roomAtWork} from './another-room.ts';
import {latestMarks} from './chart-marks.ts';
import {createBlocks, openBlocks} from './blocks.ts';
import {createChecks} from './checks.ts';
import {connectRoom} from './client.ts';
import {createNotifier} from './notify.ts';
import {readOrigin} from './origin.ts';
import type {Push} from './protocol.ts';
import {findItem, type Listener, type PinnedChecklist, type Room} from './room.ts';
import {findOpenRun, hash, newRunId, readRun} from './run-folder.ts';
import {keepRun} from './run-keeper.ts';
import {socketPath} from './socket-path.ts';
import {linkTarget, type LinkOptions, type TargetLink} from './target-link.ts';
import {describePlace} from './place.ts';
import {createWatch} from './watch.ts';

/** Files change under our feet; so often it is looked whether evidence still holds. */
const refreshMs = 1000;
const beatMs = 1000;

export interface OpenRoomOptions {
	settings: Settings;
	environment: NodeJS.ProcessEnv;
	askPassword?: LinkOptions['askPassword'];
	inProcess: boolean;
}

/** @throws Refusal when the target can't be reached; AnotherRoom when one is at work on it, or owns its run */
export async function openRoom({settings, environment, askPassword, inProcess}: OpenRoomOptions): Promise<Room> {
	const scrubber = createScrubber();
	const linking = linkTarget({settings, environment, scrubber, askPassword});
	// What a room before this one left when it was killed; nobody waits for it.
	void removeOldCopies().catch(() => undefined);
	try {
		// Parsed while Python is at work.
		const checklist = readChecklist(settings.checklist ?? shippedChecklist);
		const target = await linking;
		const socket = socketPath(settings, target.target);
		const there = await connectRoom(socket, settings);
		there?.close();
		if (there) throw roomAtWork(socket);
		return await openOn(target, {settings, environment, inProcess, scrubber, checklist, socket});
	} catch (error) {
		await linking.then(target => target.close(), () => {});
		throw error;
	}
}

async function openOn(target: TargetLink, {settings, environment, inProcess, scrubber, checklist, socket}: Omit<OpenRoomOptions, 'askPassword'> & {scrubber: Scrubber; checklist: PinnedChecklist; socket: string}): Promise<Room> {
	const read = settings.run ? readRun(settings.stateDir, settings.run) : findOpenRun(settings.stateDir, {project: settings.project, target: target.target});
	const known = read?.state ?? null;
	const listeners = new Set<Listener>();
	let endWith: (reason: string) => void = () => {};
	let over = false;
	let closed = false;

	const tell = (push: Push) => {
		for (const listener of listeners) listener.send(scrubber.value(push));
	};
	const notifier = createNotifier({settings, environment, record: data => void (closed || keeper.record('notification-sent', 'holdpoint', data))});
	const keeper = keepRun({
		stateDir: settings.stateDir,
		socket,
		run: read ? {id: read.state.run, read} : {draft: draftOf({settings, target, checklist, from: await readVersion(target)})},
		scrub: value => scrubber.value(value),
		onEvent(event: JournalEvent, state: RunState) {
			tell({push: 'event', event, head: state.head});
			notifier.take(event, state);
		},
		// Who only looks leaves no trace in the journal.
		...(known && inProcess && {beforeFirst: () => begin(settings.by)}),
	});
	const followed = known ? pinned(known, checklist) : checklist;
	const room = {
		settings, environment, scrubber, checklist: followed, keeper, target, consoles: listeners, tell,
		contacts: mergeContacts(followed.parsed.contacts, settings.contacts),
		facts: {pid: process.pid, host: hostname(), inProcess, warnings: [...describePlace({settings, environment, inProcess}), ...(keeper.putAside ? [`${keeper.putAside}.`] : [])], waitingForCredentials: false, window: settings.window},
		origin: readOrigin({settings, environment, loaded: target.loaded}),
		state: () => keeper.state,
		ended: new Promise<string>(resolve => {
			endWith = resolve;
		}),
	} as unknown as Mutable<Room>;
	room.watch = createWatch({settings, target, keeper: () => keeper, tell});
	room.checks = createChecks(room as Room);
	room.actions = createActions(room as Room);
	room.blocks = createBlocks(room as Room);

	const begin = (by: string) => {
		keeper.record('room-started', 'holdpoint', {pid: process.pid, host: hostname(), version: '0.1.0'});
		if (keeper.damage) keeper.record('room-recovered', 'holdpoint', {found: `the journal was damaged: ${keeper.damage}; what followed is kept beside it`});
		// Else a check that died with its room would count as running for ever.
		else if (keeper.state.items.some(item => item.state === 'running')) keeper.record('room-recovered', 'holdpoint', {found: 'a check had ended with the room before'});
		if (keeper.putAside) keeper.record('room-recovered', 'holdpoint', {found: keeper.putAside});
		if (keeper.folder) room.watch.recordInto(keeper.folder);
		if (known) room.blocks.resume();
		if (keeper.opened && !known) keeper.keep({name: `checklist-${room.checklist.sha256.slice(0, 12)}.md`, text: room.checklist.markdown, what: `the checklist that ${by} began with`});
	};
	const noteAttached = ({by, readOnly}: Listener) => {
		if (keeper.opened && !inProcess) keeper.record('console-attached', by, {console: by, readOnly});
	};
	room.open = by => {
		if (keeper.opened) return;
		keeper.open(by);
		begin(by);
		// Who was there before the run is there from its beginning.
		for (const listener of listeners) if (listener.attached) noteAttached(listener);
	};
	room.attach = listener => {
		if (!listeners.has(listener)) listeners.add(listener);
		listener.attached = true;
		listener.send({push: 'attached', state: keeper.state, samples: room.watch.last ? [room.watch.last] : [], points: [...room.watch.points], marks: latestMarks(keeper.events), readOnly: listener.readOnly, room: room.facts});
		noteAttached(listener);
		room.watch.run(room.actions.busy ? 'busy' : 'calm');
	};
	room.detach = listener => {
		if (!listeners.delete(listener)) return;
		if (keeper.opened && !inProcess && !over) keeper.record('console-detached', listener.by, {console: listener.by});
	};
	let edited = false;
	const noticeEdit = () => {
		const now = readText(followed.path);
		const differs = now !== null && hash(now) !== followed.sha256;
		if (differs === edited) return;
		edited = differs;
		const text = `${followed.path} was edited: this run keeps the version that it began with, the next run takes the new one.`;
		tell({push: 'activity', activity: {work: 'checklist', text, done: !edited}});
		// For consoles that come later.
		room.facts.warnings = [...room.facts.warnings.filter(each => each !== text), ...(edited ? [text] : [])];
	};
	const refreshing = setInterval(() => {
		if (keeper.opened) noticeEdit();
		void room.blocks.refresh().catch(() => {});
		void room.checks.refresh().catch(() => {});
	}, refreshMs);
	const beating = setInterval(() => tell({push: 'beat', at: new Date().toISOString()}), beatMs);
	room.end = async reason => {
		if (over) return;
		over = true;
		tell({push: 'ending', reason});
		clearInterval(refreshing);
		clearInterval(beating);
		room.blocks.close();
		if (keeper.opened && !inProcess) keeper.record('room-ended', 'holdpoint', {reason});
		await room.watch.stop();
		await notifier.idle();
		await target.close();
		closed = true;
		keeper.close();
		endWith(reason);
	};
	if (known && !inProcess) begin(settings.by);
	const named = settings.environment;
	// By which rules the run goes on is a person's word, and in the record like every other.
	if (known?.state === 'open' && named && named !== known.target.environment && !settings.readOnly) keeper.record('environment-named', settings.by, {environment: named});
	return room as Room;
}

type Mutable<T> = {-readonly [K in keyof T]: T[K]};

function readChecklist(file: string): PinnedChecklist {
	let markdown: string;
	try {
		markdown = readFileSync(file, 'utf8');
	} catch (error) {
		throw new Refusal(2, `The checklist ${file} can't be read: ${(error as NodeJS.ErrnoException).code}; correct \`checklist\` in holdpoint.yaml.`);
	}
	return {path: path.resolve(file), markdown, sha256: hash(markdown), parsed: requireItems(parseChecklist(markdown), file)};
}

/** Null where it can't be read just now, as between the two steps of an editor's save. */
function readText(file: string): string | null {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return null;
	}
}

/** A run follows the checklist that it was opened with, kept among its artifacts; the file may have changed since. */
function pinned(run: RunState, now: PinnedChecklist): PinnedChecklist {
	if (run.checklist.sha256 === now.sha256) return now;
	const kept = run.artifacts.find(artifact => artifact.sha256 === run.checklist.sha256);
	if (!kept) return now;
	const markdown = readFileSync(kept.path, 'utf8');
	return {path: run.checklist.path, markdown, sha256: run.checklist.sha256, parsed: parseChecklist(markdown)};
}

/** As far as holdpoint's own session can tell; a plan asks Alembic itself. */
async function readVersion(target: TargetLink): Promise<string[]> {
	return await queryVersionTable(await target.session(), {table: target.context?.versionTable, schema: target.context?.versionTableSchema}).catch(() => null) ?? [];
}

function draftOf({settings, target, checklist, from}: {settings: Settings; target: TargetLink; checklist: PinnedChecklist; from: string[]}): EventData<'run-opened'> {
	return {
		run: newRunId(target.target.database, new Date()),
		project: settings.project,
		target: target.target,
		from,
		to: [],
		checklist: {title: checklist.parsed.title, path: checklist.path, sha256: checklist.sha256},
		items: boundItems(checklist, settings),
		blocks: openBlocks(checklist.parsed),
		guard: settings.guard,
	};
}

/** The configuration may bind an item to a check of the user's own. @throws Refusal 2 when it names no item, or several */
function boundItems({parsed, path}: PinnedChecklist, settings: Settings): Item[] {
	const items: Item[] = parsed.items.map(({id, section, text, required, check, holds}) => ({id, section, text, state: 'open', required, holds, ...(check && {check})}));
	for (const {name, item: word} of settings.checks) {
		if (word === null) continue;
		const item = findItem(items, word);
		if (typeof item === 'string') throw new Refusal(2, `checks: ${name}: ${item}`);
		item.check = name;
	}
	const own = new Set(settings.checks.map(({name}) => name));
	const lost = items.find(({check}) => check !== undefined && !own.has(check) && !findCheck(check));
	if (lost) throw new Refusal(2, `The checklist ${path} binds ${lost.id} to the check ${lost.check}, which neither holdpoint nor \`checks\` in holdpoint.yaml has; correct its name.`);
	return items;
}
