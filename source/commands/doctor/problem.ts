/** One thing that doctor found. */
import {Refusal} from '../../journal/refusal.ts';

export interface Problem {
	/** `error`: the main job can't be done; `warning`: it can, at a risk; `info`: good to know. */
	level: 'error' | 'warning' | 'info';
	what: string;
	fix: string;
}

/** A refusal says what is wrong and, behind its last semicolon or full stop, what to do. */
export function problemOf(error: unknown, level: Problem['level'] = 'error'): Problem {
	const message = (error instanceof Error ? error.message : String(error)).trim().replace(/\.$/, '');
	const at = Math.max(message.lastIndexOf('; '), message.lastIndexOf('. '));
	if (at < 0 || !(error instanceof Refusal)) return {level, what: `${message}.`, fix: 'Mend that, and run `holdpoint doctor` again.'};
	const fix = message.slice(at + 2);
	return {level, what: `${message.slice(0, at)}.`, fix: `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`};
}

/** What an examination finds; one that can't be made is itself a problem. */
export async function examined(examine: () => Promise<Problem[]>, level: Problem['level'] = 'error'): Promise<Problem[]> {
	try {
		return await examine();
	} catch (error) {
		return [problemOf(error, level)];
	}
}
