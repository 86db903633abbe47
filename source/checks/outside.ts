/** Runs a command that the user configured for a check, with its outcome as evidence. */
import {missesExpectation} from '../integrations/expectation.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import {commandEvidence, type Look} from './check.ts';

export interface Answered {
	name: string;
	ok: boolean;
	/** Why not, in a few words. */
	fault: string | null;
	seconds: number;
	output: string;
	evidence: Evidence;
}

/** Test suites take their time; a command that hangs must end all the same. */
const timeoutMs = 10 * 60_000;

/** Good is exit code 0 and, where given, the expected text or `/pattern/` in its output. */
export async function runConfigured(look: Look, {name, command, expect = null}: {name: string; command: string[]; expect?: string | null}): Promise<Answered> {
	const result = await look.run(command, {timeoutMs});
	const missed = expect === null ? null : missesExpectation(result.stdout, expect);
	const fault = result.exit === null ? 'did not end by itself' : result.exit !== 0 ? `ended with ${result.exit}` : missed;
	return {name, ok: fault === null, fault, seconds: result.seconds, output: result.stdout.trim(), evidence: commandEvidence(`${name}, ${result.seconds.toFixed(2)} s`, command, result)};
}
