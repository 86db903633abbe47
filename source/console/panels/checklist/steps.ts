/** The lines of the checklist's shell blocks as rows, and the one under the cursor. */
import {blockSteps, type BlockStep} from '../../../journal/block-steps.ts';
import type {Block} from '../../../journal/shapes/block.ts';
import type {RunState} from '../../../journal/shapes/run.ts';
import type {ConsoleState} from '../../state.ts';

export type StepRow = {kind: 'step'; key: string; step: BlockStep; depth: number} | {kind: 'output'; key: string; text: string; depth: number};

/** Of an output so many lines are seen in the list; the detail has all. */
const shownLines = 12;

/** The rows of one block; an output that is open follows its line. */
export function stepRows(block: Block, {run, opened, filter}: {run: RunState; opened: ReadonlySet<string>; filter: string}): StepRow[] {
	const depth = block.section.length + (block.item === undefined ? 0 : 1);
	const steps = blockSteps(block, run);
	return steps.filter(step => filter === '' || matches(step, filter)).flatMap(step => {
		const key = stepKey(step);
		const row: StepRow = {kind: 'step', key, step, depth};
		return opened.has(key) ? [row, ...outputRows(step, depth + 1)] : [row];
	});
}

/** Whether a block has a line that matches what was typed after `/`. */
export function blockMatches(block: Block, run: RunState, filter: string): boolean {
	return filter === '' || blockSteps(block, run).some(step => matches(step, filter));
}

/** The line of a block under the cursor. */
export function currentStep({run, cursor}: Pick<ConsoleState, 'run' | 'cursor'>): BlockStep | undefined {
	if (!run || !cursor?.startsWith(prefix)) return undefined;
	const block = run.blocks.find(({id}) => cursor.startsWith(`${prefix}${id} `));
	return block && blockSteps(block, run).find(step => stepKey(step) === cursor);
}

const prefix = 'block ';

function stepKey({block, index}: BlockStep): string {
	return `${prefix}${block.id} ${index}`;
}

function matches({title, command, state, block}: BlockStep, filter: string): boolean {
	if (filter.startsWith('!') && filter.length > 1) return !matches({title, command, state, block} as BlockStep, filter.slice(1));
	return `${title ?? ''} ${command ?? ''} ${state ?? ''} ${block.section.join(' ')} block`.toLowerCase().includes(filter);
}

function outputRows({output, summary}: BlockStep, depth: number): StepRow[] {
	const lines = [summary, ...(output === null ? [] : output.trimEnd().split('\n'))];
	const shown = lines.slice(0, shownLines);
	const more = lines.length - shown.length;
	return [...shown, ...(more > 0 ? [`… ${more} more lines in the detail`] : [])].map((text, index) => ({kind: 'output' as const, key: `output ${index}`, text, depth}));
}
