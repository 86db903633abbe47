/** How bad a finding is: by the size of its table, or by what the rehearsal measured. */
import type {Context} from './context.ts';
import type {Finding, Level} from './finding.ts';
import {describeSize, smallTableBytes, smallTableRows} from './knowledge.ts';
import type {KnownTable} from './knowledge.ts';
import {lockModes} from './locks.ts';
import {namesTable} from './measured.ts';
import type {Measured} from './measured.ts';
import type {TableName} from './names.ts';
import type {Report, Rule} from './rule.ts';

/** A table locked for less than this is a pause that nobody reports. */
const shortSeconds = 1;

/** From here on a lock is an outage. */
const longSeconds = 10;

/** Whether the rehearsal saw that what a rule claims did not happen. */
export function isDisproven(rule: Rule, report: Report, measured: Measured): boolean {
	if (!rule.claims || !report.table || report.level === 'info' || !measured.whole) return false;
	return !namesTable(rule.claims === 'rewrite' ? measured.rewrote : [...measured.scanned, ...measured.rewrote], report.table);
}

/** The same SQL is nothing on 200 rows and an outage on 200 million. `size` belongs behind the message. */
export function decideLevel({rule, report, context, measured}: {rule: Rule; report: Report; context: Context; measured?: Measured}): {level: Level; size?: string} {
	const level = report.level ?? rule.level;
	if (!rule.scales || !report.table) return {level};
	if (measured && measured.seconds !== null) {
		const {seconds} = measured;
		const scaled = Math.abs(seconds - measured.ran) > 0.05 * Math.max(seconds, measured.ran);
		const size = `measured in the rehearsal: ${describeSeconds(measured.ran)}${scaled ? `, so ${describeSeconds(seconds)} at the size of today` : ''}`;
		return {level: seconds < shortSeconds ? 'info' : seconds >= longSeconds && level !== 'info' ? 'error' : level, size};
	}
	if (!context.knowledge?.tables) return {level};
	const known = context.known(report.table);
	if (!known) return {level: level === 'error' ? 'warning' : 'info'};
	const scan = rule.claims && describeScan(known, rule.claims, context.knowledge.scanBytesPerSecond);
	const size = [describeSize(known), scan].filter(Boolean).join(', ') || undefined;
	if (known.rows === null) return {level, size};
	// A few rows can be large all the same.
	if (known.rows < smallTableRows && (known.heapBytes ?? 0) < smallTableBytes) return {level: 'info', size};
	return {level: known.rows >= (context.knowledge.largeTableRows ?? 1_000_000) && level !== 'info' ? 'error' : level, size};
}

/** Puts what was measured in the place of what the locks are known to be. */
export function addMeasured(finding: Finding, table: TableName | undefined, measured: Measured): void {
	if (!table) return;
	const modes = measured.locks.filter(lock => namesTable([lock.table], table)).map(({mode}) => lockModes.indexOf(readMode(mode)));
	const strongest = Math.max(-1, ...modes);
	if (strongest >= 0) finding.lock = lockModes[strongest];
	finding.measured = true;
}

/** `AccessExclusiveLock` → `ACCESS EXCLUSIVE`. */
function readMode(mode: string): (typeof lockModes)[number] {
	return mode.replace(/Lock$/, '').replaceAll(/([a-z])([A-Z])/g, '$1 $2').toUpperCase() as (typeof lockModes)[number];
}

/** Reading comes first in either; what a rewrite then writes nobody measured. */
function describeScan({heapBytes, bytes}: KnownTable, claim: 'scan' | 'rewrite', speed: number | undefined): string | undefined {
	const read = heapBytes ?? bytes;
	if (read === null || speed === undefined || speed <= 0) return undefined;
	const time = describeSeconds(read / speed);
	return claim === 'scan' ? `estimated scan ${time} at this server's measured speed` : `estimated ${time} for reading it alone at this server's measured speed`;
}

function describeSeconds(seconds: number): string {
	if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
	return seconds < 100 ? `${Number(seconds.toPrecision(2))} s` : `${Math.round(seconds / 60)} min`;
}
