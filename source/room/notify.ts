/** Tells people outside of named moments: the journal's own kinds of event; what came of it is in the journal too. */
import type {Settings} from '../config/settings.ts';
import {readSecret} from '../config/secrets.ts';
import {sendNotification} from '../integrations/notify.ts';
import type {EventData, JournalEvent} from '../journal/events.ts';
import {sentenceOf} from '../journal/sentences.ts';
import type {RunState} from '../journal/shapes/run.ts';

export interface Notifier {
	/** Never waits and never throws: a chat that is down must not hold a migration up. */
	take(event: JournalEvent, state: RunState): void;
	/** Resolves when all that was begun has ended. */
	idle(): Promise<void>;
}

export function createNotifier({settings, environment, record, pauseMs}: {
	settings: Pick<Settings, 'notify' | 'project'>;
	environment: NodeJS.ProcessEnv;
	record: (data: EventData<'notification-sent'>) => void;
	/** Before the second try of what failed; for tests. */
	pauseMs?: number;
}): Notifier {
	let sending: Promise<unknown> = Promise.resolve();
	const send = async (target: Settings['notify'][number], event: JournalEvent, state: RunState) => {
		const said = sentenceOf(event)?.text ?? event.kind;
		const {host, database, environment: where} = state.target;
		const text = `${database} on ${host} (${where}): ${said}`;
		const webhook = target.webhook ? await readSecret(target.webhook, {directory: settings.project}).catch((error: Error) => error) : null;
		const answer = webhook instanceof Error
			? {ok: false, detail: webhook.message}
			: await sendNotification({name: target.name, command: target.command, webhook}, {text, moment: event.kind, run: state.run, at: event.at, by: event.by}, {directory: settings.project, environment, pauseMs});
		record({name: target.name, moment: event.kind, ok: answer.ok, detail: answer.detail});
	};
	return {
		take(event, state) {
			// A failed notification is told in the journal, not to the channel that failed.
			if (event.kind === 'notification-sent') return;
			for (const target of settings.notify) {
				if (!target.on.includes(event.kind)) continue;
				// One after another, so that they arrive in the order of what happened.
				sending = sending.then(() => send(target, event, state)).catch(() => {});
			}
		},
		idle: () => sending.then(() => {}),
	};
}
