/** Durations as people write them in holdpoint.yaml: a number with `ms`, `s`, `min` or `h`. */

const milliseconds = {ms: 1, s: 1000, min: 60_000, h: 3_600_000} as const;
type Unit = keyof typeof milliseconds;

/** Milliseconds of a text such as `300ms`, `5s`, `1.5 min`, `1h`; null when it is no duration. */
export function parseDuration(text: string): number | null {
	const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h)\s*$/.exec(text) ?? [];
	return unit === undefined ? null : Math.round(Number(amount) * milliseconds[unit as Unit]);
}
