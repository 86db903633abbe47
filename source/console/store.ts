/** The one store, outside React: a state, a reducer, listeners. */
import {reduce, type Action} from './reduce.ts';
import type {ConsoleState} from './state.ts';

export interface Store {
	state(): ConsoleState;
	dispatch(action: Action): void;
	/** Returns the function that ends the listening. */
	subscribe(listener: () => void): () => void;
}

/** A store that begins with the given state. */
export function createStore(initial: ConsoleState): Store {
	let state = initial;
	const listeners = new Set<() => void>();
	return {
		state: () => state,
		dispatch(action) {
			const next = reduce(state, action);
			if (next === state) return;
			state = next;
			for (const listener of listeners) listener();
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}
