/** Proves a run's record: the chain, the artifacts, the approvals; against a head that was kept elsewhere, also its end. */
import {createHash} from 'node:crypto';
import {createReadStream, existsSync, statSync} from 'node:fs';
import path from 'node:path';
import type {EventOf} from './events.ts';
import type {ReadJournal} from './file.ts';
import {doubtSignature, doubtUnnamedSignature} from './signatures.ts';
import type {RunState} from './shapes/run.ts';

export interface Verification {
	ok: boolean;
	events: number;
	head: string;
	problems: string[];
}

/**
 * Looks through a run that was read.
 * `head` is a hash noted earlier, out of reach of whoever could rewrite the file: without one, a cut-off tail or a
 * wholly rewritten chain can't be told from a shorter or another run.
 * `allowedSigners`: the file that says whose signatures count; without it a signature is only proven to be over its digest.
 */
export async function verifyRun(journal: ReadJournal, {folder, head, allowedSigners = null}: {folder: string; head?: string; allowedSigners?: string | null}): Promise<Verification> {
	const problems: string[] = [];
	if (journal.damage) problems.push(`journal: ${journal.damage}; the ${journal.events.length} events before it are intact`);
	if (journal.torn) problems.push('journal: the last line is torn and does not count');
	if (head !== undefined) {
		const known = journal.hashes.findIndex(hash => hash.startsWith(head.toLowerCase()));
		if (known < 0) problems.push(`journal: no event has the head ${head}: the record was cut off or rewritten`);
	}
	if (journal.state) {
		problems.push(...await verifyArtifacts(journal.state, folder));
		problems.push(...verifyDecisions(journal), ...await verifySignatures(journal, allowedSigners));
	}
	return {ok: problems.length === 0, events: journal.events.length, head: journal.head, problems};
}

async function verifyArtifacts(state: RunState, folder: string): Promise<string[]> {
	const problems: string[] = [];
	const latest = new Map(state.artifacts.map(artifact => [artifact.path, artifact]));
	for (const {path: file, sha256, what} of latest.values()) {
		const place = relocated(file, folder);
		if (!existsSync(place)) problems.push(`artifact: ${what} is not there any more: ${place}`);
		else if (statSync(place).isFile() && await hashFile(place) !== sha256) problems.push(`artifact: ${what} is not what was kept: ${place}`);
	}
	return problems;
}

/** A run's folder may have been copied to another machine: paths inside it are looked for there. */
export function relocated(file: string, folder: string): string {
	const marker = `${path.sep}${path.basename(folder)}${path.sep}`;
	const at = file.lastIndexOf(marker);
	return at < 0 ? file : path.join(folder, file.slice(at + marker.length));
}

/** An upgrade that ran under another digest than any plan had, or an approval of a plan that was never made. */
function verifyDecisions(journal: ReadJournal): string[] {
	const problems: string[] = [];
	const digests = new Set<string>();
	for (const event of journal.events) {
		if (event.kind === 'plan-made') digests.add(event.plan.digest);
		if (event.kind === 'plan-approved' && !digests.has(event.digest)) problems.push(`approval: event ${event.seq} approves the digest ${event.digest.slice(0, 16)}, which no plan before it has`);
		if (event.kind === 'action-started' && event.digest !== undefined && !digests.has(event.digest)) problems.push(`action: event ${event.seq} runs the digest ${event.digest.slice(0, 16)}, which no plan before it has`);
	}
	return problems;
}

/** An approval that says it is signed, and whose signature does not hold. */
async function verifySignatures(journal: ReadJournal, allowedSigners: string | null): Promise<string[]> {
	const signed = journal.events.filter(event => event.kind === 'plan-approved' && event.signed) as EventOf<'plan-approved'>[];
	const doubts = await Promise.all(signed.map(async ({seq, approver, digest, signature, at}) => {
		const doubt = signature === undefined ? 'its signature is missing'
			: allowedSigners === null ? await doubtUnnamedSignature({digest, signature}) : await doubtSignature({digest, signature, allowedSigners, signer: approver, at});
		return doubt === null ? [] : [`approval: event ${seq}, signed by ${approver}, is not proven: ${doubt}`];
	}));
	return doubts.flat();
}

/** sha256 of a file's content, in hexadecimal. */
export async function hashFile(file: string): Promise<string> {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
	return hash.digest('hex');
}
