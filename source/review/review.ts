/** The review: a script in, findings out. */
import {Refusal} from '../journal/refusal.ts';
import {Context} from './context.ts';
import {joinReviews, levels, makeReview} from './finding.ts';
import type {Finding, Level, Review} from './finding.ts';
import {judge, judgeEnd, makeFinding} from './judge.ts';
import type {Place} from './judge.ts';
import type {Knowledge} from './knowledge.ts';
import {ignoreWithoutReason, notReviewed, syntaxError, unusedIgnore} from './own-rules.ts';
import {loadParser, parseStatement} from './parser.ts';
import type {Parsed} from './parser.ts';
import {offsetOfCharacter, positionInside} from './position.ts';
import {readOperations} from './read-operations.ts';
import type {Rule, Statement} from './rule.ts';
import {findRule, rules} from './rules/index.ts';
import {Splitter} from './split.ts';
import type {Note, Piece} from './split.ts';
import {Ignores, parseIgnore} from './suppress.ts';
import type {Ignore} from './suppress.ts';

export interface ReviewOptions {
	/** Major version of the target, 12 to 18; without it the knowledge's, else 14. */
	pgVersion?: number;
	/** Something around the script has opened a transaction, as Alembic does online. */
	transaction?: boolean;
	/** Levels by rule; `off` switches one off, a level switches an opt-in one on. */
	rules?: Record<string, string>;
	/** `default`: all but the opt-in ones. */
	enabled?: 'default' | 'all' | string[];
	knowledge?: Knowledge;
}

export interface ReviewInput extends ReviewOptions {
	text: string;
	/** Named in the findings. */
	file?: string;
	/** The revision of a statement, where the script has no `-- Running upgrade` markers. */
	revisionOf?: (place: {statement: number; line: number}) => string | undefined;
	/** Ignore comments that stand elsewhere, such as in the migration's Python. */
	ignores?: Omit<Ignore, 'used'>[];
}

/** Larger statements are not parsed: the tree of a 2 MB insert takes some 100 MB. */
const largestStatement = 2_000_000;
/** How often a statement that doesn't parse may be cut short and read on from there. */
const mostCuts = 1000;

/**
 * Reviews one script as one migration, or as the several that Alembic's markers in it name.
 * @throws Refusal (2) when a rule is named that does not exist.
 */
export async function reviewSql(input: ReviewInput): Promise<Review> {
	const chosen = chooseRules(input);
	const library = await loadParser();
	const splitter = new Splitter(input.text);
	const context = new Context(input.knowledge, {pgVersion: input.pgVersion, inTransaction: input.transaction === true});
	const ignores = new Ignores();
	for (const ignore of input.ignores ?? []) ignores.add({...ignore, used: false});
	const findings: Finding[] = [];
	let number = 0;
	let cuts = 0;
	let last: Piece | undefined;
	const remembered = new Map<number, Place>();
	let rested = performance.now();
	for (let item = splitter.next(); item; item = splitter.next()) {
		if (item.kind === 'note') {
			takeNote({note: item, context, ignores, last, number});
			continue;
		}
		let piece = item;
		number++;
		let parsed: Parsed | undefined = piece.text.length > largestStatement ? undefined : parseStatement(library, piece.text);
		if ((piece.unterminated || (parsed && !parsed.ok)) && piece.doubt !== undefined && cuts++ < mostCuts) {
			piece = splitter.cutAtDoubt(piece);
			parsed = parseStatement(library, piece.text);
		}
		last = piece;
		const place: Place = {
			script: input.text,
			piece,
			number,
			file: input.file,
			revision: context.revision ?? input.revisionOf?.({statement: number, line: piece.line}),
		};
		if (parsed?.ok) {
			const statement: Statement = {number, text: piece.text, tree: parsed.node, operations: readOperations(parsed.node, context.searchPath)};
			if (number === 1 && statement.operations[0]?.do === 'transaction') context.inTransaction = false;
			if (!isBookkeeping(statement, input.knowledge?.versionTable ?? 'alembic_version')) findings.push(...judge({statement, context, place, rules: chosen.rules, levels: input.rules ?? {}}));
			context.apply(statement);
			// What may turn out at the end to be unfinished: only that is remembered.
			if (context.remembers(number)) remembered.set(number, place);
		} else findings.push(unreadable(parsed, place));
		// Whoever shares the process, such as the monitor, gets its turn.
		if (performance.now() - rested > 50) {
			await new Promise(resolve => setImmediate(resolve));
			rested = performance.now();
		}
	}
	findings.push(...judgeEnd({context, rules: chosen.rules, levels: input.rules ?? {}, placeOf: statement => remembered.get(statement)}));
	const kept = findings.filter(finding => !ignores.silence(finding));
	const suppressed = findings.length - kept.length;
	for (const ignore of ignores.all) kept.push(...judgeIgnore(ignore, {chosen, number, file: input.file}));
	const ordered = kept.filter(finding => input.rules?.[finding.rule] !== 'off').sort((a, b) => a.line - b.line || a.column - b.column);
	return makeReview(number, ordered, suppressed);
}

