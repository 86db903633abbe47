/** Time and memory of a process with everything that it started, from /proc. */
import {readdirSync, readFileSync} from 'node:fs';

export interface TreeReading {
	/** Processor seconds, user and system, of all that live, and of children that have ended and were waited for. */
	cpuSeconds: number;
	/** Resident memory in MiB, the sum over the tree: pages that are shared count more than once. */
	residentMiB: number;
}

/** USER_HZ, which Linux fixes at 100 for /proc. */
const ticksPerSecond = 100;

/** Reads the trees below these processes, themselves included; one that is gone counts nothing. */
export function readTrees(roots: readonly number[]): TreeReading {
	const processes = new Map<number, {parent: number; ticks: number}>();
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		try {
			// Behind the program's name, which may hold spaces: state, parent, … the times are the 12th to the 15th.
			const fields = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
			processes.set(Number(name), {parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0)});
		} catch {
			// It has ended in the meantime.
		}
	}
	const inTree = (pid: number): boolean => roots.includes(pid) || (processes.has(pid) && pid > 1 && inTree(processes.get(pid)!.parent));
	let [ticks, kibibytes] = [0, 0];
	for (const [pid, each] of processes) {
		if (!inTree(pid)) continue;
		ticks += each.ticks;
		kibibytes += residentKibibytes(pid);
	}
	return {cpuSeconds: ticks / ticksPerSecond, residentMiB: kibibytes / 1024};
}

function residentKibibytes(pid: number): number {
	try {
		return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
}
