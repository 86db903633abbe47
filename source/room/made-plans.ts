/** The plans that a run has made, found again in its journal. */
import type {EventOf, JournalEvent} from '../journal/events.ts';
import type {Plan} from '../journal/shapes/plan.ts';

/** The newest one that fits. */
export function findPlan(events: readonly JournalEvent[], fits: (plan: Plan) => boolean): Plan | undefined {
	return events.findLast((event): event is EventOf<'plan-made'> => event.kind === 'plan-made' && fits(event.plan))?.plan;
}
