/** The journal: one sentence for each event, newest first. */
import {timeOf} from '../../parts/figures.ts';
import {line, span} from '../../parts/line.ts';
import type {Panel} from '../panel.ts';

export const journalPanel: Panel = {
	id: 'journal',
	title: state => [span('Journal', 'title'), span(state.run ? `  run ${state.run.run}, ${state.run.seq} events${state.run.head ? `, head ${state.run.head.slice(0, 12)}` : ''}` : '', 'dim'), ...(state.filters.journal ? [span(`  /${state.filters.journal}`, 'info')] : [])],
	needs: state => [state.run?.log, state.filters.journal],
	content(state) {
		const filter = (state.filters.journal ?? '').toLowerCase();
		const entries = (state.run?.log ?? []).filter(entry => `${entry.by} ${entry.text}`.toLowerCase().includes(filter));
		if (entries.length === 0) return {lines: [line(filter ? ' nothing matches; Esc takes the filter away' : ' nothing was recorded yet', 'dim')]};
		return {
			lines: entries.toReversed().map(entry => [
				span(` ${entry.at.slice(0, 10)} ${timeOf(entry.at)}  `, 'dim'),
				span(`${entry.by}  `, 'info'),
				span(entry.text, entry.level === 'error' ? 'bad' : entry.level === 'warning' ? 'warn' : 'plain'),
			]),
		};
	},
};
