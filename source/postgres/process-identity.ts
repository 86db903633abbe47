/** Which process it is, across reused pids, reboots, machines and containers. */
import {execFileSync} from 'node:child_process';
import {readFileSync, readlinkSync} from 'node:fs';
import os from 'node:os';

/** One process of one boot; a reused pid has another start time. */
export interface ProcessIdentity {
	pid: number;
	/** As the system words it; only compared. */
	startedAt: string;
	boot: string;
	host: string;
	/** The pid namespace: a pid seen from another container means nothing. */
	namespace: string;
}

/** The identity of a running process, by default of this one; null when there is no such process. */
export function readProcessIdentity(pid: number = process.pid): ProcessIdentity | null {
	const startedAt = readStartTime(pid);
	return startedAt === null ? null : {pid, startedAt, boot: readBoot(), host: os.hostname(), namespace: readNamespace()};
}

/** Says `unknown` for a process of another machine or container: that is not ours to judge. */
export function readLife(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
	if (identity.host !== os.hostname()) {
		return 'unknown';
	}
	if (identity.boot !== readBoot()) {
		return 'dead';
	}
	if (identity.namespace !== readNamespace()) {
		return 'unknown';
	}
	return readStartTime(identity.pid) === identity.startedAt ? 'alive' : 'dead';
}

/** Null when there is no such process or it is only waiting to be reaped. */
function readStartTime(pid: number): string | null {
	if (process.platform === 'linux') {
		try {
			// The name in brackets may hold spaces and brackets, so count from the last one: state is field 3, start time field 22.
			const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)\s/s, '').split(' ');
			return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19]!;
		} catch {
			return null;
		}
	}
	const line = runPs(['-o', 'stat=,lstart=', '-p', String(pid)]);
	return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
}

/** Its arguments, separated by spaces; empty when there is no such process. */
export function readCommandLine(pid: number): string {
	if (process.platform === 'linux') {
		try {
			return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
		} catch {
			return '';
		}
	}
	return runPs(['-ww', '-o', 'command=', '-p', String(pid)]);
}

function readBoot(): string {
	if (process.platform === 'linux') {
		return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
	}
	return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.boottime'], {encoding: 'utf8'}).trim();
}

function readNamespace(): string {
	try {
		return readlinkSync('/proc/self/ns/pid');
	} catch {
		return '';
	}
}

function runPs(args: string[]): string {
	try {
		return execFileSync('/bin/ps', args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim();
	} catch {
		return '';
	}
}
