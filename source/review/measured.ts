/** What the rehearsal measured of each statement, so that findings can say it instead of estimating. */

export interface Measured {
	/** For tables of the target's size; null where the copy held too little to tell. */
	seconds: number | null;
	/** As it took on the copy. */
	ran: number;
	/** What it did not touch could be told as surely as what it did. */
	whole: boolean;
	/** As pg_locks names them: `AccessExclusiveLock`, or `ACCESS EXCLUSIVE`. */
	locks: {table: string; mode: string}[];
	/** Tables, with or without their schema. */
	rewrote: string[];
	scanned: string[];
}

/** By the statement's text as `normaliseSql` writes it. */
export type MeasuredStatements = Record<string, Measured>;

/** A statement as the rehearsal tells it: `estimateSeconds` for the target's size, null where that can't be told, absent where it is as it ran. */
export interface RehearsedStatement extends Pick<Measured, 'locks' | 'rewrote' | 'scanned'> {
	sql: string;
	seconds: number;
	estimateSeconds?: number | null;
	/** What of it could not be measured. */
	unmeasured?: string;
}

/** What `Knowledge.measured` takes, from the statements of a rehearsal; of a text that ran twice the slower run counts. */
export function indexMeasured(statements: readonly RehearsedStatement[]): MeasuredStatements {
	const measured: MeasuredStatements = {};
	for (const {sql, seconds, estimateSeconds = seconds, locks, rewrote, scanned, unmeasured} of statements) {
		const key = normaliseSql(sql);
		if (Object.hasOwn(measured, key) && measured[key]!.ran >= seconds) continue;
		measured[key] = {seconds: estimateSeconds, ran: seconds, locks, rewrote, scanned, whole: unmeasured === undefined};
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
