/** Which lock modes of PostgreSQL exclude each other (documentation, 13.3 Explicit Locking, Table 13.2). */

const modes = ['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'];

// Row and column in the order of `modes`; x: they conflict. A symmetric matrix.
const matrix = [
	'.......x',
	'......xx',
	'....xxxx',
	'...xxxxx',
	'..xx.xxx',
	'..xxxxxx',
	'.xxxxxxx',
	'xxxxxxxx',
];

const conflicting = new Map(modes.map((mode, row) => [mode, modes.filter((_, column) => matrix[row]?.[column] === 'x')]));

/** The modes that a lock of `mode` excludes; none for a mode it does not know. */
export const conflictsOf = (mode: string): readonly string[] => conflicting.get(mode) ?? [];
/** Whether two locks on the same object exclude each other. */
export const conflict = (one: string, other: string): boolean => conflictsOf(one).includes(other);
