/** close, abandon: the end of a run. */
import {z} from 'zod';
import {renderHtmlReport} from '../../checklist/report-html.ts';
import {Refusal} from '../../journal/refusal.ts';
import {unmetItems} from '../../journal/shapes/item.ts';
import {summarise} from '../run-folder.ts';
import {roomCommand} from './command.ts';

export const close = roomCommand({
	name: 'close',
	says: 'closes the run and keeps its report',
	decides: true,
	urgent: true,
	params: z.object({}),
	run(room, _, asker) {
		mustBeOpen(room.keeper.opened, room.state().running !== null);
		const unmet = unmetItems(room.state().items, 'close').map(item => item.id);
		const last = room.state().actions.findLast(action => action.action === 'upgrade' || action.action === 'downgrade');
		room.keeper.record('run-closed', asker.by, {outcome: last ? `${last.action} ${last.status}: ${last.reason}` : 'closed without a migration', unmet});
		room.keeper.keep({name: 'report.md', text: room.checks.report(), what: 'the report'});
		room.keeper.keep({name: 'report.html', text: renderHtmlReport(room.state(), room.checklist.markdown), what: 'the report as a page'});
		return summarise(room.state());
	},
});

export const abandon = roomCommand({
	name: 'abandon',
	says: 'gives the run up, with the reason',
	decides: true,
	urgent: true,
	params: z.object({reason: z.string()}),
	run(room, {reason}, asker) {
		if (reason.trim() === '') throw new Refusal(2, 'To abandon a run needs a reason in words.');
		mustBeOpen(room.keeper.opened, room.state().running !== null);
		room.keeper.record('run-abandoned', asker.by, {reason: reason.trim()});
		return summarise(room.state());
	},
});

function mustBeOpen(opened: boolean, running: boolean): void {
	if (!opened) throw new Refusal(2, 'There is no open run of this target.');
	if (running) throw new Refusal(3, 'An action is running; cancel it or wait for its end first.');
}
