/** A real project on a database of its own, with a state folder, and rooms on it: where the room's tests take place. */
import {existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {inject} from 'vitest';
import {loadSettings, type Flags} from '../../source/config/load.ts';
import type {Settings} from '../../source/config/settings.ts';
import type {JournalEvent} from '../../source/journal/events.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';
import type {Cluster} from '../../source/postgres/cluster.ts';
import {connectRoom} from '../../source/room/client.ts';
import {enterRoom, type Entered} from '../../source/room/enter.ts';
import {listRunIds, readRoomFile, readRun} from '../../source/room/run-folder.ts';
import {alembicProject, freshDatabase, pythonPath, type AlembicProject, type FreshDatabase} from '../servers.ts';

export interface Site {
	database: FreshDatabase;
	project: AlembicProject;
	stateDir: string;
	environment: NodeJS.ProcessEnv;
	settings(changes?: Partial<Settings>, flags?: Partial<Flags>): Promise<Settings>;
	/** A room in this process, or the one that is at work; left by `close` at the latest. */
	enter(changes?: Partial<Settings>, options?: {mode?: 'in-process' | 'detached'; acts?: boolean; flags?: Partial<Flags>}): Promise<Entered>;
	/** The newest run's folder, state and events, as on disk. */
	run(): ReturnType<typeof readRun>;
	events<K extends JournalEvent['kind']>(kind: K): Extract<JournalEvent, {kind: K}>[];
	/** Leaves every room, ends those that were detached, and removes all. */
	close(): Promise<void>;
}

export interface SiteOptions {
	revisions?: Record<string, string>;
	envPy?: string;
	/** The text of models.py, which env.py then imports. */
	models?: string;
	/** Markdown; default: one item before upgrade and downgrade. */
	checklist?: string;
	/** Further lines of holdpoint.yaml. */
	yaml?: string[];
	/** SQL that the database begins with. */
	sql?: string;
	url?: (database: FreshDatabase) => string;
	/** Where the database is made; default: the worker's primary. */
	server?: Cluster;
	/** How the database's name begins. */
	prefix?: string;
}

/** The entry as the tests start it: the runtime, its options, the file. */
export const program = [process.execPath, '--import', import.meta.resolve('tsx'), path.resolve(import.meta.dirname, '../../cli.tsx')];

export const smallChecklist = `# Small

## Before

<!-- hold: upgrade, downgrade -->

- [ ] Somebody has looked
- [ ] Revisions are in order <!-- check: code.revisions --> <!-- optional -->
`;

export async function openSite({revisions, envPy, models, checklist = smallChecklist, yaml = [], sql, url = database => database.url, server, prefix}: SiteOptions = {}): Promise<Site> {
	const database = await freshDatabase({...(server && {server}), ...(prefix && {prefix})});
	if (sql) await (await database.client()).query(sql);
	const project = await alembicProject({url: url(database), ...(revisions && {revisions}), ...(envPy !== undefined && {envPy}), ...(models !== undefined && {models})});
	const stateDir = mkdtempSync(path.join(inject('testRun').folder, 'state-'));
	writeFileSync(path.join(project.directory, 'checklist.md'), checklist);
	writeFileSync(path.join(project.directory, 'holdpoint.yaml'), [`alembic: {python: ${pythonPath}}`, 'checklist: checklist.md', `state_dir: ${stateDir}`, ...yaml, ''].join('\n'));
	const {CI: _, ...rest} = process.env;
	const environment = {...rest, TSX_TSCONFIG_PATH: path.resolve(import.meta.dirname, '../../tsconfig.json')};
	const entered: Entered[] = [];
	const settings: Site['settings'] = async (changes = {}, flags = {}) => ({
		...await loadSettings({flags: {project: project.directory, environment: 'development', ...flags}, environment: {...environment, HOLDPOINT_BY: 'ana'}, directory: project.directory, interactive: false}),
		...changes,
	});
	const run = () => readRun(stateDir, listRunIds(stateDir).at(-1) ?? 'none');
	return {
		database, project, stateDir, environment, settings, run,
		async enter(changes, {mode = 'in-process', acts, flags} = {}) {
			const room = await enterRoom({settings: await settings(changes, flags), environment, mode, program, ...(acts && {acts})});
			entered.push(room);
			return room;
		},
		events: kind => run().events.filter(event => event.kind === kind) as never,
		async close() {
			for (const each of entered) {
				each.client.close();
				await each.leave();
			}
			for (const id of listRunIds(stateDir)) {
				const file = readRoomFile(readRun(stateDir, id).folder);
				const client = file && file.pid !== process.pid ? await connectRoom(file.socket, {by: 'test'}) : null;
				if (!client) continue;
				process.kill(file!.pid, 'SIGTERM');
				await client.gone;
			}
			// A room of no run yet has only its socket.
			const sockets = path.join(stateDir, 's');
			for (const name of existsSync(sockets) ? readdirSync(sockets) : []) {
				const client = name.endsWith('.sock') ? await connectRoom(path.join(sockets, name), {by: 'test'}) : null;
				if (!client) continue;
				process.kill((await client.ask<{pid: number}>('status')).pid, 'SIGTERM');
				await client.gone;
			}
			await project.remove();
			await database.drop();
			rmSync(stateDir, {recursive: true, force: true});
		},
	};
}

export {revisionFile} from '../servers.ts';

/** A statement that runs until `openGate`: what happens meanwhile can take as long as it takes. */
export const gate = "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_description WHERE description = 'open') LOOP PERFORM pg_sleep(0.05); END LOOP; END $$";

export async function openGate({database}: Site): Promise<void> {
	await (await database.client()).query("COMMENT ON SCHEMA public IS 'open'");
}

/** Waits until the room's state fits; asks again at each event. */
export async function until(entered: Entered, fits: (state: RunState) => boolean): Promise<RunState> {
	const deadline = Date.now() + 20_000;
	for (;;) {
		const {state} = await entered.client.ask<{state: RunState}>('state');
		if (fits(state)) return state;
		if (Date.now() > deadline) throw new Error(`the room never came to it; it is at ${JSON.stringify({running: state.running, actions: state.actions.map(each => each.reason)})}`);
		await new Promise(resolve => setTimeout(resolve, 25));
	}
}
