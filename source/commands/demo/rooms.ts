/** Ends the rooms of the sandbox: what runs is cancelled, and its outcome read back, before they go. */
import {setTimeout as wait} from 'node:timers/promises';
import os from 'node:os';
import {removeOrphans} from '../../postgres/cluster-owner.ts';
import {readCommandLine, readLife, readProcessIdentity} from '../../postgres/process-identity.ts';
import {rehearsalPrefix} from '../../rehearsal/scratch.ts';
import {listRunIds, readRoomFile, runFolder} from '../../room/run-folder.ts';
import type {RoomStatus} from '../../room/commands/look.ts';
import type {Call} from '../command.ts';
import {findRooms, type FoundRoom} from '../find-room.ts';

const cancelMs = 15_000;
const stopMs = 5000;

export async function endRooms(call: Pick<Call, 'settings'>): Promise<void> {
	const rooms = await findRooms(call);
	await Promise.all(rooms.map(endRoom));
	// A rehearsal's server outlives a room that was killed.
	if (rooms.length > 0) await removeOrphans(os.tmpdir(), rehearsalPrefix);
}

async function endRoom({client, status}: FoundRoom): Promise<void> {
	const identity = readProcessIdentity(status.pid);
	const deadline = Date.now() + cancelMs;
	let running = status.running;
	if (running) await client.ask('cancel', {reason: 'the demo ends'}).catch(() => {});
	while (running && Date.now() < deadline) {
		await wait(100);
		running = (await client.ask<RoomStatus>('status').catch(() => null))?.running ?? null;
	}
	await Promise.race([client.ask('stop').catch(() => {}), client.gone]);
	await Promise.race([client.gone, wait(stopMs, undefined, {ref: false})]);
	client.close();
	for (const end = Date.now() + stopMs; identity !== null && readLife(identity) === 'alive' && Date.now() < end;) await wait(20);
	if (identity !== null && readLife(identity) === 'alive') process.kill(identity.pid, 'SIGKILL');
}

/** Without a promise, for the way out of the process: kills the rooms of a project that own a run; one without a run ends by itself soon. */
export function killRooms(project: string, stateDir: string): void {
	for (const run of listRunIds(stateDir)) {
		const pid = readRoomFile(runFolder(stateDir, run))?.pid;
		if (pid === undefined || !readCommandLine(pid).includes(`room serve --project ${project}`)) continue;
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// It has ended by itself.
		}
	}
}
