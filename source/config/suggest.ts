/** The known word that a mistyped one was most likely meant to be. */

/** The nearest of the known words, when about a third of the letters differ at most. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
	const ranked = known
		.map(candidate => ({candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase())}))
		.sort((one, other) => one.distance - other.distance);
	const [best] = ranked;
	return best && best.distance <= (word.length < 4 ? 1 : Math.max(2, Math.floor(best.candidate.length / 3))) ? best.candidate : undefined;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(one: string, other: string): number {
	let row = Array.from({length: other.length + 1}, (_, index) => index);
	for (const [index, letter] of [...one].entries()) {
		const next = [index + 1];
		for (const [at, target] of [...other].entries()) {
			next.push(Math.min(next[at]! + 1, row[at + 1]! + 1, row[at]! + (letter === target ? 0 : 1)));
		}
		row = next;
	}
	return row.at(-1)!;
}
