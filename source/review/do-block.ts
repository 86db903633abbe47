/** The statements inside of a DO block: PL/pgSQL runs them as they stand there. */
import type {A_Const} from 'libpg-query';
import type {loadParser} from './parser.ts';
import {nodes} from './tree.ts';

export interface InnerStatement {
	text: string;
	/** UTF-16 offset in the DO statement; of what PL/pgSQL wrote anew, that of the block. */
	offset: number;
	/** COMMIT or ROLLBACK of the block itself. */
	ends?: boolean;
}

export interface Body {
	statements: InnerStatement[];
	/** SQL that is put together when it runs. */
	dynamic: InnerStatement[];
	/** Why nothing of it can be read; `refused`: by PL/pgSQL's own parser. */
	unreadable?: string;
	refused?: boolean;
}

type Library = Awaited<ReturnType<typeof loadParser>>;

/** `text`: the whole statement. Never throws: what can't be read says so. */
export function readDoBlock(library: Library, text: string, language: string): Body {
	if (language.toLowerCase() !== 'plpgsql') return {statements: [], dynamic: [], unreadable: `it is written in ${language}`};
	let tree: unknown;
	try {
		tree = library.parsePlPgSQLSync(text);
	} catch (error) {
		return {statements: [], dynamic: [], refused: true, unreadable: error instanceof Error ? error.message : 'for a reason it does not say'};
	}
	const body: Body = {statements: [], dynamic: []};
	let from = 0;
	const find = (query: string): number => {
		const at = text.indexOf(query, from);
		if (at < 0) return 0;
		from = at + query.length;
		return at;
	};
	for (const {kind, query} of steps(tree)) {
		if (kind === 'PLpgSQL_stmt_commit' || kind === 'PLpgSQL_stmt_rollback') body.statements.push({text: '', offset: from, ends: true});
		else if (kind === 'PLpgSQL_stmt_dynexecute') {
			const offset = find(query);
			const constant = readConstant(library, query);
			if (constant === undefined) body.dynamic.push({text: query, offset});
			else body.statements.push({text: constant, offset: offset + Math.max(0, query.indexOf(constant))});
		} else if (query !== '') body.statements.push({text: query, offset: find(query)});
	}
	return body;
}

const kinds = new Set(['PLpgSQL_stmt_execsql', 'PLpgSQL_stmt_dynexecute', 'PLpgSQL_stmt_perform', 'PLpgSQL_stmt_commit', 'PLpgSQL_stmt_rollback']);

/** The steps that run SQL, in their order in the text; without recursion, since blocks nest as deep as anyone likes. */
function * steps(tree: unknown): Generator<{kind: string; query: string}> {
	const waiting: unknown[] = [tree];
	while (waiting.length > 0) {
		const value = waiting.pop();
		if (Array.isArray(value)) {
			for (let index = value.length - 1; index >= 0; index--) waiting.push(value[index]);
			continue;
		}
		if (typeof value !== 'object' || value === null) continue;
		const children = Object.entries(value);
		for (const [kind, step] of children) if (kinds.has(kind)) yield {kind, query: firstQuery(step)};
		for (let index = children.length - 1; index >= 0; index--) if (!kinds.has(children[index]![0])) waiting.push(children[index]![1]);
	}
}

function firstQuery(step: unknown): string {
	for (const {query} of nodes<{query?: string}>(step, 'PLpgSQL_expr')) return query ?? '';
	return '';
}

/** `'DROP TABLE t'` is as good as the statement in it. */
function readConstant(library: Library, query: string): string | undefined {
	try {
		const targets = library.parseSync(`SELECT ${query}`).stmts?.[0]?.stmt;
		const list = targets && 'SelectStmt' in targets ? targets.SelectStmt.targetList : undefined;
		const value = list?.length === 1 && list[0] && 'ResTarget' in list[0] ? list[0].ResTarget.val : undefined;
		const constant = value && 'A_Const' in value ? (value.A_Const as A_Const).sval?.sval : undefined;
		return constant?.trim().replace(/;$/, '');
	} catch {
		return undefined;
	}
}
