/** What the rehearsal measured of each statement, so that findings can say it instead of estimating. */

export interface Measured {
	/** Null where the copy did not hold as much as production: then the time means nothing. */
	seconds: number | null;
	/** As pg_locks names them: `AccessExclusiveLock`, or `ACCESS EXCLUSIVE`. */
	locks: {table: string; mode: string}[];
	/** Tables, with or without their schema. */
	rewrote: string[];
	scanned: string[];
}

/** By the statement's text as `normaliseSql` writes it. */
export type MeasuredStatements = Record<string, Measured>;

/**
 * What `Knowledge.measured` takes, from the statements of a rehearsal; of a text that ran twice the slower run counts.
 * @param options.sizes whether the copy held as many rows as production, so that its seconds mean something.
 */
export function indexMeasured(statements: readonly (Omit<Measured, 'seconds'> & {sql: string; seconds: number})[], {sizes}: {sizes: boolean}): MeasuredStatements {
	const measured: MeasuredStatements = {};
	for (const {sql, seconds, locks, rewrote, scanned} of statements) {
		const key = normaliseSql(sql);
		const slower = Object.hasOwn(measured, key) ? measured[key]!.seconds ?? 0 : -1;
		if (seconds > slower) measured[key] = {seconds: sizes ? seconds : null, locks, rewrote, scanned};
	}
	return measured;
}

/** One spelling of a statement: without comments, line breaks, the last semicolon, and the driver's doubled percent signs. */
export function normaliseSql(text: string): string {
	return text
		.replaceAll(/('(?:[^']|'')*'|"(?:[^"]|"")*")|(?:--[^\n]*|\/\*[\s\S]*?\*\/|\s)+/g, (_, quoted: string | undefined) => quoted ?? ' ')
		.replaceAll('%%', '%')
		.replace(/[\s;]+$/, '')
		.trim();
}

/** Whether a list of a measurement names this table. */
export function namesTable(list: readonly string[], table: {schema: string; name: string}): boolean {
	return list.some(each => {
		const bare = each.replaceAll('"', '');
		return bare === table.name || bare === `${table.schema}.${table.name}`;
	});
}
