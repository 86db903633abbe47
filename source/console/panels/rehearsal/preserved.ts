/** What the way back left of the schema and of the rows. */
import type {Difference, Rehearsal} from '../../../journal/shapes/rehearsal.ts';
import {line, type Line, type Tone} from '../../parts/line.ts';
import {text} from './rows.ts';

const words = {missing: 'is gone', extra: 'was left behind', changed: 'is not as it was'} as const;

/** Each difference by name. @param options happened: it was looked at; without that an empty list means nothing */
export function differenceLines(when: string, differences: readonly Difference[], {width, happened}: {width: number; happened: boolean}): Line[] {
	if (differences.length === 0) return text(`${when}: ${happened ? 'the same' : 'not known, since it did not come so far'}`, width, happened ? 'good' : 'bad');
	return [
		...text(`${when}: ${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`, width, 'bad'),
		...differences.flatMap(({object, kind, before, after}) => [
			...text(`${object} ${words[kind]}`, width, 'warn', '  '),
			...(before === undefined ? [] : text(`before: ${before}`, width, 'dim', '    ')),
			...(after === undefined ? [] : text(`after: ${after}`, width, 'dim', '    ')),
		]),
	];
}

/** Each table that something happened to. */
export function dataLines({data, revisions}: Pick<Rehearsal, 'data' | 'revisions'>, width: number): Line[] {
	if (revisions.some(each => each.ran?.down === false)) return [line('not known, since the downgrade did not come so far', 'bad')];
	if (data.length === 0) return [line('no table was worked on that was there before', 'dim')];
	return data.flatMap(({table, before, after, equal, loses, written, fate, notCompared}) => [
		...text(`${table}: ${equal ? `${after}, the same` : `${before} before, ${after} after: not the same`}`, width, equal ? 'good' : 'bad'),
		...(loses === undefined ? [] : text(`the downgrade loses ${loses}`, width, 'warn', '  ')),
		...(written === undefined ? [] : text(`a row written after the upgrade: ${written}`, width, fateTone(fate), '  ')),
		...(notCompared === undefined ? [] : text(`not compared: ${notCompared}`, width, 'warn', '  ')),
	]);
}

function fateTone(fate: Rehearsal['data'][number]['fate']): Tone {
	return fate === 'stays' ? 'good' : fate === 'fails' || fate === 'gone' ? 'bad' : 'warn';
}
