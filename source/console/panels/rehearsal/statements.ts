/** What each rehearsed statement took, locked, rewrote and read, and what it will take on the target. */
import type {Rehearsal} from '../../../journal/shapes/rehearsal.ts';
import {bytes, count, plural, seconds} from '../../parts/figures.ts';
import {line, span, type Line} from '../../parts/line.ts';
import {padStart} from '../../parts/printable.ts';
import {text} from './rows.ts';

type Statement = Rehearsal['statements'][number];

/** What takes less is told by its number only. */
const shortSeconds = 0.005;

/** The longest first; of the bookkeeping that takes no time only the number. */
export function statementLines({statements}: Pick<Rehearsal, 'statements'>, width: number): Line[] {
	const told = statements.filter(each => each.seconds >= shortSeconds || each.locks.length > 0 || each.rewrote.length > 0);
	const rest = statements.length - told.length;
	return [
		...told.toSorted((one, other) => other.seconds - one.seconds).flatMap(statement => one(statement, width)),
		...(rest > 0 ? [line(`and ${count(rest)} more that took less than 5 ms and locked nothing`, 'dim')] : []),
	];
}

/** Most statements of a migration take milliseconds. */
function took(value: number): string {
	return value < 0.0995 ? `${Math.round(value * 1000)} ms` : seconds(value);
}

function one(statement: Statement, width: number): Line[] {
	const {sql, revision, estimateSeconds, estimateBasis, locks, rewrote, scanned, rows, walBytes, unmeasured} = statement;
	const under = ' '.repeat(11);
	const [first, ...more] = text(sql.replaceAll(/\s+/g, ' ').trim(), width - 11, 'plain');
	return [
		[span(padStart(took(statement.seconds), 9), 'strong'), span('  '), ...first ?? []],
		...more.slice(0, 2).map(row => [span(under), ...row]),
		...(estimateBasis === undefined ? [] : text(`on the target: ${estimateSeconds === null || estimateSeconds === undefined ? 'unknown' : `about ${took(estimateSeconds)}`} (${estimateBasis})`, width, estimateSeconds === null ? 'warn' : 'plain', under)),
		...(locks.length === 0 ? [] : text(`locks: ${locks.map(({table, mode}) => `${mode} on ${table}`).join(', ')}`, width, locks.some(lock => lock.mode === 'ACCESS EXCLUSIVE') ? 'warn' : 'dim', under)),
		...(rewrote.length === 0 ? [] : text(`rewrote: ${rewrote.join(', ')}`, width, 'warn', under)),
		...(scanned.length === 0 ? [] : text(`read from end to end: ${scanned.join(', ')}`, width, 'dim', under)),
		line(`${under}${[...(rows === null ? [] : [plural(rows, 'row')]), `WAL ${bytes(walBytes)}`, ...(revision === undefined ? [] : [revision])].join(', ')}`, 'dim'),
		...(unmeasured === undefined ? [] : text(`not measured: ${unmeasured}`, width, 'warn', under)),
	];
}
