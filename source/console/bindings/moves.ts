/** Keys that move: cursor, page, pane, back. */
import type {Binding} from '../keymap.ts';
import type {Step} from '../move.ts';

const step = (id: string, keys: string[], says: string, by: Step): Binding => ({id, keys, says, group: 'moving', run: doing => doing.dispatch({type: 'move', step: by})});

export const moveKeys: Binding[] = [
	step('up', ['up', 'k'], 'up', 'up'),
	step('down', ['down', 'j'], 'down', 'down'),
	step('page-up', ['pageup', 'ctrl+b'], 'a page up', 'page-up'),
	step('page-down', ['pagedown', 'ctrl+f'], 'a page down', 'page-down'),
	step('first', ['home', 'g'], 'to the first', 'start'),
	step('last', ['end', 'G'], 'to the last', 'end'),
	{id: 'next-pane', keys: ['tab'], says: 'next pane', short: 'pane', group: 'moving', run: doing => doing.dispatch({type: 'cycle', by: 1})},
	{id: 'previous-pane', keys: ['shift+tab'], says: 'pane before', group: 'moving', run: doing => doing.dispatch({type: 'cycle', by: -1})},
	{id: 'back', keys: ['esc'], says: 'back: failure screen, filter, chosen session, view', group: 'moving', run: doing => doing.dispatch({type: 'back'})},
];
