/** Every expected standby follows, and how far behind it is. */
import {byteWords} from '../journal/byte-words.ts';
import type {Standby} from '../journal/shapes/sample.ts';
import {queryEvidence, type Check, type CheckResult, type Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {peakOf, readOverRun, samplesEvidence, timeOf, type OverRun} from './over-run.ts';
import {count, failed, listed, notApplicable, passed, warned} from './verdict.ts';

const query = `SELECT application_name AS name, state, sync_state AS sync, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float8 AS "lagBytes", extract(epoch FROM replay_lag)::float8 AS "lagSeconds" FROM pg_stat_replication ORDER BY 1`;

/** Without limits of the guard's own. */
const muchSeconds = 30;
const muchBytes = 256 * 1024 * 1024;

export const monitorReplication: Check = {
	id: 'monitor.replication',
	says: 'Every standby named in `standbys` is connected and streaming, none far behind; after an upgrade: in all samples recorded while it ran.',
	why: 'A missing standby reads as "no lag" where nobody expects it by name; a lag of NULL means idle or unknown and never 0. A long index build floods the standbys with WAL.',
	proves: 'wholly',
	dependsOn: ['target'],
	ttlMs: 60 * 1000,
	async run(look) {
		const run = readOverRun(look);
		if (run !== null) return judgeRun(run, look);
		const {standbys, evidence} = await readStandbys(look);
		const expected = look.settings.standbys;
		const missing = expected.filter(name => !standbys.some(each => each.name === name));
		if (missing.length > 0) return failed(`${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} expected and not connected.`, [evidence]);
		if (standbys.length === 0) return notApplicable('No standby is connected, and none is named in `standbys`.', [evidence]);
		const silent = standbys.filter(each => each.state === null);
		if (silent.length === standbys.length) return warned('This role may not see the state of the standbys: GRANT pg_monitor to it.', [evidence]);
		const broken = standbys.filter(each => each.state !== null && each.state !== 'streaming' && (expected.length === 0 || expected.includes(each.name)));
		if (broken.length > 0) return warned(`${listed(broken.map(each => `${each.name} is in state ${each.state}`))}.`, [evidence]);
		const {maxLagSeconds, maxLagBytes} = look.state.guard;
		const behind = standbys.filter(each => (each.lagBytes ?? 0) > (maxLagBytes ?? muchBytes) || (each.lagSeconds ?? 0) > (maxLagSeconds ?? muchSeconds));
		if (behind.length > 0) return warned(`Far behind: ${listed(behind.map(describe))}.`, [evidence]);
		return passed(`${count(standbys.length, 'standby', 'standbys')} streaming: ${listed(standbys.map(describe))}${expected.length === 0 ? '; none is named in `standbys`, so a missing one would not be noticed' : ''}.`, [evidence]);
	},
};

/** Each standby's largest lag while the upgrade ran; one that was away in a sample is named. */
function judgeRun(run: OverRun, {settings, state}: Look): CheckResult {
	const names = [...new Set([...settings.standbys, ...run.samples.flatMap(sample => sample.replication.map(each => each.name))])].sort();
	const evidence = [samplesEvidence('replication', run, sample => sample.replication.map(each => `${describe(each)}, ${each.state ?? 'state not known'}`).join('; ') || 'no standby connected')];
	if (names.length === 0) return {...notApplicable('No standby was connected while the upgrade ran, and none is named in `standbys`.', evidence), lasting: true};
	const of = (name: string, value: (standby: Standby) => number | null) => peakOf(run, sample => sample.replication.filter(each => each.name === name).map(each => ({value: value(each), what: ''})));
	const lags = names.map(name => ({name, bytes: of(name, each => each.lagBytes), seconds: of(name, each => each.lagSeconds), away: run.samples.filter(sample => !sample.replication.some(each => each.name === name))}));
	const say = ({name, bytes, seconds}: (typeof lags)[number]) => `${name} at most ${bytes === null ? 'a lag that is not known' : `${byteWords(bytes.value)} (${timeOf(bytes.at)})`}${seconds === null ? '' : `, ${seconds.value.toFixed(1)} s`}`;
	const away = lags.filter(each => each.away.length > 0);
	if (away.length > 0) return {...failed(`${listed(away.map(each => `${each.name} was not connected in ${each.away.length} of ${run.samples.length} samples, first at ${timeOf(each.away[0]!.at)}`))}.`, evidence), lasting: true};
	const far = lags.filter(({bytes, seconds}) => (bytes?.value ?? 0) > (state.guard.maxLagBytes ?? muchBytes) || (seconds?.value ?? 0) > (state.guard.maxLagSeconds ?? muchSeconds));
	if (far.length > 0) return {...warned(`Far behind while the upgrade ran: ${listed(far.map(say))}, ${run.words}.`, evidence), lasting: true};
	return {...passed(`${count(names.length, 'standby', 'standbys')} behind the upgrade: ${listed(lags.map(say))}, ${run.words}${settings.standbys.length === 0 ? '; none is named in `standbys`, so a missing one would not be noticed' : ''}.`, evidence), lasting: true};
}

function describe({name, lagBytes, lagSeconds}: Standby): string {
	return `${name} ${lagBytes === null ? 'lag not known' : `${byteWords(lagBytes)} behind`}${lagSeconds === null ? '' : `, ${lagSeconds.toFixed(1)} s`}`;
}

async function readStandbys(look: Look) {
	const sample = look.sample();
	if (sample) return {standbys: sample.replication, evidence: noteEvidence(`replication in the sample of ${sample.at}`, sample.replication.map(each => `${describe(each)}, ${each.state ?? 'state not known'}, ${each.sync ?? ''}`))};
	const standbys = await (await look.session()).query<Standby>(query);
	return {standbys, evidence: queryEvidence('standbys', query, standbys)};
}
