/** The review: a script in, findings out. */
import {setImmediate} from 'node:timers/promises';
import {Context} from './context.ts';
import {readDoBlock} from './do-block.ts';
import {joinReviews, makeReview} from './finding.ts';
import type {Finding, Review} from './finding.ts';
import {judgeIgnore} from './judge-ignore.ts';
import {judge, judgeEnd, makeFinding} from './judge.ts';
import type {Place} from './judge.ts';
import type {Knowledge} from './knowledge.ts';
import {locksOf} from './locks.ts';
import type {Operation} from './operations.ts';
import {notReviewed, syntaxError, unsafeExecute} from './own-rules.ts';
import {loadParser, parseStatement} from './parser.ts';
import type {Parsed} from './parser.ts';
import {offsetOfCharacter, positionInside} from './position.ts';
import {readOperations} from './read-operations.ts';
import type {Statement} from './rule.ts';
import {RuleSet} from './rule-set.ts';
import type {Choice} from './rule-set.ts';
import {Settlements} from './settlements.ts';
import {Splitter} from './split.ts';
import type {Note, Piece} from './split.ts';
import {Ignores, parseIgnore} from './suppress.ts';
import type {Ignore} from './suppress.ts';

export interface ReviewOptions extends Choice {
	/** Major version of the target, 12 to 18; without it the knowledge's, else 14. */
	pgVersion?: number;
	/** Something around the script has opened a transaction, as Alembic does online. */
	transaction?: boolean;
	knowledge?: Knowledge;
	/** Regular expressions that new names must match, by `ix`, `uq`, `ck`, `fk`, `pk`, `ex`, `table`, `column`, `schema`, `type`, for the rule naming-convention. */
	naming?: Record<string, string>;
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
 * @throws Refusal (2) when a rule or a level is named that does not exist, or a naming is no regular expression.
 */
export async function reviewSql(input: ReviewInput): Promise<Review> {
	const rules = new RuleSet(input);
	const library = await loadParser();
	const splitter = new Splitter(input.text);
	const context = new Context(input.knowledge, {pgVersion: input.pgVersion, inTransaction: input.transaction === true, naming: input.naming});
	const script = new Script(input, rules, library, context);
	const ignores = new Ignores();
	for (const ignore of input.ignores ?? []) ignores.add({...ignore, used: false});
	let number = 0;
	let cuts = 0;
	let last: Piece | undefined;
	let rested = performance.now();
	for (let item = splitter.next(); item; item = splitter.next()) {
		if (item.kind === 'note') {
			takeNote({note: item, script, ignores, last, number});
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
		script.take(parsed, {script: input.text, piece, number, file: input.file, revision: context.revision ?? input.revisionOf?.({statement: number, line: piece.line})});
		// Whoever shares the process, such as the monitor, gets its turn.
		if (performance.now() - rested > 50) {
			await setImmediate();
			rested = performance.now();
		}
	}
	const findings = script.finish(number);
	const kept = findings.filter(finding => !ignores.silence(finding));
	const suppressed = findings.length - kept.length;
	for (const ignore of ignores.all) kept.push(...judgeIgnore(ignore, {ids: rules.ids, number, file: input.file}));
	const said = kept.filter(finding => input.rules?.[finding.rule] !== 'off').sort((a, b) => a.line - b.line || a.column - b.column);
	const notes = context.versionKnown ? [] : ['Nobody said which PostgreSQL this is for: judged as for 14, the oldest that is supported.'];
	return makeReview(number, said, {suppressed, notes});
}

/** Reviews each file by itself, in their order. @throws Refusal (2) as `reviewSql`. */
export async function reviewFiles(files: {file: string; text: string}[], options: ReviewOptions = {}): Promise<Review> {
	const reviews: Review[] = [];
	for (const {file, text} of files) reviews.push(await reviewSql({...options, file, text}));
	return joinReviews(reviews);
}

/** One script on its way through the rules. */
class Script {
	readonly settlements = new Settlements();
	readonly findings: Finding[] = [];
	/** What may turn out at the end to be unfinished: only that is remembered. */
	readonly #remembered = new Map<number, Place>();

	// Erasable syntax knows no parameter properties.
	readonly input: ReviewInput;
	readonly rules: RuleSet;
	readonly library: Awaited<ReturnType<typeof loadParser>>;
	readonly context: Context;

	constructor(input: ReviewInput, rules: RuleSet, library: Awaited<ReturnType<typeof loadParser>>, context: Context) {
		this.input = input;
		this.rules = rules;
		this.library = library;
		this.context = context;
	}

	take(parsed: Parsed | undefined, place: Place): void {
		if (!parsed?.ok) {
			this.findings.push(unreadable(parsed, place));
			return;
		}
		const operations = readOperations(parsed.node, this.context.searchPath);
		if (place.number === 1 && operations[0]?.do === 'transaction') this.context.inTransaction = false;
		this.#judge({number: place.number, text: place.piece.text, tree: parsed.node, operations, locks: operations.flatMap(locksOf)}, place);
		for (const operation of operations) if (operation.do === 'do-block') this.#takeBody(operation.language, place);
	}

	finish(statements: number): Finding[] {
		const {context, rules, settlements} = this;
		const end = judgeEnd({context, rules, placeOf: statement => this.#remembered.get(statement)});
		const alone = statements === 1 ? new Set(rules.rules.filter(rule => rule.amongOthers).map(rule => rule.id)) : new Set();
		return [...this.findings, ...end].filter(finding => !settlements.gone.has(finding) && !alone.has(finding.rule));
	}

	#judge(statement: Statement, place: Place): void {
		const {context, rules, settlements} = this;
		const own = isBookkeeping(statement.operations, this.input.knowledge?.versionTable ?? 'alembic_version');
		settlements.ask(statement.operations, context.transaction);
		if (!own) this.findings.push(...judge({statement, context, place, rules, settlements}));
		context.apply(statement);
		if (own) context.book();
		if (context.remembers(statement.number)) this.#remembered.set(statement.number, place);
	}

	#takeBody(language: string, place: Place): void {
		const {context, library} = this;
		const {statements, dynamic, unreadable: reason} = readDoBlock(library, place.piece.text, language);
		const leave = context.enterBlock();
		for (const {text, offset, ends} of statements) {
			if (ends) context.endTransaction();
			const parsed = ends ? undefined : parseStatement(library, text);
			if (!parsed?.ok) continue;
			const piece = {...place.piece, text, start: place.piece.start + offset, ...positionInside(place.piece.text, offset, place.piece)};
			const operations = readOperations(parsed.node, context.searchPath);
			this.#judge({number: place.number, text, tree: parsed.node, operations, locks: operations.flatMap(locksOf)}, {...place, piece});
		}
		leave();
		if (context.direction === 'down' || !this.rules.has(unsafeExecute)) return;
		if (reason !== undefined) this.findings.push(makeFinding(unsafeExecute, {message: `What this block does was not reviewed: ${reason}.`}, place));
		for (const {offset} of dynamic) this.findings.push(makeFinding(unsafeExecute, {message: 'EXECUTE runs SQL that is put together only then: it was not reviewed.'}, place, offset));
	}
}

function takeNote({note, script, ignores, last, number}: {note: Note; script: Script; ignores: Ignores; last: Piece | undefined; number: number}): void {
	const marker = /^-- Running (upgrade|downgrade)\s+(.*?)\s*->\s*(.*?)\s*$/.exec(note.text);
	if (marker) {
		const [, way, from = '', to = ''] = marker;
		script.settlements.close();
		script.context.enterRevision((way === 'upgrade' ? to : from).split(',')[0]!.trim(), way === 'upgrade' ? 'up' : 'down');
		return;
	}
	// Behind the semicolon on the same line it belongs to what stands there.
	const statement = last && note.line === last.endLine && note.start >= last.end ? number : number + 1;
	ignores.add({...parseIgnore(note), statement});
}

/** What Alembic writes about itself is never a finding. */
function isBookkeeping(operations: readonly Operation[], versionTable: string): boolean {
	return operations.length > 0 && operations.every(operation => {
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
