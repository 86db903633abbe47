/** The list of the panels. */
import type {PaneId} from '../state.ts';
import {checklistPanel} from './checklist/view.ts';
import {contactsPanel} from './contacts/view.ts';
import {detailPanel} from './detail/view.ts';
import {journalPanel} from './journal/view.ts';
import {livePanel} from './live/view.ts';
import {outcomePanel} from './outcome/view.ts';
import type {Panel} from './panel.ts';
import {progressPanel} from './progress/view.ts';
import {rehearsalPanel} from './rehearsal/view.ts';
import {reviewPanel} from './review/view.ts';

export const panels: Record<PaneId, Panel> = {
	checklist: checklistPanel,
	detail: detailPanel,
	progress: progressPanel,
	live: livePanel,
	review: reviewPanel,
	rehearsal: rehearsalPanel,
	journal: journalPanel,
	contacts: contactsPanel,
	outcome: outcomePanel,
};
