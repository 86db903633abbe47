/** What a binding may do: change the look, ask the room, copy, leave. */
import {Refusal} from '../journal/refusal.ts';
import type {RoomClient} from '../room/protocol.ts';
import type {Command} from './dialogs/dialog.ts';
import {keymap} from './keymap.ts';
import type {Action} from './reduce.ts';
import type {Player} from './replay/player.ts';
import type {ConsoleState} from './state.ts';
import type {Store} from './store.ts';

export interface Doing {
	/** Of a replay. */
	readonly player: Player | null;
	state(): ConsoleState;
	dispatch(action: Action): void;
	/** Sends a command with the last event seen; its refusal is shown. */
	ask(command: Command): void;
	/** Sends a command and hands on what the room answered; nothing when it refused, which is shown. */
	query<T>(command: Omit<Command, 'done'>, then: (answer: T) => void): void;
	/** Runs another binding, or says why not. */
	start(id: string): void;
	say(text: string, level?: 'info' | 'warning' | 'error'): void;
	copy(text: string): void;
	repaint(): void;
	leave(): void;
}

export interface DoingOptions {
	store: Store;
	client: RoomClient;
	player?: Player | null;
	/** Signs a plan's digest, where approvals are signed. @throws Refusal when no key can without asking */
	sign?: ((digest: string) => Promise<string>) | null;
	/** Writes to the terminal beside Ink, for what moves no cursor. */
	write(text: string): void;
	repaint(): void;
	leave(): void;
}

/** The one place where a console acts. */
export function createDoing({store, client, player = null, sign = null, write, repaint, leave}: DoingOptions): Doing {
	const say: Doing['say'] = (text, level = 'info') => store.dispatch({type: 'message', message: {text, level}});
	const send = async <T>(command: string, params: Record<string, unknown>): Promise<T | undefined> => {
		const seen = store.state().run?.seq;
		try {
			const given = command === 'approve' && sign ? {digest: params['digest'], signature: await sign(String(params['digest']))} : params;
			return (await client.ask<T>(command, given, seen === undefined ? {} : {seen})) ?? (null as T);
		} catch (error) {
			say(error instanceof Refusal || error instanceof Error ? error.message : String(error), 'error');
			return undefined;
		}
	};

	const doing: Doing = {
		player,
		state: store.state,
		dispatch: store.dispatch,
		say,
		ask({command, params, done}) {
			say(`sent: ${command}`);
			void send(command, params).then(answer => answer !== undefined && say(reasonOf(answer) ?? done));
		},
		query({command, params}, then) {
			say(`asking: ${command} …`);
			void send<never>(command, params).then(answer => {
				if (answer === undefined) return;
				// An answer that comes late must not lay its dialog under keys that are meant for another one.
				if (store.state().dialog && command === 'plan') return say('the plan is ready, but a dialog is open: press its key again');
				store.dispatch({type: 'message', message: null});
				then(answer);
			});
		},
		start(id) {
			const binding = keymap.find(candidate => candidate.id === id);
			if (!binding) return;
			const reason = binding.refuse?.(store.state());
			if (reason) say(reason, 'warning');
			else binding.run(doing);
		},
		copy(text) {
			// OSC 52: the terminal's own clipboard, also over SSH; it moves no cursor, so Ink's frame stays whole.
			write(`\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`);
			say(`copied ${text.length} characters, if this terminal allows it (OSC 52)`);
		},
		repaint,
		leave,
	};
	return doing;
}

/** Answers of several commands bring their own sentence. */
function reasonOf(answer: unknown): string | undefined {
	const {reason, nothing} = (answer ?? {}) as {reason?: unknown; nothing?: unknown};
	return typeof reason === 'string' ? reason : typeof nothing === 'string' ? nothing : undefined;
}
