/** Plays the steps of the script one after another and tells each as it ends. */
import type {ItemNumbers} from './count-items.ts';
import {steps} from './steps.ts';
import type {Notes, Stage} from './step.ts';

export interface StepLine {
	step: string;
	/** After a failure nothing more is played. */
	status: 'passed' | 'failed' | 'skipped';
	seconds: number;
	summary: string;
	/** Exit code of the command that the step is about. */
	exit?: number;
}

export interface SummaryLine {
	step: 'summary';
	passed: number;
	failed: number;
	/** Counted before the closing downgrade; null when it did not come so far. */
	items: ItemNumbers | null;
}

/** @throws the signal's reason when it came before the end */
export async function playScript(stage: Omit<Stage, 'notes'> & {notes: Notes}, tell: (line: StepLine) => void): Promise<SummaryLine> {
	const summary: SummaryLine = {step: 'summary', passed: 0, failed: 0, items: null};
	for (const {step, run} of steps) {
		if (summary.failed > 0) {
			tell({step, status: 'skipped', seconds: 0, summary: 'not played, since a step before it failed'});
			continue;
		}
		const started = performance.now();
		const seconds = () => Math.round(performance.now() - started) / 1000;
		try {
			const played = await run(stage);
			summary.passed++;
			tell({step, status: 'passed', seconds: seconds(), ...played});
		} catch (error) {
			stage.signal.throwIfAborted();
			summary.failed++;
			tell({step, status: 'failed', seconds: seconds(), summary: (error as Error).message});
		}
	}
	summary.items = stage.notes.items ?? null;
	return summary;
}
