/** The review: a script in, findings out. */
import {setImmediate} from 'node:timers/promises';
import {Context} from './context.ts';
import {joinReviews, makeReview} from './finding.ts';
import type {Review} from './finding.ts';
import {judgeIgnore} from './judge-ignore.ts';
import type {Knowledge} from './knowledge.ts';
import {loadParser, parseStatement} from './parser.ts';
import type {Parsed} from './parser.ts';
import {RuleSet} from './rule-set.ts';
import type {Choice} from './rule-set.ts';
import {Script, type StatementListener} from './script.ts';
import {Splitter} from './split.ts';
import type {Note, Piece} from './split.ts';
import {Ignores, parseIgnore} from './suppress.ts';
import type {Ignore} from './suppress.ts';
import type {Origins} from './origins.ts';

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
	/** Where in the migrations' Python each statement comes from. */
	origins?: Origins;
	/** Hears each statement as it is read. */
	onStatement?: StatementListener;
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
	const script = new Script({versionTable: input.knowledge?.versionTable, rules, library, context, onStatement: input.onStatement});
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
		script.take(parsed, {script: input.text, piece, number, file: input.file, revision: context.revision, origin: input.origins?.get(piece.start)});
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
	const said = kept.filter(finding => input.rules?.[finding.rule] !== 'off').map(finding => ({...finding, level: rules.levelOf(finding.rule) ?? finding.level})).sort((a, b) => a.line - b.line || a.column - b.column);
	const notes = context.versionKnown ? [] : ['Nobody said which PostgreSQL this is for: judged as for 14, the oldest that is supported.'];
	return makeReview(number, said, {suppressed, notes});
}

/** Reviews each file by itself, in their order. @throws Refusal (2) as `reviewSql`. */
export async function reviewFiles(files: {file: string; text: string}[], options: ReviewOptions = {}): Promise<Review> {
	const reviews: Review[] = [];
	for (const {file, text} of files) reviews.push(await reviewSql({...options, file, text}));
	return joinReviews(reviews);
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
