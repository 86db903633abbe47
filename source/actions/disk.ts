/** Watches how much room is left where the server keeps its data, while a limit asks for it. */
import {runUserCommand} from '../integrations/command.ts';
import {readFreeDisk, type FreeDisk} from '../postgres/free-disk.ts';
import type {ActionContext} from './context.ts';

const intervalMs = 5000;

export interface DiskWatch {
	/** Null: unknown; undefined: nobody asked for it yet, or its first answer has not come. */
	freeBytes(): number | null | undefined;
	stop(): void;
}

export function watchDisk(context: ActionContext): DiskWatch {
	let free: number | null | undefined;
	let stopped = false;
	let timer: NodeJS.Timeout | undefined;
	const look = async (): Promise<void> => {
		if (context.state().guard.minFreeDiskBytes !== null) free = await queryFreeDisk(context).then(({bytes}) => bytes, () => null);
		if (!stopped) timer = setTimeout(() => void look(), intervalMs);
	};
	void look();
	return {
		freeBytes: () => free,
		stop() {
			stopped = true;
			clearTimeout(timer);
		},
	};
}

/** By `guard.free_disk`, the user's own command that prints the bytes; else by a look at this machine, if the server is here. */
export async function queryFreeDisk(context: Pick<ActionContext, 'settings' | 'session'>): Promise<FreeDisk> {
	const {freeDisk: command, project} = context.settings;
	if (command === null) return readFreeDisk(await context.session());
	const {ok, stdout, reason} = await runUserCommand({command, directory: project, timeoutMs: 10_000});
	const bytes = /^\d+$/.test(stdout) ? Number(stdout) : null;
	return {bytes: ok ? bytes : null, where: !ok ? `guard.free_disk ${reason}` : bytes === null ? 'guard.free_disk prints something else than a number of bytes' : 'by guard.free_disk'};
}
