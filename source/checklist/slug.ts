/** How words become the stable ids of CONTRACT.md. */

/** Lower case, each run of characters outside a–z and 0–9 one hyphen, trimmed; may come out empty. */
export function slug(text: string): string {
	return text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/** A heading's words without the number it begins with: `1. Pre-Flight` and `2.3) Run` give `Pre-Flight` and `Run`. */
export function withoutNumber(heading: string): string {
	return heading.replace(/^\s*\d+(?:\.\d+)*[.):]?\s+/, '');
}

/** Makes every id given to it unique: the second of the same words gets `-2`. */
export function createUniqueIds(): (id: string) => string {
	const taken = new Set<string>();
	return id => {
		let unique = id;
		for (let number = 2; taken.has(unique); number++) unique = `${id}-${number}`;
		taken.add(unique);
		return unique;
	};
}
