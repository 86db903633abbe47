/** Smoke tests: does the application still answer as it should. */
import type {Settings} from '../config/settings.ts';
import {runUserCommand} from './command.ts';
import {missesExpectation} from './expectation.ts';
import {request} from './http.ts';

export interface SmokeResult {
	name: string;
	ok: boolean;
	/** What was seen: status or exit, and what it should have been. */
	reason: string;
	/** How long the answer took. */
	seconds: number;
	/** argv, or null for a URL. */
	command: string[] | null;
	url: string | null;
	/** HTTP status, null without an answer or for a command. */
	status: number | null;
	exit: number | null;
	/** Answer or output, cut to what a person would read. */
	body: string;
}

const shownCharacters = 2000;

/** Runs all of them at the same time, in their order. Never throws; no answer is never ok. */
export async function runSmokeTests(tests: Settings['smoke'], {directory, environment, timeoutMs = 10_000}: {directory: string; environment?: Record<string, string | undefined>; timeoutMs?: number}): Promise<SmokeResult[]> {
	return Promise.all(tests.map(async test => test.url === null
		? runCommandTest(test, {directory, environment, timeoutMs})
		: askUrl({...test, url: test.url}, timeoutMs)));
}

async function runCommandTest(test: Settings['smoke'][number], options: {directory: string; environment?: Record<string, string | undefined>; timeoutMs: number}): Promise<SmokeResult> {
	const result = await runUserCommand({command: test.command ?? [], expect: test.expect, ...options});
	const body = [result.stdout, result.stderr].filter(Boolean).join('\n').slice(-shownCharacters);
	return {name: test.name, ok: result.ok, reason: result.reason, seconds: result.seconds, command: test.command, url: null, status: null, exit: result.exit, body};
}

/** Without an expectation any 2xx is right; three digits are the status to expect, all else is looked for in the body of a 2xx. */
async function askUrl({name, url, expect}: {name: string; url: string; expect: string | null}, timeoutMs: number): Promise<SmokeResult> {
	const {status, body, seconds, error} = await request(url, {timeoutMs});
	const result = {name, seconds, command: null, url, status, exit: null, body: body.slice(0, shownCharacters)};
	if (status === null) return {...result, ok: false, reason: error!};
	const expectedStatus = expect !== null && /^\d{3}$/.test(expect) ? Number(expect) : null;
	const right = expectedStatus === null ? status >= 200 && status < 300 : status === expectedStatus;
	if (!right) return {...result, ok: false, reason: `status ${status} instead of ${expectedStatus ?? '2xx'}`};
	const missed = expect !== null && expectedStatus === null ? missesExpectation(body, expect) : null;
	return {...result, ok: missed === null, reason: missed === null ? `status ${status}` : `status ${status}, but in the answer ${missed}`};
}
