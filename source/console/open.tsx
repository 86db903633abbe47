/** Opens the console: full screen, attached to a room, until the person leaves. */
import {render, useStdout} from 'ink';
import {useEffect} from 'react';
import type {Settings} from '../config/settings.ts';
import type {RoomClient} from '../room/protocol.ts';
import {App} from './app.tsx';
import {createDoing, type DoingOptions} from './doing.ts';
import {startFeed} from './feed.ts';
import {startPlayer} from './replay/player.ts';
import {speeds} from './replay/state.ts';
import {tapeClient} from './replay/client.ts';
import {spanOf, type Tape} from './replay/tape.ts';
import {comeBack, initialState, type ConsoleState, type ViewId} from './state.ts';
import {createStore, type Store} from './store.ts';
import {asciiGlyphs, unicodeGlyphs} from './theme.ts';
import {StoreContext} from './use-store.ts';

export interface ConsoleOptions {
	client: RoomClient;
	/** Signs a plan's digest; absent: approvals are claimed. */
	sign?: DoingOptions['sign'];
	settings: Pick<Settings, 'readOnly' | 'color' | 'by'>;
	stdout?: NodeJS.WriteStream;
	stdin?: NodeJS.ReadStream;
	/** Said in the message line at first. */
	hello?: string;
	/** Seen first; default the checklist. */
	view?: ViewId;
	/** The terminal's locale can't show more than ASCII. */
	ascii?: boolean;
}

export interface ConsoleEnd {
	reason: 'detached' | 'gone';
	/** The words to print once the screen is the shell's again. */
	summary: string;
}

/** Resolves when the console was left; the caller prints the summary. The room and its run are not touched. */
export async function openConsole({client, settings, sign, stdout = process.stdout, stdin = process.stdin, hello, view = 'checklist', ascii = false}: ConsoleOptions): Promise<ConsoleEnd> {
	const store = createStore(initialState({
		readOnly: settings.readOnly, by: settings.by, now: Date.now(), message: hello ? {text: hello, level: 'info'} : null,
		view, ...(view === 'live' && {focus: 'live' as const}), ...glassOf({stdout, ascii, color: settings.color}),
	}));
	try {
		await show({store, client, sign, stdout, stdin, start: () => startFeed({client, store, readOnly: settings.readOnly, by: settings.by})});
	} finally {
		client.close();
	}

	return ended(store);
}

export interface ReplayOptions extends Pick<ConsoleOptions, 'stdout' | 'stdin' | 'hello' | 'ascii'> {
	tape: Tape;
	color: boolean;
	/** Where it begins, in milliseconds since 1970; default: at the beginning. */
	from?: number;
	speed?: number;
}

/** The same screen on a recorded run; resolves when it was left. Nothing is written, and nobody is asked. */
export async function openReplay({tape, color, from, speed = 1, stdout = process.stdout, stdin = process.stdin, hello, ascii = false}: ReplayOptions): Promise<void> {
	const span = spanOf(tape);
	const at = Math.max(span.from, Math.min(span.to, from ?? span.from));
	const store = createStore(initialState({
		attached: true, now: at, contacts: tape.contacts, message: hello ? {text: hello, level: 'warning'} : null, ...glassOf({stdout, ascii, color}),
		replay: {...span, at, playing: true, speed: Math.max(speeds[0], Math.min(speeds.at(-1)!, speed)), gap: null},
	}));
	const player = await startPlayer({store, tape});
	await show({store, client: tapeClient({store, tape}), player, stdout, stdin, start: () => player.stop});
}

/** How the terminal is, as the state has it. */
function glassOf({stdout, ascii, color}: {stdout: NodeJS.WriteStream; ascii: boolean; color: boolean}): Pick<ConsoleState, 'rows' | 'columns' | 'glyphs' | 'color'> {
	return {rows: stdout.rows || 24, columns: stdout.columns || 80, glyphs: ascii ? asciiGlyphs : unicodeGlyphs, color};
}

interface Screen extends Pick<DoingOptions, 'store' | 'client' | 'sign' | 'player'> {
	stdout: NodeJS.WriteStream;
	stdin: NodeJS.ReadStream;
	/** Begins to feed the store; returns the function that ends that. */
	start(): () => void;
}

/** Draws the store on the full screen until the person leaves. */
async function show({store, stdout, stdin, start, ...given}: Screen): Promise<void> {
	const repaint = {now: () => {}};
	const doing = createDoing({...given, store, write: text => void stdout.write(text), repaint: () => repaint.now(), leave: () => instance.unmount()});
	const resize = () => store.dispatch({type: 'resize', rows: stdout.rows || 24, columns: stdout.columns || 80});
	stdout.on('resize', resize);
	// Ink draws from where the cursor is: a key that was typed meanwhile and echoed would push the first line over the edge.
	stdout.write('\r');
	const instance = render(
		<StoreContext value={store}>
			<App doing={doing} />
			<Repainter given={repaint} />
		</StoreContext>,
		// Whoever opens a console has asked already whether there is a person; Ink would ask again, and take CI in the environment for a no.
		{stdout, stdin, interactive: true, alternateScreen: true, incrementalRendering: true, maxFps: 30, exitOnCtrlC: false, patchConsole: true},
	);
	const stop = start();
	try {
		await instance.waitUntilExit();
	} finally {
		stop();
		stdout.off('resize', resize);
	}
}

/** Ink redraws everything after something else has written to the screen, so a clearing is written. */
function Repainter({given}: {given: {now: () => void}}) {
	const {write} = useStdout();
	useEffect(() => {
		given.now = () => write('\u001B[2J\u001B[H');
	}, [given, write]);
	return null;
}

function ended(store: Store): ConsoleEnd {
	const {gone, ended: hasEnded, run, room} = store.state();
	const again = comeBack(run);
	if (hasEnded) return {reason: 'detached', summary: `The room has ended: ${gone}. ${run && run.seq > 0 ? `Run ${run.run} is ${run.state}` : 'No run was opened'}: ${again}`};
	if (gone !== null) return {reason: 'gone', summary: `The room is gone: ${gone}. ${again} takes the run up again from its journal.`};
	if (room?.inProcess) return {reason: 'detached', summary: `Left; the room was in this terminal and ends with it. ${again} takes the run up again.`};
	if (run?.running) return {reason: 'detached', summary: `Detached; the ${run.running.action} goes on: ${again}`};
	return {reason: 'detached', summary: run && run.seq > 0 ? `Detached; run ${run.run} stays open: ${again}` : 'Left; nothing was opened or changed.'};
}
