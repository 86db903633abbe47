/** The people concerned were told. */
import {describeAge} from './backups.ts';
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {count, failed, forPerson, listed, passed, warned} from './verdict.ts';
import {windowTimes} from '../journal/window-times.ts';

/** A start so far from what was announced is news. */
const graceMs = 30 * 60_000;

export const preflightNotified: Check = {
	id: 'preflight.notified',
	says: 'Every channel of `notify` took a message of this run; where a `window` is announced and the upgrade would start more than half an hour beside its beginning, one of the last half hour.',
	why: 'Who hears of the window only from the failing application loses time looking for the cause. A delivered message is no read one: whether the right people know of the window, a person says.',
	proves: 'partly',
	dependsOn: ['target', 'plan'],
	ttlMs: 24 * 3600 * 1000,
	atStart: true,
	async run(look) {
		const {notify} = look.settings;
		if (notify.length === 0) throw forPerson('no channel is configured under `notify`; attest whom you told of the window, and where.');
		const told = look.state.log.filter(line => / (?:notified|could not be notified) of /.test(line.text));
		const evidence = [noteEvidence('notifications of this run', told.map(line => `${line.at} ${line.text}`)), noteEvidence('channels', notify.map(each => `${each.name}: on ${each.on.join(', ')}`))];
		const ofChannel = (name: string) => told.findLast(line => line.text.startsWith(`${name} `));
		const refused = notify.filter(({name}) => / could not be notified of /.test(ofChannel(name)?.text ?? ''));
		if (refused.length > 0) return failed(`${listed(refused.map(({name}) => ofChannel(name)!.text))}.`, evidence);
		const untold = notify.filter(({name}) => ofChannel(name) === undefined);
		if (untold.length === notify.length) throw forPerson(`nothing was sent to ${listed(notify.map(({name}) => name))} in this run yet, since no moment that they hear of has come; attest whom you told of the window.`);
		if (untold.length > 0) return warned(`For a person: ${listed(untold.map(({name}) => name))} heard nothing of this run yet; attest whom you told.`, evidence);
		const window = look.settings.window && windowTimes(look.settings.window, look.now);
		const [lateMs, last] = [window ? Math.abs(look.now.getTime() - window.opensAt.getTime()) : 0, Math.min(...notify.map(({name}) => Date.parse(ofChannel(name)!.at)))];
		if (lateMs > graceMs && look.now.getTime() - last > graceMs) return warned(`For a person: the window was announced for ${window!.opensAt.toISOString()}, and it is ${describeAge(lateMs)} ${look.now < window!.opensAt ? 'before' : 'past'} that; the last message went out ${describeAge(look.now.getTime() - last)} ago. Tell them again, and attest it.`, evidence);
		return passed(`${count(notify.length, 'channel')} took the last message: ${listed(notify.map(({name}) => `${name} at ${ofChannel(name)!.at}`))}.`, evidence);
	},
};
