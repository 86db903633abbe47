/** Opens the control room on this terminal, and says afterwards how to come back. */
import v8 from 'node:v8';
import {Refusal} from '../journal/refusal.ts';
import {signDigest} from '../journal/signatures.ts';
import type {Call} from './command.ts';
import {enter} from './with-room.ts';

export interface ControlRoomOptions {
	/** Default: a room that outlives this terminal. */
	mode?: 'in-process' | 'detached';
	/** Said in the message line at first. */
	hello?: string;
	/** Seen first; default the checklist. */
	view?: 'checklist' | 'live';
	/** Afterwards, says how to come back; default yes. */
	farewell?: boolean;
}

/** @throws Refusal 2 without a terminal that can show it */
export async function openControlRoom(call: Call, {mode = 'detached', hello, view, farewell = true}: ControlRoomOptions = {}): Promise<number> {
	const {settings, environment} = call;
	refuseWithoutTerminal(call);
	// Loaded while the room, which may have to be started, is waited for.
	const loading = import('../console/open.tsx');
	const entered = await enter(call, {mode});
	try {
		const {openConsole} = await loading;
		boundGarbage();
		const {reason, summary} = await openConsole({client: entered.client, settings, sign: signerOf(call), ascii: isAscii(environment), ...(hello !== undefined && {hello}), ...(view && {view})});
		if (farewell) call.output.talk(summary);
		return reason === 'gone' ? 5 : 0;
	} finally {
		await entered.leave();
	}
}

/** By then the first frames are drawn, and the young generation is as large as drawing needs. */
const settledMs = 3000;

/**
 * A console stays open for days, and V8, left alone, lets the garbage of its frames grow to more than 300 MiB before it
 * looks for it. From here on the young generation grows no further, and the old one by half: no more processor time, measured.
 */
function boundGarbage(): void {
	setTimeout(() => {
		v8.setFlagsFromString('--semi-space-growth-factor=1');
		v8.setFlagsFromString('--heap-growing-percent=50');
	}, settledMs).unref();
}

/** The agent is the one of whoever sits here; nothing may ask for a passphrase over the screen. */
function signerOf({settings, environment}: Call): ((digest: string) => Promise<string>) | null {
	const {allowedSigners} = settings.approvals;
	return allowedSigners === null ? null : async digest => signDigest({digest, allowedSigners, mayAsk: false, environment});
}

/** @throws Refusal 2 */
export function refuseWithoutTerminal({settings, environment}: {settings: Pick<Call['settings'], 'interactive'>; environment: Call['environment']}): void {
	if (!settings.interactive) {
		const why = environment['CI'] ? 'CI is set' : 'this is no terminal';
		throw new Refusal(2, `The control room needs a terminal, and ${why}; without one use items, check, plan, review, backup, rehearse, upgrade, downgrade, show, report: \`holdpoint --help\`.`);
	}
	if (environment['TERM'] === 'dumb') throw new Refusal(2, 'The control room can\'t draw on this terminal (TERM=dumb); set TERM to what it is, such as xterm-256color, or use the commands of `holdpoint --help`.');
}

/** A locale that says nothing of UTF-8 can't show box characters; the order is that of POSIX. */
export function isAscii(environment: NodeJS.ProcessEnv): boolean {
	const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
	return !/utf-?8/i.test(locale);
}
