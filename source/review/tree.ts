/** Walks over a parse tree without recursion, so that depth can't exhaust the stack. */

/** Gives each node of a kind, wherever it is below: `nodes(tree, 'FuncCall')`. */
export function * nodes<T>(tree: unknown, kind: string): Generator<T> {
	for (const [key, child] of entries(tree)) if (key === kind) yield child as T;
}

/** Each named part of a tree, with its name. */
export function * entries(tree: unknown): Generator<[string, unknown]> {
	const waiting: unknown[] = [tree];
	while (waiting.length > 0) {
		const value = waiting.pop();
		if (Array.isArray(value)) waiting.push(...value);
		else if (typeof value === 'object' && value !== null) {
			for (const entry of Object.entries(value)) {
				yield entry;
				if (typeof entry[1] === 'object') waiting.push(entry[1]);
			}
		}
	}
}
