/** Nothing rings because of the upgrade, and nothing was silenced that should ring. */
import {readAlerts, readSilences, type FiringAlert} from '../integrations/alertmanager.ts';
import {readKept} from './baseline.ts';
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {count, failed, forPerson, listed, passed, warned} from './verdict.ts';

/** A silence that began so long before the upgrade was not made for it. */
const windowMs = 24 * 3600 * 1000;

export const tasksAlerts: Check = {
	id: 'tasks.alerts',
	says: 'Alertmanager has no alert that did not fire before the upgrade, none that a silence hides, and no silence that was made for the upgrade and is still on.',
	why: 'Alerts need minutes to fire, so ask again later. A silence that was made for the window and forgotten hides the next outage too.',
	proves: 'wholly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const {startedAt} = needUpgrade(look);
		const {alertmanager} = look.settings.alerts;
		if (alertmanager === null) throw forPerson('no Alertmanager is configured under `alerts`; look at your alerts and attest that none is firing.');
		const [alerts, silences] = await Promise.all([readAlerts(alertmanager), readSilences(alertmanager)]);
		const kept = (await readKept(look)).before?.outside?.alerts ?? null;
		const before = new Set(kept?.map(key));
		const say = (each: FiringAlert) => `${each.name}${each.severity ? ` (${each.severity})` : ''} since ${each.since}`;
		const evidence = [
			noteEvidence(`alerts that fire now, from ${new URL(alertmanager).host}`, alerts.map(each => `${say(each)}${each.silenced ? ', silenced' : ''}${before.has(key(each)) ? ', fired before the upgrade too' : ''}: ${each.summary ?? ''} ${JSON.stringify(each.labels)}`)),
			noteEvidence('alerts that fired right before the upgrade', kept?.map(say) ?? ['not kept']),
			noteEvidence('silences that are on', silences.map(each => `${each.matchers}, ${each.startsAt} to ${each.endsAt}, by ${each.by}: ${each.comment}`)),
		];
		const loud = alerts.filter(each => !each.silenced);
		const older = loud.filter(each => before.has(key(each)) || (startedAt !== null && Date.parse(each.since) < Date.parse(startedAt)));
		const newer = loud.filter(each => !older.includes(each));
		if (newer.length > 0) return failed(`${count(newer.length, 'alert')} ${newer.length === 1 ? 'fires' : 'fire'} since the upgrade: ${listed(newer.map(say), 3)}.`, evidence);
		const silenced = alerts.filter(each => each.silenced);
		if (silenced.length > 0) return warned(`${count(silenced.length, 'alert')} ${silenced.length === 1 ? 'fires' : 'fire'} under a silence: ${listed(silenced.map(say), 3)}; end the silence or say why it stays.`, evidence);
		const made = silences.filter(each => startedAt !== null && Date.parse(each.startsAt) > Date.parse(startedAt) - windowMs);
		if (made.length > 0) return warned(`${count(made.length, 'silence')} made for the window ${made.length === 1 ? 'is' : 'are'} still on: ${listed(made.map(each => `${each.matchers} until ${each.endsAt}, by ${each.by}`), 2)}; end what is not needed any more.`, evidence);
		if (older.length > 0) return warned(`No alert is new; ${count(older.length, 'alert')} fired before the upgrade already: ${listed(older.map(say), 3)}.`, evidence);
		return passed(`No alert fires${kept && kept.length > 0 ? `; ${count(kept.length, 'alert')} that fired before the upgrade ${kept.length === 1 ? 'is' : 'are'} over` : ''}.`, evidence);
	},
};

/** An alert is its labels. */
function key({labels}: FiringAlert): string {
	return JSON.stringify(Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1));
}
