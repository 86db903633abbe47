/** What setup says while it works, and how it gives up on a part. */

/** Progress is talk: it goes to standard error. */
export function say(sentence) {
	process.stderr.write(`setup: ${sentence}\n`);
}

/** Something is missing that setup can't mend: one sentence with what, and how to get it. */
export class Unmet extends Error {}
