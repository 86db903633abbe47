/** The figures that have a chart: how each is called, and how its values are written. */
import type {SeriesName} from '../../../monitor/series.ts';
import {bytes, count, seconds} from '../../parts/figures.ts';

export interface RateRow {
	series: SeriesName;
	says: string;
	/** A value with its unit. */
	format(value: number): string;
	/** Here the low values are the bad ones. */
	low?: true;
	/** The scale ends at least here: counts of less are no chart. */
	top?: number;
	/** Said where there is no value; default `unknown`. */
	none?: string;
	/** Round numbers of bytes are powers of 1024. */
	base?: 1024;
}

/** A figure in at most four digits: `0`, `0.4`, `12`, `3,400`. */
const figure = (value: number): string => (value >= 10 || value === 0 ? count(value) : value.toFixed(value < 0.1 ? 2 : 1));
const perSecond = (value: number): string => `${figure(value)}/s`;
const bytesPerSecond = (value: number): string => `${bytes(value)}/s`;

export const rateRows: readonly RateRow[] = [
	{series: 'commits', says: 'commits', format: perSecond},
	{series: 'rollbacks', says: 'rollbacks', format: perSecond},
	{series: 'transactionMs', says: 'busy time of a transaction', format: value => (value >= 1000 ? seconds(value / 1000) : `${figure(value)} ms`)},
	{series: 'tuplesRead', says: 'rows read', format: perSecond},
	{series: 'tuplesWritten', says: 'rows written', format: perSecond},
	{series: 'walBytes', says: 'WAL written', format: bytesPerSecond, base: 1024},
	{series: 'tempBytes', says: 'temporary files', format: bytesPerSecond, base: 1024},
	{series: 'cacheHit', says: 'found in shared buffers', format: value => `${(value * 100).toFixed(1)} %`, low: true, top: 1},
	{series: 'deadlocks', says: 'deadlocks', format: perSecond},
	{series: 'checkpointsRequested', says: 'checkpoints for WAL in 15 min', format: count, top: 10},
	{series: 'checkpointsTimed', says: 'timed checkpoints in 15 min', format: count, top: 10},
	{series: 'checkpointSeconds', says: 'a checkpoint writes for', format: seconds, none: 'none ended'},
	{series: 'connections', says: 'connections', format: count, top: 10},
	{series: 'active', says: 'active sessions', format: count, top: 10},
	{series: 'waiting', says: 'sessions waiting for locks', format: count, top: 10},
	{series: 'behind', says: 'sessions behind the migration', format: count, top: 10, none: 'no migration'},
];

export const chartedRates: readonly SeriesName[] = rateRows.map(({series}) => series);

/** How a series is drawn; the lags of standbys have none of their own. */
export function rowOf(series: SeriesName): RateRow {
	const row = rateRows.find(each => each.series === series);
	if (row) return row;
	const [kind, name] = [series.slice(0, series.indexOf(':')), series.slice(series.indexOf(':') + 1)];
	return kind === 'lag' ? {series, says: `lag of ${name} in seconds`, format: seconds} : {series, says: `lag of ${name} in bytes`, format: bytes, base: 1024};
}
