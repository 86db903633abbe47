/** Binds the store to React: a component is drawn again only when what it selected is another. */
import {createContext, useContext, useRef, useSyncExternalStore} from 'react';
import type {Store} from './store.ts';
import type {ConsoleState} from './state.ts';

export const StoreContext = createContext<Store | null>(null);

/** The state, taken anew only when one of the selected values is not the same object or figure as before. */
export function useStore(select: (state: ConsoleState) => readonly unknown[]): ConsoleState {
	const store = useContext(StoreContext);
	if (!store) throw new Error('useStore outside of a StoreContext');
	const kept = useRef<{values: readonly unknown[]; state: ConsoleState} | null>(null);
	return useSyncExternalStore(store.subscribe, () => {
		const state = store.state();
		const values = select(state);
		const before = kept.current;
		if (before && before.values.length === values.length && before.values.every((value, index) => Object.is(value, values[index]))) return before.state;
		kept.current = {values, state};
		return state;
	});
}
