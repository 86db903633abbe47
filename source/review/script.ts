/** One script on its way through the rules, statement by statement. */
import type {Context} from './context.ts';
import {readDoBlock} from './do-block.ts';
import type {Finding} from './finding.ts';
import {judge, judgeEnd, makeFinding} from './judge.ts';
import type {Place} from './judge.ts';
import {locksOf} from './locks.ts';
import type {TableName} from './names.ts';
import type {Operation} from './operations.ts';
import {notReviewed, syntaxError, unsafeExecute} from './own-rules.ts';
import {parseStatement} from './parser.ts';
import type {loadParser, Parsed} from './parser.ts';
import {offsetOfCharacter, positionInside} from './position.ts';
import {readOperations} from './read-operations.ts';
import type {Statement} from './rule.ts';
import type {RuleSet} from './rule-set.ts';
import {Settlements} from './settlements.ts';

type Library = Awaited<ReturnType<typeof loadParser>>;

/** Hears each statement as it was read, the ones in the body of a DO block with its number; `own`: Alembic's bookkeeping. `isNew`: the script made the table before. */
export type StatementListener = (read: {statement: Statement; place: Place; own: boolean; isNew(table: TableName): boolean}) => void;

export class Script {
	readonly settlements = new Settlements();
	readonly findings: Finding[] = [];
	/** What may turn out at the end to be unfinished: only that is remembered. */
	readonly #remembered = new Map<number, Place>();
	readonly #versionTable: string;
	readonly #rules: RuleSet;
	readonly #library: Library;
	readonly context: Context;
	readonly #onStatement: StatementListener;

	constructor({versionTable = 'alembic_version', rules, library, context, onStatement = () => {}}: {versionTable?: string; rules: RuleSet; library: Library; context: Context; onStatement?: StatementListener}) {
		this.#versionTable = versionTable;
		this.#onStatement = onStatement;
		this.#rules = rules;
		this.#library = library;
		this.context = context;
	}

	/** One statement; `parsed` undefined: it is too large to be parsed. */
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

	/** All findings, those that only the end shows included. */
	finish(statements: number): Finding[] {
		const {context, settlements} = this;
		const rules = this.#rules;
		const end = judgeEnd({context, rules, placeOf: statement => this.#remembered.get(statement)});
		const alone = statements === 1 ? new Set(rules.rules.filter(rule => rule.amongOthers).map(rule => rule.id)) : new Set();
		return [...this.findings, ...end].filter(finding => !settlements.gone.has(finding) && !alone.has(finding.rule));
	}

	#judge(statement: Statement, place: Place): void {
		const {context, settlements} = this;
		const rules = this.#rules;
		const own = isBookkeeping(statement.operations, this.#versionTable);
		this.#onStatement({statement, place, own, isNew: table => context.isNew(table)});
		settlements.ask(statement.operations, context.transaction);
		if (!own) this.findings.push(...judge({statement, context, place, rules, settlements}));
		context.apply(statement);
		if (own) context.book();
		if (context.remembers(statement.number)) this.#remembered.set(statement.number, place);
	}

	#takeBody(language: string, place: Place): void {
		const {context} = this;
		const library = this.#library;
		const {statements, dynamic, unreadable: reason, refused} = readDoBlock(library, place.piece.text, language);
		const unread = dynamic.map(({offset}) => ({offset, message: 'EXECUTE runs SQL that is put together only then: it was not reviewed.'}));
		const leave = context.enterBlock();
		for (const {text, offset, ends} of statements) {
			if (ends) context.endTransaction();
			const parsed = ends ? undefined : parseStatement(library, text);
			if (parsed && !parsed.ok) unread.push({offset, message: `A statement of this block was not reviewed: ${parsed.message}.`});
			if (!parsed?.ok) continue;
			const piece = {...place.piece, text, start: place.piece.start + offset, ...positionInside(place.piece.text, offset, place.piece)};
			const operations = readOperations(parsed.node, context.searchPath);
			this.#judge({number: place.number, text, tree: parsed.node, operations, locks: operations.flatMap(locksOf)}, {...place, piece});
		}
		leave();
		// PL/pgSQL's parser knows no catalog here, so that its word is not the last one.
		if (reason !== undefined && refused) this.findings.push(makeFinding(syntaxError, {level: 'warning', message: `PL/pgSQL's parser refuses this block: ${reason}.`}, place));
		if (context.direction === 'down' || !this.#rules.has(unsafeExecute)) return;
		if (reason !== undefined && !refused) unread.push({offset: 0, message: `What this block does was not reviewed: ${reason}.`});
		for (const {offset, message} of unread) this.findings.push(makeFinding(unsafeExecute, {message}, place, offset));
	}
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
