/** `holdpoint demo`: a sandbox of its own, then the control room on it; without a terminal, or with --script, the whole main job as a script. */
import path from 'node:path';
import {killRooms, stateFolderOf} from '../../demo/rooms.ts';
import {cleanSandboxes, openSandbox, type Sandbox} from '../../demo/sandbox.ts';
import {loadSettings} from '../config/load.ts';
import {numberFlag, textFlag, type Call, type Command} from './command.ts';
import {openControlRoom, refuseWithoutTerminal} from './control-room.ts';
import {endInterrupted, interruptible} from './demo/interruptible.ts';
import {endRooms} from './demo/rooms.ts';
import {runScript} from './demo/script.ts';

export const command: Command = {
	usage: 'demo [--script] [--dir DIR] [--keep] [--clean]',
	says: 'A sandbox of its own (a shop with a primary, a standby, live traffic and four pending migrations), then the control room on it; without a terminal, or with --script, plays and checks the whole main job.',
	options: `--script     plays the main job, also on a terminal; with --json one line a step
--dir DIR    where the sandbox's folder is made; default: the temporary folder
--keep       leaves the sandbox and its servers; \`holdpoint demo --clean\` removes them
--clean      removes sandboxes that were kept, or that a killed demo left, and does nothing else
--rows N     orders in the large table; default 1200000`,
	flags: {script: {type: 'boolean'}, dir: {type: 'string'}, keep: {type: 'boolean'}, clean: {type: 'boolean'}, rows: {type: 'number'}},
	needs: 'nothing',
	async run(call) {
		if (call.flags['clean'] === true) return clean(call);
		const interactive = Boolean(call.stdin.isTTY && process.stdout.isTTY && !call.environment['CI']) && call.flags['script'] !== true && !call.output.json;
		if (interactive) refuseWithoutTerminal({settings: {interactive}, environment: call.environment});
		const {output, directory} = call;
		const rows = numberFlag(call, 'rows', {least: 1000, whole: true});
		const dir = textFlag(call, 'dir');
		const keep = call.flags['keep'] === true;
		const sandbox = await openSandbox({
			keep, onProgress: line => output.talk(line),
			...(rows !== undefined && {rows}), ...(dir !== undefined && {directory: path.resolve(directory, dir)}),
		});
		return play(call, {sandbox, interactive, keep});
	},
};

async function clean({output, flags, directory}: Call): Promise<number> {
	const dir = typeof flags['dir'] === 'string' ? {directory: path.resolve(directory, flags['dir'])} : {};
	const removed = await cleanSandboxes(dir);
	if (output.json) output.document({removed});
	output.text(removed.length === 0 ? 'There is no sandbox to remove.' : removed.map(folder => `removed ${folder}`).join('\n'));
	return 0;
}

/** Whatever happens, the room ends before the sandbox does. */
async function play(call: Call, {sandbox, interactive, keep}: {sandbox: Sandbox; interactive: boolean; keep: boolean}): Promise<number> {
	const environment = environmentOf(call.environment);
	const stateDir = stateFolderOf(sandbox.directory);
	const settings = await loadSettings({flags: {project: sandbox.project, stateDir}, environment, directory: sandbox.project, interactive});
	const inside = {...call, settings, environment, directory: sandbox.project};
	const interruption = interruptible({last: () => killRooms(sandbox.directory)});
	const end = async () => {
		await endRooms(inside);
		await sandbox.close();
	};
	if (interactive) void interruption.came.then(signal => endInterrupted(signal, end));
	try {
		const exit = interactive ? await showControlRoom(inside, sandbox) : await runScript(inside, {sandbox, stateDir, signal: interruption.signal});
		await end();
		if (keep) call.output.talk(`The sandbox stays, with its servers: holdpoint --project ${sandbox.project} --state-dir ${stateDir}; holdpoint demo --clean removes it.`);
		return exit;
	} catch (error) {
		await end();
		if (interruption.signal.aborted) return interruption.exit();
		throw error;
	} finally {
		interruption.done();
	}
}

async function showControlRoom(call: Call, sandbox: Sandbox): Promise<number> {
	call.output.talk(`
  A shop in production: four migrations are pending, and the last one is dangerous.
  Its Alembic project is yours to edit: ${sandbox.project}

  What to try, with the keyboard alone:
    s   the SQL review: it finds what the last migration would do
    u   upgrade: choose 0ae4917cd3b6, the last safe revision, and see what is missing
    b   a backup, then r  a rehearsal on a restored copy, then Enter on an item runs its check
    t   attest what only a person can know, a  approve, and u  again
    d   and back again; ?  all keys; q  leaves, and everything of this sandbox goes away
`);
	return openControlRoom(call, {hello: 'Try s, the SQL review, then b, r and u; ? shows every key, q leaves and removes the sandbox.', farewell: false});
}

/** The sandbox is the target, whatever the user's own shell points to. */
function environmentOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(PG[A-Z]+|HOLDPOINT_(?!(DEBUG|BY)$).*|DATABASE_URL|ALEMBIC_.*)$/.test(name)));
}
