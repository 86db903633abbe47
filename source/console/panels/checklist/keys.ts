/** What the keys do while the checklist has the focus. */
import type {Binding} from '../../keymap.ts';
import {currentItem} from '../../state.ts';
import {isWide} from '../../layout.ts';
import {currentStep} from './steps.ts';
import {ask} from '../../bindings/reasons.ts';

export const checklistKeys: Binding[] = [
	{
		id: 'open', keys: ['enter'], says: 'run the check, or open; on a line of a shell block: what it printed', group: 'checklist', pane: 'checklist',
		run(doing) {
			const state = doing.state();
			const item = currentItem(state);
			if (currentStep(state)) return doing.dispatch({type: 'output', key: state.cursor!});
			if (!item) return doing.dispatch({type: 'fold', how: 'toggle'});
			if (!isWide(state)) return doing.dispatch({type: 'focus', pane: 'detail'});
			return doing.start('check');
		},
	},
	{id: 'fold', keys: ['left'], says: 'fold the section', group: 'checklist', pane: 'checklist', run: doing => doing.dispatch({type: 'fold', how: 'close'})},
	{id: 'unfold', keys: ['right'], says: 'unfold the section', group: 'checklist', pane: 'checklist', run: doing => doing.dispatch({type: 'fold', how: 'open'})},
	{id: 'fold-all', keys: ['z'], says: 'fold or unfold all sections', group: 'checklist', pane: 'checklist', run: doing => doing.dispatch({type: 'fold', how: 'all'})},
	{
		id: 'next-open', keys: ['n'], says: 'next item that is not satisfied', group: 'checklist', pane: 'checklist',
		refuse: state => (state.run ? undefined : 'there is no checklist yet'),
		run: doing => doing.dispatch({type: 'next-open'}),
	},
	{
		id: 'check-open', keys: ['e'], says: 'run every check that is open or stale', group: 'checklist', short: 'check all',
		refuse: ask, run: doing => doing.ask({command: 'check', params: {items: 'open'}, done: 'all open checks were run'}),
	},
];
