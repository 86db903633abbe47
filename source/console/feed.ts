/** Carries what the room pushes into the store: events at once, samples once a second, silence as silence. */
import type {Sample} from '../journal/shapes/sample.ts';
import type {Push, RoomClient} from '../room/protocol.ts';
import {isBusy, type Contact} from './state.ts';
import type {Store} from './store.ts';

/** A room says something every second; three missed are no accident. */
const silenceMs = 3000;

export interface FeedOptions {
	client: RoomClient;
	store: Store;
	readOnly: boolean;
	by: string;
	/** Milliseconds since the epoch; given so that tests have a clock of their own. */
	now?: () => number;
}

/** Listens to the room and attaches. Returns the function that ends both. */
export function startFeed({client, store, readOnly, by, now = Date.now}: FeedOptions): () => void {
	let lastSign = now();
	let pending: Sample[] = [];
	let ended = false;
	const hear = (push: Push): void => {
		lastSign = now();
		if (store.state().silentSince !== null) store.dispatch({type: 'silent', since: null});
		switch (push.push) {
			case 'attached': return store.dispatch({type: 'attached', run: push.state, samples: push.samples, ...(push.points && {points: push.points}), ...(push.marks && {marks: push.marks}), readOnly: push.readOnly || readOnly, room: push.room});
			case 'event': return store.dispatch({type: 'event', event: push.event});
			case 'sample': pending.push(push.sample); return;
			case 'blind': pending = []; return store.dispatch({type: 'blind', error: push.error, since: push.since});
			case 'activity': return store.dispatch({type: 'activity', activity: push.activity});
			case 'beat': return;
			case 'ending': ended = true; return;
			default: push satisfies never;
		}
	};

	const mayBeSilent = (): boolean => {
		const {attached, gone, silentSince} = store.state();
		return attached && gone === null && silentSince === null && now() - lastSign > silenceMs;
	};
	const beat = (): void => {
		if (pending.length > 0) {
			store.dispatch({type: 'samples', samples: pending});
			pending = [];
		}

		const state = store.state();
		const time = now();
		// On a machine that was asleep or starved what the room said may have arrived and not been read: that comes first.
		if (mayBeSilent()) setImmediate(() => mayBeSilent() && store.dispatch({type: 'silent', since: lastSign}));
		if (isBusy(state) || Math.floor(time / 60_000) !== Math.floor(state.now / 60_000)) store.dispatch({type: 'tick', now: time});
	};

	const stop = client.listen(hear);
	const timer = setInterval(beat, 1000);
	void attach({client, store, readOnly, by});
	void client.gone.then(reason => store.dispatch({type: 'gone', reason, ended, since: lastSign}));
	return () => {
		clearInterval(timer);
		stop();
	};
}

async function attach({client, store, readOnly, by}: Pick<FeedOptions, 'client' | 'store' | 'readOnly' | 'by'>): Promise<void> {
	try {
		await client.ask('attach', {name: by, readOnly});
		store.dispatch({type: 'contacts', contacts: await client.ask<Contact[]>('contacts')});
	} catch (error) {
		store.dispatch({type: 'message', message: {text: error instanceof Error ? error.message : String(error), level: 'error'}});
	}
}
