/** Tells people outside of what happens: a command gets it on its standard input, a webhook as its body. */
import {setTimeout as wait} from 'node:timers/promises';
import {runUserCommand} from './command.ts';
import {request} from './http.ts';

export interface NotificationTarget {
	name: string;
	command: string[] | null;
	/** The URL itself, already fetched when it was a secret; null for a command. */
	webhook: string | null;
}

/** What is told; `text` is what chat services show (Slack, Mattermost, Teams read that name). */
export interface Notification {
	text: string;
	/** The journal's kind of event. */
	moment: string;
	run: string;
	/** ISO 8601, UTC. */
	at: string;
	[more: string]: unknown;
}

interface Options {
	directory: string;
	environment?: Record<string, string | undefined>;
	timeoutMs?: number;
	/** Between the first try and the second. */
	pauseMs?: number;
}

export interface Delivery {
	ok: boolean;
	/** What came of it, in words; never the webhook's URL. */
	detail: string;
	/** 1 or 2; 0 when there was nothing to try. */
	tries: number;
	seconds: number;
}

/** Sends one notification as JSON, and once more when that fails; a refusal for good (a status 4xx, but for 408 and 429) is not tried again. Never throws. */
export async function sendNotification(target: NotificationTarget, notification: Notification, options: Options): Promise<Delivery> {
	if (target.command === null && target.webhook === null) return {ok: false, detail: `${target.name} has neither a command nor a webhook`, tries: 0, seconds: 0};
	const first = await sendOnce(target, notification, options);
	if (first.ok || !first.mayPass) return {ok: first.ok, detail: first.detail, tries: 1, seconds: first.seconds};
	await wait(options.pauseMs ?? 2000);
	const second = await sendOnce(target, notification, options);
	return {ok: second.ok, detail: second.ok ? `${second.detail} at the second try (at the first: ${first.detail})` : `${second.detail}, tried twice`, tries: 2, seconds: first.seconds + second.seconds};
}

/** `mayPass`: the same may succeed a moment later. */
async function sendOnce(target: NotificationTarget, notification: Notification, {directory, environment, timeoutMs = 10_000}: Options): Promise<{ok: boolean; mayPass: boolean; detail: string; seconds: number}> {
	if (target.command !== null) {
		const {ok, reason, stderr, seconds} = await runUserCommand({command: target.command, directory, environment, timeoutMs, input: `${JSON.stringify(notification)}\n`});
		return {ok, mayPass: true, detail: ok || !stderr ? reason : `${reason}: ${stderr.slice(-500)}`, seconds};
	}
	const {status, error, seconds} = await request(target.webhook!, {timeoutMs, json: notification});
	return {ok: status !== null && status >= 200 && status < 300, mayPass: status === null || status >= 500 || status === 408 || status === 429, detail: error ?? `status ${status}`, seconds};
}
