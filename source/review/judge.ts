/** Asks every rule about one statement, and turns what they report into findings with level and place. */
import type {Context} from './context.ts';
import type {Finding} from './finding.ts';
import {writeFix} from './fix.ts';
import {lockModes} from './locks.ts';
import {normaliseSql} from './measured.ts';
import type {Measured} from './measured.ts';
import type {TableName} from './names.ts';
import {notReviewed} from './own-rules.ts';
import {offsetOfByte, positionInside} from './position.ts';
import type {Report, Rule, RuleWords, Statement} from './rule.ts';
import type {RuleSet} from './rule-set.ts';
import type {Settlements} from './settlements.ts';
import type {Piece} from './split.ts';
import {addMeasured, decideLevel, isDisproven} from './weigh.ts';

/** Where a statement stands. */
export interface Place {
	script: string;
	piece: Piece;
	number: number;
	file?: string;
	revision?: string;
	origin?: Finding['origin'];
}

/** The findings of one statement; those that a later one may settle are told to `settlements`. */
export function judge({statement, context, place, rules, settlements}: {statement: Statement; context: Context; place: Place; rules: RuleSet; settlements: Settlements}): Finding[] {
	const findings: Finding[] = [];
	const measured = context.knowledge?.measured?.[normaliseSql(statement.text)];
	for (const rule of rules.of(statement.operations)) {
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
			if (measured && isDisproven(rule, report, measured)) continue;
			const finding = weigh({rule, report, context, place, rules, measured, offset: report.at === undefined ? 0 : offsetOfByte(statement.text, report.at)});
			finding.lock = report.table && strongestLock(statement, report.table);
			if (measured && (rule.scales || rule.category === 'lock')) addMeasured(finding, report.table, measured);
			findings.push(finding);
			if (report.settledBy) settlements.expect({finding, settledBy: report.settledBy, transaction: context.inTransaction ? context.transaction : undefined, fixed: rules.levelOf(rule.id) !== undefined});
		}
	}
	return findings;
}

/** The findings that only the end of the script shows. `placeOf`: where a statement stood. */
export function judgeEnd({context, rules, placeOf}: {context: Context; rules: RuleSet; placeOf: (statement: number) => Place | undefined}): Finding[] {
	return rules.rules.flatMap(rule => (rule.end?.(context) ?? []).flatMap(report => {
		const place = placeOf(report.statement);
		return place ? [weigh({rule, report, context, place, rules, offset: report.at === undefined ? 0 : offsetOfByte(place.piece.text, report.at)})] : [];
	}));
}

function weigh({rule, report, context, place, rules, measured, offset}: {rule: Rule; report: Report; context: Context; place: Place; rules: RuleSet; measured?: Measured; offset: number}): Finding {
	const finding = makeFinding(rule, report, place, offset);
	const {level, size} = decideLevel({rule, report, context, measured});
	finding.level = rules.levelOf(rule.id) ?? (context.direction === 'down' ? 'info' : level);
	if (size !== undefined) finding.message = `${finding.message.replace(/\.$/, '')} (${size}).`;
	return finding;
}

/** A finding at an offset of its statement, at the rule's own level. */
export function makeFinding(rule: RuleWords, report: Report, place: Place, offset = 0): Finding {
	const {piece, number, file, revision, origin} = place;
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
		...(origin && {origin}),
		table: report.table?.text,
		source: sourceLine(place.script, piece.start + offset),
	};
}

function strongestLock(statement: Statement, table: TableName): string | undefined {
	let strongest = -1;
	for (const lock of statement.locks) if (lock.table.key === table.key) strongest = Math.max(strongest, lockModes.indexOf(lock.mode));
	return lockModes[strongest];
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
