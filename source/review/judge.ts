/** Asks every rule about one statement, and turns what they report into findings with level and place. */
import type {Context} from './context.ts';
import type {Finding, Level} from './finding.ts';
import {writeFix} from './fix.ts';
import {describeSize, smallTableRows} from './knowledge.ts';
import {lockModes, locksOf} from './locks.ts';
import type {TableName} from './names.ts';
import {notReviewed} from './own-rules.ts';
import {offsetOfByte, positionInside} from './position.ts';
import type {Report, Rule, Statement} from './rule.ts';
import type {Piece} from './split.ts';

/** Where a statement stands. */
export interface Place {
	script: string;
	piece: Piece;
	number: number;
	file?: string;
	revision?: string;
}

/** The findings of one statement. `levels`: what the configuration says of single rules. */
export function judge({statement, context, place, rules, levels}: {statement: Statement; context: Context; place: Place; rules: readonly Rule[]; levels: Record<string, string>}): Finding[] {
	const findings: Finding[] = [];
	const kinds = statement.operations.map(operation => operation.do);
	for (const rule of rules) {
		if (rule.on && !kinds.some(kind => rule.on!.includes(kind))) continue;
		// Going back loses what the way forward brought: only that loss is worth a word.
		if (context.direction === 'down' && rule.category !== 'data-loss') continue;
		if (context.version < (rule.versions?.from ?? 0) || context.version > (rule.versions?.to ?? Infinity)) continue;
		let reports: Report[];
		try {
			reports = rule.check(statement, context);
		} catch {
			findings.push(makeFinding(notReviewed, {message: `The rule ${rule.id} could not judge this statement.`}, place));
			continue;
		}
		for (const report of reports) {
			const finding = weigh({rule, report, context, place, levels, offset: report.at === undefined ? 0 : offsetOfByte(statement.text, report.at)});
			finding.lock = report.table && strongestLock(statement, report.table);
			findings.push(finding);
		}
	}
	return findings;
}

/** The findings that only the end of the script shows. `placeOf`: where a statement stood. */
export function judgeEnd({context, rules, levels, placeOf}: {context: Context; rules: readonly Rule[]; levels: Record<string, string>; placeOf: (statement: number) => Place | undefined}): Finding[] {
	return rules.flatMap(rule => (rule.end?.(context) ?? []).flatMap(report => {
		const place = placeOf(report.statement);
		return place ? [weigh({rule, report, context, place, levels, offset: 0})] : [];
	}));
}

function weigh({rule, report, context, place, levels, offset}: {rule: Rule; report: Report; context: Context; place: Place; levels: Record<string, string>; offset: number}): Finding {
	const finding = makeFinding(rule, report, place, offset);
	const {level, size} = decideLevel(rule, report, context);
	finding.level = levels[rule.id] as Level | undefined ?? (context.direction === 'down' ? 'info' : level);
	if (size !== undefined) finding.message = `${finding.message.replace(/\.$/, '')} (${size}).`;
	return finding;
}

/** A finding at an offset of its statement, at the rule's own level. */
export function makeFinding(rule: Rule, report: Report, place: Place, offset = 0): Finding {
	const {piece, number, file, revision} = place;
	return {
		rule: rule.id,
		level: report.level ?? rule.level,
		message: report.message,
		why: rule.why,
		fix: writeFix(report.fix ?? rule.fix, report.table, report.names),
		statement: number,
		file,
		...positionInside(piece.text, offset, piece),
		endLine: piece.endLine,
		revision,
		table: report.table?.text,
		source: sourceLine(place.script, piece.start + offset),
	};
}

/** The same SQL is nothing on 200 rows and an outage on 200 million. */
function decideLevel(rule: Rule, report: Report, context: Context): {level: Level; size?: string} {
	const level = report.level ?? rule.level;
	if (!rule.scales || !report.table || !context.knowledge?.tables) return {level};
	const known = context.known(report.table);
	if (!known) return {level: level === 'error' ? 'warning' : 'info'};
	const size = describeSize(known);
	if (known.rows === null) return {level};
	if (known.rows < smallTableRows) return {level: 'info', size};
	return {level: known.rows >= (context.knowledge.largeTableRows ?? 1_000_000) ? 'error' : level, size};
}

function strongestLock(statement: Statement, table: TableName): string | undefined {
	const modes = statement.operations.flatMap(locksOf).filter(lock => lock.table.key === table.key).map(lock => lockModes.indexOf(lock.mode));
	return modes.length > 0 ? lockModes[Math.max(...modes)] : undefined;
}

/** The line around an offset; nothing when it is so long that a caret below it would not help. */
function sourceLine(script: string, offset: number): string | undefined {
	const before = script.slice(Math.max(0, offset - 300), offset);
	const begin = before.lastIndexOf('\n');
	if (begin < 0 && offset > 300) return undefined;
	const start = offset - before.length + begin + 1;
	const rest = script.slice(start, start + 300);
	const end = rest.search(/\r?\n/);
	return end < 0 ? rest : rest.slice(0, end);
}
