/** A person at a real terminal: the program in a pseudo-terminal, its screen as an emulator shows it, keys as a keyboard sends them. */
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {program as checkout, type Site} from '../room/site.ts';

export interface OpenConsole {
	/** What is on the glass now. */
	screen(): Promise<string>;
	/** Waits until the text is on the screen, or the test passes; fails with the screen it saw last. */
	see(wanted: string | RegExp, timeoutMs?: number): Promise<string>;
	/** One key after the other, by name or as the character. */
	press(...keys: string[]): Promise<void>;
	/** A text, at once; resolves when it is seen: what comes after it would else come in one piece with it. */
	type(text: string): Promise<void>;
	resize(columns: number, rows: number): void;
	/** A signal to the program; SIGHUP is what the closing of a terminal's window sends. */
	signal(signal: NodeJS.Signals): void;
	/** Exit code of the program; the screen is then the shell's again. */
	readonly ended: Promise<number>;
}

const sequences: Record<string, string> = {Enter: '\r', Esc: '\u001B', Up: '\u001B[A', Down: '\u001B[B', Right: '\u001B[C', Left: '\u001B[D', Space: ' ', Tab: '\t', Backspace: '\u007F', 'Ctrl+C': '\u0003'};

export interface OpenOptions {
	columns?: number;
	rows?: number;
	/** Arguments of the command line; default: none, the control room. */
	args?: string[];
	environment?: Record<string, string | undefined>;
	/** argv of the program, where it is another than this checkout's. */
	program?: readonly string[];
}

/** Starts it in the site's project, as from a shell there; without CI in the environment, which would make it refuse to ask. */
export function openConsole(site: Pick<Site, 'project' | 'environment'>, {columns = 80, rows = 24, args = [], environment = {}, program = checkout}: OpenOptions = {}): OpenConsole {
	const glass = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
	const [runtime, ...rest] = program as readonly [string, ...string[]];
	const terminal = pty.spawn(runtime, [...rest, ...args], {
		name: environment['TERM'] ?? 'xterm-256color', cols: columns, rows, cwd: site.project.directory,
		env: definedOf({...site.environment, CI: undefined, LANG: 'C.UTF-8', LC_ALL: undefined, HOLDPOINT_BY: 'ana', ...environment}),
	});
	terminal.onData(data => glass.write(data));
	let over = false;
	const ended = new Promise<number>(resolve => {
		terminal.onExit(({exitCode}) => {
			over = true;
			resolve(exitCode);
		});
	});
	const screen = async () => {
		await new Promise<void>(resolve => {
			glass.write('', resolve);
		});
		return Array.from({length: glass.rows}, (_, row) => glass.buffer.active.getLine(row)?.translateToString(true) ?? '').join('\n');
	};
	const opened: OpenConsole = {
		screen, ended,
		async see(wanted, timeoutMs = 30_000) {
			for (const until = Date.now() + timeoutMs; ;) {
				const text = await screen();
				if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return text;
				if (Date.now() > until) throw new Error(`never saw ${String(wanted)} on:\n${text}`);
				await new Promise(resolve => setTimeout(resolve, 20));
			}
		},
		async press(...keys) {
			for (const key of keys) {
				terminal.write(sequences[key] ?? key);
				// A lone Esc may be the beginning of a sequence, which is waited for for 20 ms.
				await new Promise(resolve => setTimeout(resolve, key === 'Esc' ? 40 : 10));
			}
		},
		async type(text) {
			const times = async () => (await screen()).split(text).length;
			const before = await times();
			terminal.write(text);
			for (const until = Date.now() + 10_000; await times() === before;) {
				if (Date.now() > until) throw new Error(`typed ${text}, and saw\n${await screen()}`);
				await new Promise(resolve => setTimeout(resolve, 10));
			}
		},
		resize(newColumns, newRows) {
			glass.resize(newColumns, newRows);
			terminal.resize(newColumns, newRows);
		},
		signal(signal) {
			if (!over) process.kill(terminal.pid, signal);
		},
	};
	return opened;
}

function definedOf(environment: Record<string, string | undefined>): Record<string, string> {
	return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
