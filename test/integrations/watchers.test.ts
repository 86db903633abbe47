/** Prometheus and Alertmanager, as their documented HTTP APIs answer. */
import {describe, expect, test} from 'vitest';
import {readAlerts} from '../../source/integrations/alertmanager.ts';
import {queryPrometheus} from '../../source/integrations/prometheus.ts';
import {startServer} from './server.ts';

const answering = (body: unknown, status = 200) => startServer((_, response) => {
	response.statusCode = status;
	response.end(typeof body === 'string' ? body : JSON.stringify(body));
});

describe('Prometheus', () => {
	test('gives the series of an expression, NaN as unknown', async () => {
		const {base, asked} = await answering({status: 'success', data: {resultType: 'vector', result: [
			{metric: {job: 'api'}, value: [1_772_359_200.5, '0.25']},
			{metric: {job: 'web'}, value: [1_772_359_200, 'NaN']},
		]}});
		expect(await queryPrometheus(`${base}/prom/`, 'rate(x{a="b"}[5m])')).toEqual([
			{labels: {job: 'api'}, value: 0.25, at: '2026-03-01T10:00:00.500Z'},
			{labels: {job: 'web'}, value: null, at: '2026-03-01T10:00:00.000Z'},
		]);
		expect(asked[0]!.url).toBe('/prom/api/v1/query?query=rate(x%7Ba%3D%22b%22%7D%5B5m%5D)');
	});

	test('no series is an empty list, a scalar one without labels', async () => {
		expect(await queryPrometheus((await answering({status: 'success', data: {resultType: 'vector', result: []}})).base, 'x')).toEqual([]);
		expect(await queryPrometheus((await answering({status: 'success', data: {resultType: 'scalar', result: [0, '3']}})).base, '3')).toMatchObject([{labels: {}, value: 3}]);
	});

	test.each([
		[{status: 'error', errorType: 'bad_data', error: 'parse error'}, 400, 'Prometheus refused the query x: parse error'],
		['<html>', 200, 'what answers for Prometheus is none (status 200)'],
		[{status: 'success', data: {resultType: 'matrix', result: []}}, 200, 'the query x gives a matrix'],
	])('%j is refused', async (body, status, sentence) => {
		await expect(queryPrometheus((await answering(body, status)).base, 'x')).rejects.toMatchObject({name: 'Refusal', exit: 2, message: expect.stringContaining(sentence)});
	});

	test('no answer is refused', async () => {
		const {base} = await startServer(() => {});
		await expect(queryPrometheus(base, 'x', {timeoutMs: 200})).rejects.toMatchObject({exit: 2, message: expect.stringContaining('no answer within 0.2 s')});
	});
});

describe('Alertmanager', () => {
	test('names what fires and marks what is silenced', async () => {
		const {base, asked} = await answering([
			{labels: {alertname: 'HighLatency', severity: 'page'}, annotations: {summary: 'slow'}, startsAt: '2026-03-01T09:00:00Z', status: {state: 'active', silencedBy: []}},
			{labels: {alertname: 'Lag'}, annotations: {}, startsAt: '2026-03-01T09:30:00Z', status: {state: 'suppressed', silencedBy: ['1']}},
		]);
		expect(await readAlerts(base)).toMatchObject([
			{name: 'HighLatency', severity: 'page', summary: 'slow', since: '2026-03-01T09:00:00Z', silenced: false},
			{name: 'Lag', severity: null, summary: null, silenced: true},
		]);
		expect(asked[0]!.url).toBe('/api/v2/alerts?active=true&silenced=true&inhibited=false');
	});

	test.each([['nothing', 404], ['{}', 200], ['[]', 503]])('%s with status %d is no answer', async (body, status) => {
		await expect(readAlerts((await answering(body, status)).base)).rejects.toMatchObject({exit: 2, message: expect.stringContaining(`is none (status ${status})`)});
	});
});
