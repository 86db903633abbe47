/** Amounts of bytes in words, in powers of 1024 and with PostgreSQL's names of them, as its own tools show sizes. */

/** Such as `512 B`, `1.2 GB`; `unknown`. */
export function byteWords(bytes: number | null | undefined): string {
	if (bytes === null || bytes === undefined) return 'unknown';
	const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
	const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(1024)));
	const value = bytes / 1024 ** power;
	return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`;
}
