/** Keeps the figures of a moment as an artifact of the run: what the checks after the upgrade compare with. */
import {keptAs, readFigures, type Moment} from '../checks/baseline.ts';
import type {ActionContext} from './context.ts';

/** Never throws, and never holds an upgrade up for long: what could not be had is said in what is kept. */
export async function keepFigures(context: ActionContext, moment: Moment): Promise<void> {
	if (moment === 'before') context.tell('reading figures, smoke tests and alerts as they are before the upgrade');
	const kept = await readFigures({moment, settings: context.settings, session: () => context.session(), environment: context.settings.alembic.environment, now: context.now()});
	// Numbered by the journal: a plan made twice has figures of both times.
	context.keep({name: `figures-${moment}-${context.state().seq}.json`, text: `${JSON.stringify(kept, null, '\t')}\n`, what: keptAs[moment]});
}
