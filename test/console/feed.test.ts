/** What the room pushes reaches the store: events at once, samples once a second, silence as silence. */
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {startFeed} from '../../source/console/feed.ts';
import {initialState} from '../../source/console/state.ts';
import {createStore} from '../../source/console/store.ts';
import {fakeRoom, items, opening, running, sample, startedAt, stateAfter} from './fixtures/story.ts';

beforeEach(() => void vi.useFakeTimers({now: startedAt + 20_000}));
afterEach(() => void vi.useRealTimers());

async function fed(state = stateAfter(opening)) {
	const store = createStore(initialState({now: Date.now()}));
	const fake = fakeRoom({state});
	let news = 0;
	const stop = startFeed({client: fake.client, store, readOnly: false, by: 'ana'});
	await vi.advanceTimersByTimeAsync(0);
	store.subscribe(() => void news++);
	return {store, fake, stop, news: () => news};
}

test('attaches, and asks whom to call', async () => {
	const {store, fake, stop} = await fed();
	expect(fake.asked.map(({command}) => command)).toEqual(['attach', 'contacts']);
	expect([store.state().run?.run, store.state().contacts?.length]).toEqual(['4f2a', 2]);
	stop();
});

test('an event is there at once; three samples in a second are one change', async () => {
	const {store, fake, stop, news} = await fed();
	fake.tell([{kind: 'item-waived', item: items[2]!.id, reason: 'r'}]);
	expect(store.state().run!.items[2]!.state).toBe('waived');
	const before = news();
	for (const at of [1, 2, 3]) fake.push({push: 'sample', sample: sample(at)});
	expect(store.state().samples).toHaveLength(0);
	await vi.advanceTimersByTimeAsync(1000);
	expect([store.state().samples.length, news() - before]).toEqual([3, 1]);
	stop();
});

test('without a sign for more than three seconds the screen is old, with a sign it is not', async () => {
	const {store, fake, stop} = await fed();
	await vi.advanceTimersByTimeAsync(3000);
	expect(store.state().silentSince).toBeNull();
	await vi.advanceTimersByTimeAsync(1001);
	expect(store.state().silentSince).toBe(startedAt + 20_000);
	fake.push({push: 'beat', at: ''});
	expect(store.state().silentSince).toBeNull();
	stop();
});

test('after a sleep of this machine, what the room said meanwhile is read first and is a sign', async () => {
	const {fake, stop, news} = await fed();
	vi.setSystemTime(Date.now() + 3_600_000);
	// Due at the moment of the console's own look, and read after it.
	setTimeout(() => fake.push({push: 'beat', at: ''}), 1000);
	const before = news();
	await vi.advanceTimersByTimeAsync(1001);
	// The clock has moved, and nothing else.
	expect(news() - before).toBe(1);
	stop();
});

test('an idle console is told nothing; while something runs the seconds move', async () => {
	const idle = await fed();
	for (let beat = 0; beat < 5; beat++) {
		idle.fake.push({push: 'beat', at: ''});
		await vi.advanceTimersByTimeAsync(1000);
	}

	expect(idle.news()).toBe(0);
	idle.stop();
	const busy = await fed(stateAfter(opening, running));
	busy.fake.push({push: 'beat', at: ''});
	await vi.advanceTimersByTimeAsync(1000);
	expect(busy.news()).toBe(1);
	busy.stop();
});
