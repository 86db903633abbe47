/** The figures of a run, kept as artifacts: when its plan was made, right before its upgrade, and right after it; what they are compared with later. */
import {readFile} from 'node:fs/promises';
import type {Settings} from '../config/settings.ts';
import {readAlerts, type FiringAlert} from '../integrations/alertmanager.ts';
import {readLogErrors, type LogReading} from '../integrations/logs.ts';
import {queryPrometheus} from '../integrations/prometheus.ts';
import {runSmokeTests, type SmokeResult} from '../integrations/smoke.ts';
import {queryFigures, type Figures} from '../postgres/figures.ts';
import type {Session} from '../postgres/session.ts';
import type {Look} from './check.ts';

/** When figures are taken; the words by which their artifact is known. */
export const keptAs = {planned: 'figures when the plan was made', before: 'figures right before the upgrade', after: 'figures right after the upgrade'} as const;
export type Moment = keyof typeof keptAs;

/** What others than the database said right before the upgrade; null where it is not configured or could not be asked. */
export interface Outside {
	smoke: Pick<SmokeResult, 'name' | 'ok' | 'reason' | 'seconds'>[];
	alerts: FiringAlert[] | null;
	/** The largest of each query's series. */
	measures: Record<string, number | null> | null;
	/** Without their lines. */
	logs: Omit<LogReading, 'errors' | 'command'>[];
	/** So far back the logs were asked for. */
	logMinutes: number;
}

export interface KeptFigures {
	/** ISO 8601, UTC, of this machine. */
	at: string;
	/** Null when the database could not be asked. */
	figures: Figures | null;
	outside: Outside | null;
	/** What could not be had, and why; one sentence each. */
	unread: string[];
}

/** An upgrade does not wait longer than this for what is outside. */
const patienceMs = 10_000;
const logMinutes = 15;

/** Reads them; `outside` too right before the upgrade. Never throws: what could not be had is in `unread`. */
export async function readFigures({moment, settings, session, environment, now}: {
	moment: Moment;
	settings: Settings;
	session: () => Promise<Session>;
	/** For the commands of `smoke` and `logs`. */
	environment: Record<string, string | undefined>;
	now: Date;
}): Promise<KeptFigures> {
	const unread: string[] = [];
	const say = (what: string) => (error: unknown) => {
		unread.push(`${what}: ${(error as Error).message}`);
		return null;
	};
	const [figures, outside] = await Promise.all([
		session().then(queryFigures).catch(say('the database\'s own figures')),
		moment === 'before' ? readOutside({settings, environment, now, say}) : null,
	]);
	return {at: now.toISOString(), figures, outside, unread};
}

async function readOutside({settings, environment, now, say}: {settings: Settings; environment: Record<string, string | undefined>; now: Date; say: (what: string) => (error: unknown) => null}): Promise<Outside> {
	const options = {directory: settings.project, environment, timeoutMs: patienceMs};
	const since = new Date(now.getTime() - logMinutes * 60_000).toISOString();
	const {metrics: {prometheus, queries}, alerts: {alertmanager}} = settings;
	const [smoke, alerts, measures, logs] = await Promise.all([
		runSmokeTests(settings.smoke, options),
		alertmanager === null ? null : readAlerts(alertmanager, {timeoutMs: patienceMs}).catch(say('the alerts')),
		prometheus === null ? null : Promise.all(Object.entries(queries).map(async ([name, query]) => [name, largest(await queryPrometheus(prometheus, query, {timeoutMs: patienceMs}))] as const)).then(Object.fromEntries<number | null>).catch(say('Prometheus')),
		readLogErrors(settings.logs, {...options, environment: {...environment, HOLDPOINT_SINCE: since}}),
	]);
	return {
		smoke: smoke.map(({name, ok, reason, seconds}) => ({name, ok, reason, seconds})), alerts, measures, logMinutes,
		logs: logs.map(({errors, command, ...log}) => log),
	};
}

/** The largest of the series that have a value; null when none has. */
export function largest(series: readonly {value: number | null}[]): number | null {
	const values = series.flatMap(each => each.value ?? []);
	return values.length > 0 ? Math.max(...values) : null;
}

/** What this run kept of its last upgrade; null where there is nothing of that moment, or it can't be read any more. */
export async function readKept({state}: Pick<Look, 'state'>): Promise<Record<Moment, KeptFigures | null>> {
	const {artifacts} = state;
	const before = artifacts.findLastIndex(artifact => artifact.what === keptAs.before);
	const read = async (path: string | undefined) => path === undefined || before < 0 ? null : readFile(path, 'utf8').then(text => JSON.parse(text) as KeptFigures).catch(() => null);
	const [planned, atStart, after] = await Promise.all([
		read(artifacts.slice(0, before).findLast(artifact => artifact.what === keptAs.planned)?.path),
		read(artifacts[before]?.path),
		read(artifacts.slice(before).find(artifact => artifact.what === keptAs.after)?.path),
	]);
	return {planned, before: atStart, after};
}
