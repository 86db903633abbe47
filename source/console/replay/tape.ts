/** A recorded run as the console sees it: its journal, its samples, its figures, each at any moment. */
import type {RunState} from '../../journal/shapes/run.ts';
import type {Timeline} from '../../journal/timeline.ts';
import type {History} from '../../monitor/history.ts';
import type {Recording} from '../../monitor/recording.ts';
import type {Contact, ReviewAnswer} from '../state.ts';

export interface Tape {
	readonly timeline: Timeline;
	/** Throws a Refusal where the file is damaged. */
	readonly samples: Pick<Recording, 'samples' | 'newestAt' | 'nextAfter' | 'span'>;
	readonly figures: Pick<History, 'points' | 'begins'>;
	readonly contacts: readonly Contact[];
	/** The SQL of the run's plan as it was then, with its review; null: none, or not kept. */
	review(run: RunState | null): ReviewAnswer | null;
	/** Looks whether a room has written more since. */
	grow(): void;
	close(): void;
}

/** From where to where it goes, in milliseconds; a journal that can be read has a first event. */
export function spanOf({timeline, samples}: Pick<Tape, 'timeline' | 'samples'>): {from: number; to: number} {
	const events = timeline.span();
	const seen = samples.span();
	return {
		from: events?.from ?? Date.parse(seen?.from ?? ''),
		to: Math.max(events?.to ?? 0, Date.parse(seen?.to ?? '1970-01-01T00:00:00Z')),
	};
}
