/** Walks over a parse tree without recursion, so that depth can't exhaust the stack. */

/** Gives each node of a kind, wherever it is below: `nodes(tree, 'FuncCall')`. */
export function * nodes<T>(tree: unknown, kind: string): Generator<T> {
	const waiting: unknown[] = [tree];
	while (waiting.length > 0) {
		const value = waiting.pop();
		if (Array.isArray(value)) waiting.push(...value);
		else if (typeof value === 'object' && value !== null) {
			for (const [key, child] of Object.entries(value)) {
				if (key === kind) yield child as T;
				if (typeof child === 'object') waiting.push(child);
			}
		}
	}
}
