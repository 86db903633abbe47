/** Plays the script on an open sandbox and tells it: a line a step for people, JSON lines with --json. */
import path from 'node:path';
import type {Sandbox} from '../../../demo/sandbox.ts';
import {playScript, type StepLine} from '../../../demo/script/play.ts';
import {runHoldpoint} from '../../../demo/script/program.ts';
import type {Notes} from '../../../demo/script/step.ts';
import type {Call} from '../command.ts';
import {programOf} from '../with-room.ts';

export interface ScriptOptions {
	sandbox: Sandbox;
	stateDir: string;
	signal: AbortSignal;
}

/** Compiled code of our own modules, kept between starts: a command's time is mostly its loading. */
const compileCache = path.resolve(import.meta.dirname, '../../../.cache/compile');

/** Exit code: 0 when every step passed. @throws the signal's reason when it came first */
export async function runScript({output, environment}: Call, {sandbox, stateDir, signal}: ScriptOptions): Promise<number> {
	const notes: Notes = {};
	const always = ['--project', sandbox.project, '--state-dir', stateDir];
	const program = {program: programOf(), environment: {...environment, HOLDPOINT_BY: 'the demo\'s script', NODE_COMPILE_CACHE: compileCache}, signal};
	const summary = await playScript({
		sandbox, notes, signal,
		holdpoint: (...args) => runHoldpoint({...program, always: notes.run === undefined ? always : [...always, '--run', notes.run]}, args),
	}, line => {
		if (output.json) output.line(line);
		output.text(describeStep(line));
	});
	if (output.json) output.line(summary);
	const {items} = summary;
	if (items) output.text(`${items.total} items: ${items.machine} by evidence, ${items.attested} attested, ${items.waived} waived, ${items.failed} failed, ${items.open} open`);
	output.text(`demo: ${summary.passed} steps passed, ${summary.failed} failed`);
	return summary.failed === 0 ? 0 : 1;
}

function describeStep({step, status, seconds, summary}: StepLine): string {
	return `${status.padEnd(7)} ${step.padEnd(16)} ${status === 'skipped' ? '       ' : `${seconds.toFixed(1).padStart(5)} s`}  ${summary}`;
}
