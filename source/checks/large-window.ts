/** What blocks happens in the maintenance window, and fits into it. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {readEstimate, readWaysBack} from './needed.ts';
import {placeOf, readStatements} from './statements.ts';
import {querySizes} from './tables.ts';
import {blockingTouches} from './touched.ts';
import {describeAge} from './backups.ts';
import {count, failed, listed, notApplicable, onlyIfSeen, passed} from './verdict.ts';
import {windowTimes} from '../journal/window-times.ts';

export const largeWindow: Check = {
	id: 'large.window',
	says: 'If the plan keeps writers out of a large table, the maintenance window (`window`) is open now and long enough for the upgrade and the way back.',
	why: 'A lock on a large table may take long to get and long to hold, and people should have been told. Who approved the window, a person says; whether it is open, the clock.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'target', 'window'],
	ttlMs: 15 * 60 * 1000,
	atStart: true,
	async run(look) {
		const plan = await readStatements(look);
		const {window} = look.settings;
		const sizes = await querySizes(look);
		const blocking = blockingTouches(plan).filter(touch => sizes.isLarge(touch.table) !== false);
		const evidence = [noteEvidence('statements that keep writers out of large tables', blocking.map(each => `${each.mode} on ${sizes.describe(each.table)}: ${placeOf(each.statement)}`))];
		if (!window) {
			if (blocking.length === 0) return onlyIfSeen(notApplicable(`No statement of the plan keeps writers out of a table of ${look.settings.largeTableRows.toLocaleString('en-US')} rows or more, and no window is configured.`, evidence), plan.unseen);
			return failed(`${count(blocking.length, 'statement')} ${blocking.length === 1 ? 'keeps' : 'keep'} writers out of ${listed([...new Set(blocking.map(each => sizes.describe(each.table)))])}, and no \`window\` is configured.`, evidence);
		}
		const {inside, opensAt, closesAt, over} = windowTimes(window, look.now);
		const estimate = await readEstimate(look);
		const downgrade = (await readWaysBack(look)).find(way => way.kind === 'downgrade')?.seconds ?? 0;
		const neededMs = ((estimate?.seconds ?? 0) + downgrade) * 1000;
		evidence.push(noteEvidence('the window', [`${window.start} to ${window.end} ${window.timezone}: ${opensAt.toISOString()} to ${closesAt.toISOString()}, now ${look.now.toISOString()}`, `needed: ${estimate ? `${estimate.seconds.toFixed(1)} s up` : 'not measured'}, ${downgrade.toFixed(1)} s back`]));
		if (over) return failed(`The window closed at ${closesAt.toISOString()}.`, evidence);
		if (!inside) return failed(`The window opens at ${opensAt.toISOString()}, in ${describeAge(opensAt.getTime() - look.now.getTime())}.`, evidence);
		const leftMs = closesAt.getTime() - look.now.getTime();
		if (neededMs > leftMs) return failed(`The window closes in ${describeAge(leftMs)}, and the upgrade with its way back needs ${describeAge(neededMs)}.`, evidence);
		return passed(`The window is open for another ${describeAge(leftMs)}${estimate ? `; needed are ${describeAge(neededMs)}` : ''}.`, evidence);
	},
};
