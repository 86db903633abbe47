/** What a console sends: where approvals are signed, the signature of the digest that was looked at, or nothing. */
import {expect, test} from 'vitest';
import {createDoing} from '../../source/console/doing.ts';
import {initialState} from '../../source/console/state.ts';
import {createStore} from '../../source/console/store.ts';
import {Refusal} from '../../source/journal/refusal.ts';
import {fakeRoom, opening, stateAfter} from './fixtures/story.ts';

async function approved(sign: ((digest: string) => Promise<string>) | null) {
	const fake = fakeRoom({state: stateAfter(opening), answers: {approve: () => null}});
	const store = createStore(initialState({run: stateAfter(opening), attached: true}));
	const doing = createDoing({store, client: fake.client, sign, write: () => {}, repaint: () => {}, leave: () => {}});
	doing.ask({command: 'approve', params: {by: 'ana', digest: 'abc'}, done: 'approved'});
	await expect.poll(() => store.state().message?.text).not.toBe('sent: approve');
	return {asked: fake.asked.map(({command, params}) => [command, params]), said: store.state().message?.text};
}

test('an approval goes with its signature, by the name that the key is known by', async () => {
	expect(await approved(async digest => `signed ${digest}`)).toEqual({asked: [['approve', {digest: 'abc', signature: 'signed abc'}]], said: 'approved'});
	expect(await approved(null)).toEqual({asked: [['approve', {by: 'ana', digest: 'abc'}]], said: 'approved'});
});

test('without a key that can sign nothing is sent, and the reason is said', async () => {
	expect(await approved(async () => Promise.reject(new Refusal(2, 'The SSH agent has no key')))).toEqual({asked: [], said: 'The SSH agent has no key'});
});
