/** What is asked of Prometheus and Alertmanager, asked of the real programs; left out where the machine has none of them. */
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {readAlerts, readSilences} from '../../source/integrations/alertmanager.ts';
import {queryPrometheus} from '../../source/integrations/prometheus.ts';
import {queryMeasures} from '../../source/checks/measures.ts';
import {tasksAlerts} from '../../source/checks/tasks-alerts.ts';
import {look} from '../checks/look.ts';
import {eventually} from '../servers.ts';
import {findProgram, startProgram, type Program} from './prometheus-programs.ts';

const prometheusProgram = findProgram('prometheus');
const alertmanagerProgram = findProgram('prometheus-alertmanager') ?? findProgram('alertmanager');
const leftOut = (program: string | null, name: string) => program === null ? ` (left out: no ${name} on the PATH; apt-get install ${name === 'Alertmanager' ? 'prometheus-alertmanager' : 'prometheus'})` : '';

describe.skipIf(prometheusProgram === null)(`Prometheus${leftOut(prometheusProgram, 'Prometheus')}`, () => {
	let prometheus: Program;
	beforeAll(async () => {
		prometheus = await startProgram(prometheusProgram!, {global: {scrape_interval: '1s'}, scrape_configs: [{job_name: 'itself', static_configs: [{targets: ['127.0.0.1:9']}]}]},
			({port, folder, file}) => [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`]);
		await eventually('it has scraped once', async () => (await queryPrometheus(prometheus.url, 'up')).length > 0);
	});
	afterAll(() => prometheus?.stop());

	test('gives values with their labels, none as none, and says what is wrong with an expression', async () => {
		expect(await queryPrometheus(prometheus.url, 'up')).toMatchObject([{labels: {job: 'itself', instance: '127.0.0.1:9'}, value: 0}]);
		expect(await queryPrometheus(prometheus.url, 'no_such_metric')).toEqual([]);
		expect(await queryPrometheus(prometheus.url, 'vector(0) / 0')).toMatchObject([{value: null}]);
		await expect(queryPrometheus(prometheus.url, 'rate(')).rejects.toMatchObject({exit: 2, message: expect.stringMatching(/refused the query rate\(: .*parse error/)});
		await expect(queryPrometheus(prometheus.url, 'up[1m]')).rejects.toMatchObject({exit: 2, message: expect.stringContaining('gives a matrix')});
	});

	test('a measure is averaged over as long before the upgrade as since; from before it had any data, what the run kept counts', async () => {
		const moment = Date.now();
		const at = (ms: number) => new Date(moment + ms).toISOString();
		const given = await look({now: at(0), settings: {metrics: {prometheus: prometheus.url, queries: {targets: '2 + 0 * up', five: 'vector(time() * 0 + 5)', 'http errors': 'up'}}}});
		const upgrade = {outcome: given.upgrade()!, startedAt: at(-120_000), finishedAt: at(-60_000)};
		const kept = {at: '', figures: null, unread: [], outside: {smoke: [], alerts: null, logs: [], logMinutes: 15, measures: {targets: 2.5}}};
		const {list, seconds, missing} = await eventually('it has a second of them', async () => {
			const measures = await queryMeasures(given, {errors: false, upgrade, kept});
			return measures.missing === null ? measures : null;
		});
		expect(list.map(({name, before, now}) => ({name, before, now}))).toEqual([{name: 'targets', before: 2.5, now: 2}, {name: 'five', before: 5, now: 5}]);
		expect({seconds, missing}).toEqual({seconds: 60, missing: null});
		expect((await queryMeasures(given, {errors: false, upgrade, kept: null})).missing).toBe('targets no data → 2: there is nothing to compare');
	});
});

describe.skipIf(alertmanagerProgram === null)(`Alertmanager${leftOut(alertmanagerProgram, 'Alertmanager')}`, () => {
	let alertmanager: Program;
	beforeAll(async () => {
		alertmanager = await startProgram(alertmanagerProgram!, {route: {receiver: 'nobody', group_wait: '1s'}, receivers: [{name: 'nobody'}]},
			({port, folder, file}) => [`--config.file=${file}`, `--storage.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=']);
	});
	afterAll(() => alertmanager?.stop());
	const post = async (what: string, body: unknown) => {
		const response = await fetch(`${alertmanager.url}/api/v2/${what}`, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)});
		expect(response.status).toBe(200);
	};

	test('tells what fires, what a silence hides, and which silences are on; the check tells them from what fired before', async () => {
		const [before, after] = [new Date(Date.now() - 3600_000).toISOString(), new Date().toISOString()];
		const upgraded = async () => look({upgrade: {}, settings: {alerts: {alertmanager: alertmanager.url}}, state: {log: [{seq: 1, at: new Date(Date.now() - 60_000).toISOString(), by: 'holdpoint', text: 'upgrade done after 2.0 s: ok', level: 'info'}]}});
		expect(await readAlerts(alertmanager.url)).toEqual([]);
		expect(await tasksAlerts.run(await upgraded())).toMatchObject({status: 'passed', summary: 'No alert fires.'});

		await post('alerts', [{labels: {alertname: 'DiskFull', severity: 'page'}, annotations: {summary: 'nearly'}, startsAt: before}]);
		await eventually('it fires', async () => (await readAlerts(alertmanager.url)).length === 1);
		expect(await readAlerts(alertmanager.url)).toMatchObject([{name: 'DiskFull', severity: 'page', summary: 'nearly', since: before, silenced: false}]);
		expect(await tasksAlerts.run(await upgraded())).toMatchObject({status: 'warned', summary: expect.stringMatching(/No alert is new; 1 alert fired before the upgrade already: DiskFull/)});

		await post('alerts', [{labels: {alertname: 'HighLatency'}, startsAt: after}]);
		await eventually('it fires too', async () => (await readAlerts(alertmanager.url)).length === 2);
		expect(await tasksAlerts.run(await upgraded())).toMatchObject({status: 'failed', summary: expect.stringMatching(/1 alert fires since the upgrade: HighLatency/)});

		await post('silences', {matchers: [{name: 'alertname', value: 'High.*', isRegex: true, isEqual: true}], startsAt: after, endsAt: new Date(Date.now() + 3600_000).toISOString(), createdBy: 'ann', comment: 'the migration'});
		await eventually('it is silenced', async () => (await readAlerts(alertmanager.url)).some(alert => alert.silenced));
		expect(await readSilences(alertmanager.url)).toMatchObject([{matchers: 'alertname=~"High.*"', by: 'ann', comment: 'the migration'}]);
		expect(await tasksAlerts.run(await upgraded())).toMatchObject({status: 'warned', summary: expect.stringMatching(/1 alert fires under a silence: HighLatency/)});
	});
});