/** Reviews each file by itself, in their order. @throws Refusal (2) as `reviewSql`. */
export async function reviewFiles(files: {file: string; text: string}[], options: ReviewOptions = {}): Promise<Review> {
	const reviews: Review[] = [];
	for (const {file, text} of files) reviews.push(await reviewSql({...options, file, text}));
	return joinReviews(reviews);
}

interface Chosen {
	rules: Rule[];
	ids: Set<string>;
}

function chooseRules({enabled = 'default', rules: configured = {}}: ReviewOptions): Chosen {
	const named = Array.isArray(enabled) ? enabled : [];
	for (const id of [...named, ...Object.keys(configured)]) {
		if (!findRule(id)) throw new Refusal(2, `There is no review rule "${id}"; \`holdpoint review --explain ${id}\` would say so too: look at the names with --rules all.`);
	}
	for (const [id, level] of Object.entries(configured)) {
		if (level !== 'off' && !levels.includes(level as Level)) throw new Refusal(2, `The level of review rule ${id} is "${level}"; it can be error, warning, info or off.`);
	}
	const chosen = rules.filter(rule => {
		if (configured[rule.id] === 'off') return false;
		if (Array.isArray(enabled)) return named.includes(rule.id);
		return enabled === 'all' || !rule.optIn || configured[rule.id] !== undefined;
	});
	return {rules: chosen, ids: new Set(chosen.map(rule => rule.id))};
}

function takeNote({note, context, ignores, last, number}: {note: Note; context: Context; ignores: Ignores; last: Piece | undefined; number: number}): void {
	const marker = /^-- Running (upgrade|downgrade)\s+(.*?)\s*->\s*(.*?)\s*$/.exec(note.text);
	if (marker) {
		const [, way, from = '', to = ''] = marker;
		context.enterRevision((way === 'upgrade' ? to : from).split(',')[0]!.trim(), way === 'upgrade' ? 'up' : 'down');
		return;
	}
	// Behind the semicolon on the same line it belongs to what stands there.
	const statement = last && note.line === last.endLine && note.start >= last.end ? number : number + 1;
	ignores.add({...parseIgnore(note), statement});
}

/** What Alembic writes about itself is never a finding. */
function isBookkeeping(statement: Statement, versionTable: string): boolean {
	return statement.operations.length > 0 && statement.operations.every(operation => {
		if (operation.do === 'drop') return operation.names.every(name => name.name === versionTable);
		return 'table' in operation && operation.table?.name === versionTable;
	});
}

function unreadable(parsed: Exclude<Parsed, {ok: true}> | undefined, place: Place): Finding {
	if (!parsed) return makeFinding(notReviewed, {message: `This statement of ${place.piece.text.length.toLocaleString('en-US')} characters is too large to be reviewed.`}, place);
	const offset = offsetOfCharacter(place.piece.text, parsed.at);
	const rule = parsed.tooDeep ? notReviewed : syntaxError;
	const message = `${parsed.message.charAt(0).toUpperCase()}${parsed.message.slice(1)}.`;
	return {...makeFinding(rule, {message}, place, offset), ...positionInside(place.piece.text, offset, place.piece)};
}

function judgeIgnore(ignore: Ignore, {chosen, number, file}: {chosen: Chosen; number: number; file?: string}): Finding[] {
	const statement = Math.min(ignore.statement ?? number, Math.max(1, number));
	const say = (rule: Rule, message: string): Finding[] => [{rule: rule.id, level: rule.level, message, why: rule.why, fix: rule.fix.sql, statement, file: ignore.file ?? file, line: ignore.line, column: ignore.column, revision: ignore.revision}];
	if (ignore.rules.length === 0) return say(unusedIgnore, 'This ignore comment can\'t be read.');
	const missing = ignore.rules.find(id => !findRule(id));
	if (missing !== undefined) return say(unusedIgnore, `There is no rule "${missing}" to ignore.`);
	if (ignore.reason === '') return say(ignoreWithoutReason, `This ignore of ${ignore.rules.join(', ')} gives no reason, so it silences nothing.`);
	// A rule that is switched off can't show whether its ignore is still needed.
	if (ignore.used || !ignore.rules.some(id => chosen.ids.has(id))) return [];
	return say(unusedIgnore, `${ignore.rules.join(', ')} finds nothing here to ignore.`);
}
