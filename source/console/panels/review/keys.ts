/** What the keys do while the review has the focus. */
import {attestDialog} from '../../bindings/items.ts';
import {ask} from '../../bindings/reasons.ts';
import type {Binding} from '../../keymap.ts';
import {line} from '../../parts/line.ts';
import type {ConsoleState} from '../../state.ts';
import {shareRead} from './view.ts';

const review = {group: 'review', pane: 'review'} as const;
const reviewed = (state: ConsoleState): string | undefined => (state.review ? undefined : 'nothing was reviewed here yet: s reviews the pending revisions');
const reviewItem = (state: ConsoleState) => state.run?.items.find(item => item.check === 'review.sql');

export const reviewKeys: Binding[] = [
	{...review, group: 'moving', id: 'next-finding', keys: ['n'], says: 'next finding', short: 'finding', refuse: reviewed, run: doing => doing.dispatch({type: 'finding', by: 1})},
	{...review, group: 'moving', id: 'previous-finding', keys: ['N'], says: 'finding before', refuse: reviewed, run: doing => doing.dispatch({type: 'finding', by: -1})},
	{...review, id: 'open-finding', keys: ['enter'], says: 'why, and the fix, of the finding; or fold the revision', short: 'why', refuse: reviewed, run: doing => doing.dispatch({type: 'review-open'})},
	{...review, id: 'fold-revision', keys: ['left'], says: 'fold the revision', refuse: reviewed, run: doing => doing.dispatch({type: 'review-fold', how: 'close'})},
	{...review, id: 'unfold-revision', keys: ['right'], says: 'unfold the revision', refuse: reviewed, run: doing => doing.dispatch({type: 'review-fold', how: 'open'})},
	{...review, id: 'fold-revisions', keys: ['z'], says: 'fold or unfold all revisions', refuse: reviewed, run: doing => doing.dispatch({type: 'review-fold', how: 'all'})},
	{
		...review, id: 'attest-review', keys: ['t'], says: 'attest the review of this very SQL', short: 'attest',
		refuse: state => ask(state) ?? reviewed(state) ?? (reviewItem(state) ? undefined : 'this checklist has no item that is bound to review.sql'),
		run(doing) {
			const state = doing.state();
			const {sha256, statements} = state.review!;
			const whole = state.reviewLook.read.size === statements.length;
			doing.dispatch({type: 'dialog', dialog: attestDialog(state, reviewItem(state)!, [
				line(`SQL with sha256 ${sha256.slice(0, 16)}: the word falls when it changes.`),
				line(`You have ${shareRead(state)} on this screen.`, whole ? 'good' : 'warn'),
			])});
		},
	},
];
