/** The one kind of error that a user is meant to read: a sentence, and the exit code that goes with it. */

/** Says no, or what went wrong, in one sentence: what, to what, and what to do next. */
export class Refusal extends Error {
	/** Exit code of CONTRACT.md. */
	readonly exit: 1 | 2 | 3 | 4 | 5;

	constructor(exit: 1 | 2 | 3 | 4 | 5, sentence: string) {
		super(sentence);
		this.name = 'Refusal';
		this.exit = exit;
	}
}
