/** The rehearsal on a copy, as one reads it from above: what is wrong, the way there and back, what is lost, each statement. */
import type {Rehearsal} from '../../../journal/shapes/rehearsal.ts';
import {seconds} from '../../parts/figures.ts';
import {line, span, type Line} from '../../parts/line.ts';
import {pad, padStart} from '../../parts/printable.ts';
import type {Panel} from '../panel.ts';
import {compatibilityLines} from './compatibility.ts';
import {dataLines, differenceLines} from './preserved.ts';
import {heading, text} from './rows.ts';
import {statementLines} from './statements.ts';

export const rehearsalPanel: Panel = {
	id: 'rehearsal',
	title: state => [span('Rehearsal', 'title'), ...(state.run?.rehearsal ? [span(state.run.rehearsal.ok ? '  passed' : '  with problems', state.run.rehearsal.ok ? 'good' : 'bad')] : [])],
	needs: state => [state.run?.rehearsal, state.activities.rehearse],
	content(state, {width}) {
		const rehearsal = state.run?.rehearsal;
		const activity = state.activities.rehearse;
		const now = activity && !activity.done ? [...text(`now: ${activity.text}`, width - 1, 'info').map(row => [span(' '), ...row]), []] : [];
		if (!rehearsal) return {lines: [...now, line(' Nothing was rehearsed yet: r rehearses upgrade, downgrade and upgrade on a restored copy.', 'dim')]};
		return {lines: [...now, ...rehearsalLines(rehearsal, width - 1).map(row => [span(' '), ...row])]};
	},
};

/** The whole rehearsal, `width` columns wide. */
export function rehearsalLines(rehearsal: Rehearsal, width: number): Line[] {
	const {schema, check, unpromised, fit = [], warnings = []} = rehearsal;
	return [
		...text(rehearsal.basis, width, 'strong'),
		line(`${seconds(rehearsal.seconds)} in all, ${seconds(rehearsal.restoreSeconds)} of them for restoring${rehearsal.digest ? `, plan ${rehearsal.digest.slice(0, 12)}` : ''}`, 'dim'),
		...rehearsal.problems.flatMap(problem => text(`! ${problem}`, width, 'bad')),
		...warnings.flatMap(warning => text(`? ${warning}`, width, 'warn')),
		[], heading(`${pad('revision', 24)}${padStart('up', 12)}${padStart('down', 12)}${padStart('again', 12)}`),
		...rehearsal.revisions.map(({revision, up, down, again, ran}) => [
			span(pad(revision, 24)), ...([[up, ran?.up], [down, ran?.down], [again, ran?.again]] as const).map(([took, happened]) => happened === false ? span(padStart('did not run', 12), 'bad') : span(padStart(seconds(took), 12))),
		]),
		[], heading('schema'),
		...differenceLines('after the downgrade, against before the upgrade', schema.afterDowngrade, {width, happened: rehearsal.revisions.every(each => each.ran?.down !== false)}),
		...differenceLines('after the second upgrade, against after the first', schema.afterSecondUpgrade, {width, happened: rehearsal.revisions.every(each => each.ran?.again !== false)}),
		...text(`alembic check at the head: ${check.clean ? 'no differences' : check.differences.join('; ')}`, width, check.clean ? 'good' : 'warn'),
		[], heading('rows, before the upgrade and after the downgrade'),
		...dataLines(rehearsal, width),
		...compatibilityLines(rehearsal.compatibility, width),
		[], heading('statements, longest first'),
		...(unpromised === undefined ? [] : unpromised.length === 0 ? [line('they are just those that alembic upgrade --sql had written', 'good')] : [line('otherwise than alembic upgrade --sql had written:', 'warn'), ...unpromised.flatMap(words => text(words, width, 'warn', '  '))]),
		...statementLines(rehearsal, width),
		...(fit.length === 0 ? [] : [[], heading('looked at before the restore'), ...fit.flatMap(words => text(words, width, 'dim'))]),
	];
}
