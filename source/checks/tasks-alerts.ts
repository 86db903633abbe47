/** Nothing rings because of the upgrade, and nothing was silenced that should ring. */
import {readAlerts} from '../integrations/alertmanager.ts';
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needUpgrade} from './needed.ts';
import {count, failed, forPerson, listed, passed, warned} from './verdict.ts';

export const tasksAlerts: Check = {
	id: 'tasks.alerts',
	says: 'Alertmanager has no alert that began with or after the upgrade, and none that a silence hides.',
	why: 'Alerts need minutes to fire, so ask again later. A silence that was made for the window and forgotten hides the next outage too.',
	proves: 'wholly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const {startedAt} = needUpgrade(look);
		const {alertmanager} = look.settings.alerts;
		if (alertmanager === null) throw forPerson('no Alertmanager is configured under `alerts`; look at your alerts and attest that none is firing.');
		const alerts = await readAlerts(alertmanager);
		const say = (each: (typeof alerts)[number]) => `${each.name}${each.severity ? ` (${each.severity})` : ''} since ${each.since}`;
		const evidence = [noteEvidence(`alerts that fire now, from ${new URL(alertmanager).host}`, alerts.map(each => `${say(each)}${each.silenced ? ', silenced' : ''}: ${each.summary ?? ''} ${JSON.stringify(each.labels)}`))];
		const loud = alerts.filter(each => !each.silenced);
		const older = loud.filter(each => startedAt !== null && Date.parse(each.since) < Date.parse(startedAt));
		const newer = loud.filter(each => !older.includes(each));
		if (newer.length > 0) return failed(`${count(newer.length, 'alert')} ${newer.length === 1 ? 'fires' : 'fire'} since the upgrade: ${listed(newer.map(say), 3)}.`, evidence);
		const silenced = alerts.filter(each => each.silenced);
		if (silenced.length > 0) return warned(`${count(silenced.length, 'alert')} ${silenced.length === 1 ? 'fires' : 'fire'} under a silence: ${listed(silenced.map(say), 3)}; end the silence or say why it stays.`, evidence);
		if (older.length > 0) return warned(`${count(older.length, 'alert')} fired before the upgrade already: ${listed(older.map(say), 3)}.`, evidence);
		return passed('No alert fires.', evidence);
	},
};
