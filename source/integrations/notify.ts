/** Tells people outside of what happens: a command gets it on its standard input, a webhook as its body. */
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

/** Sends one notification as JSON. Never throws; `detail` never holds the webhook's URL. */
export async function sendNotification(target: NotificationTarget, notification: Notification, {directory, environment, timeoutMs = 10_000}: {directory: string; environment?: Record<string, string | undefined>; timeoutMs?: number}): Promise<{ok: boolean; detail: string; seconds: number}> {
	if (target.command !== null) {
		const result = await runUserCommand({command: target.command, directory, environment, timeoutMs, input: `${JSON.stringify(notification)}\n`});
		return {ok: result.ok, detail: result.ok || !result.stderr ? result.reason : `${result.reason}: ${result.stderr.slice(-500)}`, seconds: result.seconds};
	}
	if (target.webhook === null) return {ok: false, detail: `${target.name} has neither a command nor a webhook`, seconds: 0};
	const {status, error, seconds} = await request(target.webhook, {timeoutMs, json: notification});
	return {ok: status !== null && status >= 200 && status < 300, detail: error ?? `status ${status}`, seconds};
}
