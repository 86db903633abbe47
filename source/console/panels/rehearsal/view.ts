/** The rehearsal on a restored copy: times, differences, data. */
import type {Difference, Rehearsal} from '../../../journal/shapes/rehearsal.ts';
import {bytes, count, seconds} from '../../parts/figures.ts';
import {line, span, type Line, type Tone} from '../../parts/line.ts';
import {pad, padStart, wrap} from '../../parts/printable.ts';
import type {Panel} from '../panel.ts';

export const rehearsalPanel: Panel = {
	id: 'rehearsal',
	title: state => [span('Rehearsal', 'title'), ...(state.run?.rehearsal ? [span(state.run.rehearsal.ok ? '  passed' : '  with problems', state.run.rehearsal.ok ? 'good' : 'bad')] : [])],
	needs: state => [state.run?.rehearsal, state.activities.rehearse],
	content(state, {width}) {
		const rehearsal = state.run?.rehearsal;
		const activity = state.activities.rehearse;
		const now = activity && !activity.done ? [line(` now: ${activity.text}`, 'info'), []] : [];
		if (!rehearsal) return {lines: [...now, line(' Nothing was rehearsed yet: r rehearses upgrade, downgrade and upgrade on a restored copy.', 'dim')]};
		return {lines: [...now, ...rehearsalLines(rehearsal, width - 1).map(row => [span(' '), ...row])]};
	},
};

function rehearsalLines(rehearsal: Rehearsal, width: number): Line[] {
	return [
		...text(rehearsal.basis, width, 'strong'),
		line(`${seconds(rehearsal.seconds)} in all, ${seconds(rehearsal.restoreSeconds)} of them for restoring${rehearsal.digest ? `, plan ${rehearsal.digest.slice(0, 12)}` : ''}`, 'dim'),
		...rehearsal.problems.flatMap(problem => text(`! ${problem}`, width, 'bad')),
		[], heading(`${pad('revision', 24)}${padStart('up', 12)}${padStart('down', 12)}${padStart('again', 12)}`),
		...rehearsal.revisions.map(({revision, up, down, again}) => line(`${pad(revision, 24)}${padStart(seconds(up), 12)}${padStart(seconds(down), 12)}${padStart(seconds(again), 12)}`)),
		[], heading('schema against the one before'),
		...differenceLines('after the downgrade', rehearsal.schema.afterDowngrade, width),
		...differenceLines('after the second upgrade', rehearsal.schema.afterSecondUpgrade, width),
		line(`alembic check there: ${rehearsal.check.clean ? 'clean' : rehearsal.check.differences.join('; ')}`, rehearsal.check.clean ? 'good' : 'bad'),
		[], heading('data after down and up'),
		...rehearsal.data.flatMap(({table, equal, loses}) => text(`${table}: ${equal ? 'the same' : loses ?? 'not the same'}`, width, equal ? 'good' : 'warn')),
		[], heading('statements, longest first'),
		...rehearsal.statements.toSorted((left, right) => right.seconds - left.seconds).flatMap(statement => [
			[span(padStart(seconds(statement.seconds), 12), 'strong'), span(`  ${statement.sql.replaceAll(/\s+/g, ' ')}`)],
			line(`${' '.repeat(14)}${factsOf(statement)}`, 'dim'),
		] as Line[]),
	];
}

function factsOf(statement: Rehearsal['statements'][number]): string {
	return [
		...statement.locks.map(({table, mode}) => `${mode} on ${table}`),
		...statement.rewrote.map(table => `rewrote ${table}`),
		...statement.scanned.map(table => `scanned ${table}`),
		`${count(statement.rows)} rows`,
		`${bytes(statement.walBytes)} of WAL`,
	].join(', ');
}

function differenceLines(when: string, differences: readonly Difference[], width: number): Line[] {
	if (differences.length === 0) return [line(`${when}: the same`, 'good')];
	return [line(`${when}: ${differences.length} differences`, 'bad'), ...differences.flatMap(({object, kind, before, after}) => text(`  ${kind} ${object}${before || after ? `: ${before ?? 'nothing'} became ${after ?? 'nothing'}` : ''}`, width, 'warn'))];
}

function heading(words: string): Line {
	return line(words, 'title');
}

function text(words: string, width: number, tone: Tone): Line[] {
	return wrap(words, width).map(row => line(row, tone));
}
