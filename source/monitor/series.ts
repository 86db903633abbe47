/** A ring of fixed size for one number over time, and its values at the width of a chart. */

export interface Series {
	readonly size: number;
	/** How many values there are, at most `size`. */
	readonly length: number;
	/** Grows with each push: a chart is drawn anew only when it has changed. */
	readonly version: number;
	/** Null: unknown at that time; the chart has a gap there. */
	push(value: number | null): void;
	/** The newest value, or null. */
	last(): number | null;
	/** The newest `width` values, oldest first; fewer when there are fewer. */
	values(width: number): (number | null)[];
	/** All of them at `width` columns, oldest first: each column its largest value, so that a peak is never lost. */
	columns(width: number): (number | null)[];
}

/** Makes an empty ring; it never allocates again. */
export function createSeries(size: number): Series {
	const ring = new Float64Array(size).fill(Number.NaN);
	let length = 0;
	let next = 0;
	let version = 0;
	/** From the oldest, 0. */
	const at = (index: number): number | null => {
		const value = ring[(next - length + index + size) % size]!;
		return Number.isNaN(value) ? null : value;
	};

	return {
		size,
		get length() {
			return length;
		},
		get version() {
			return version;
		},
		push(value) {
			ring[next] = value ?? Number.NaN;
			next = (next + 1) % size;
			length = Math.min(length + 1, size);
			version++;
		},
		last: () => length === 0 ? null : at(length - 1),
		values(width) {
			const count = Math.min(width, length);
			return Array.from({length: count}, (_, index) => at(length - count + index));
		},
		columns(width) {
			const count = Math.min(width, length);
			return Array.from({length: count}, (_, column) => {
				let largest: number | null = null;
				const end = Math.floor((column + 1) * length / count);
				for (let index = Math.floor(column * length / count); index < end; index++) {
					const value = at(index);
					if (value !== null && (largest === null || value > largest)) largest = value;
				}

				return largest;
			});
		},
	};
}
