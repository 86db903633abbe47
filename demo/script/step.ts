/** What a step of the demo's script is, and what the steps pass on to each other. */
import type {Catalog} from '../../source/postgres/catalog.ts';
import type {ItemNumbers} from './count-items.ts';
import type {Sandbox} from '../sandbox.ts';
import type {Answer} from './program.ts';

export interface Step {
	step: string;
	/** Plays and checks it; returns what was found, in one line. @throws when something is not as it should be */
	run(stage: Stage): Promise<Played>;
}

export interface Played {
	summary: string;
	/** Of the command that the step is about. */
	exit?: number;
}

export interface Stage {
	sandbox: Sandbox;
	/** Runs the command line on the sandbox's project with --json, in the run once there is one. */
	holdpoint<T>(...args: string[]): Promise<Answer<T>>;
	/** What earlier steps found. */
	notes: Notes;
	/** Over when the script is to end early. */
	signal: AbortSignal;
}

export interface Notes {
	run?: string;
	/** Of the room at work. */
	socket?: string;
	digest?: string;
	head?: string;
	/** Before anything was migrated. */
	catalog?: Catalog;
	/** What the run came to, before the closing downgrade. */
	items?: ItemNumbers;
}

/** A step that did not find what it should. */
export class Mismatch extends Error {
	override readonly name = 'Mismatch';
}

/** @throws Mismatch with what is wrong */
export function must(holds: boolean, wrong: string): asserts holds {
	if (!holds) throw new Mismatch(wrong);
}

/** @throws Mismatch that quotes the command's last words when it ended with another code, or said no JSON */
export function mustEnd<T>(answer: Answer<T>, exit: number): T {
	must(answer.exit === exit, `${answer.command} ended with ${answer.exit ?? 'a signal'} and not with ${exit}: ${answer.lastWords}`);
	must(answer.json !== null, `${answer.command} ended with ${exit} and said no JSON`);
	return answer.json;
}

/** A command that refuses says why on stderr and has nothing to print. @throws Mismatch */
export function mustRefuse(answer: Answer<unknown>, wanted: RegExp): string {
	must(answer.exit === 3, `${answer.command} ended with ${answer.exit ?? 'a signal'} and was not refused (3): ${answer.lastWords}`);
	must(wanted.test(answer.lastWords), `${answer.command} was refused for another reason: ${answer.lastWords}`);
	return answer.lastWords;
}
