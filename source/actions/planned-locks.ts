/** Which locks a plan's SQL will take on which tables, and which tables it alters. */
import {locksOf, type LockMode} from '../review/locks.ts';
import type {TableName} from '../review/names.ts';
import type {Operation} from '../review/operations.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';

export interface PlannedLocks {
	/** By `schema.name`, or a bare name where the SQL has it so; tables and indexes. Modes as pg_locks names them; `alters`: it changes the definition, which only its owner may. */
	relations: ReadonlyMap<string, {modes: ReadonlySet<string>; alters: boolean}>;
	/** Some statement is CONCURRENTLY. */
	concurrently: boolean;
}

/** Of the SQL, and of what the rehearsal saw: a revision that asks the database has no SQL beforehand. The parser is loaded only here. */
export async function readPlannedLocks(sql: string, rehearsal: Rehearsal | null): Promise<PlannedLocks> {
	const operations = await readScript(sql);
	const relations = new Map<string, {modes: Set<string>; alters: boolean}>();
	const note = (name: string, mode: LockMode | null, alters = false) => {
		const known = relations.get(name) ?? {modes: new Set<string>(), alters: false};
		if (mode !== null) known.modes.add(`${mode.split(' ').map(word => `${word[0]}${word.slice(1).toLowerCase()}`).join('')}Lock`);
		relations.set(name, {...known, alters: known.alters || alters});
	};
	for (const operation of operations) {
		for (const {table, mode} of locksOf(operation)) note(nameOf(table), mode);
		for (const name of definitionsOf(operation)) note(name, operation.do !== 'drop' || operation.object !== 'index' ? null : operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', true);
	}
	for (const statement of rehearsal?.statements ?? []) for (const {table, mode} of statement.locks) note(table, mode as LockMode);
	return {
		relations,
		concurrently: operations.some(operation => 'concurrently' in operation && operation.concurrently) || (rehearsal?.statements ?? []).some(({sql: text}) => /\bconcurrently\b/i.test(text)),
	};
}

/** What does not parse is the review's to tell. */
async function readScript(sql: string): Promise<Operation[]> {
	const [{loadParser, parseStatement}, {readOperations}, {Splitter}] = await Promise.all([import('../review/parser.ts'), import('../review/read-operations.ts'), import('../review/split.ts')]);
	const library = await loadParser();
	const operations: Operation[] = [];
	const splitter = new Splitter(sql);
	for (let piece = splitter.next(); piece; piece = splitter.next()) {
		const parsed = piece.kind === 'note' ? null : parseStatement(library, piece.text);
		if (parsed?.ok) operations.push(...readOperations(parsed.node, 'public'));
	}

	return operations;
}

const changesRows = new Set<Operation['do']>(['create-table', 'create-view', 'update', 'delete', 'insert', 'copy', 'lock', 'vacuum', 'create-trigger']);

function definitionsOf(operation: Operation): string[] {
	if (changesRows.has(operation.do)) return [];
	if (operation.do === 'drop') return ['table', 'index', 'view', 'materialized view'].includes(operation.object) ? operation.names.map(nameOf) : [];
	return 'table' in operation && operation.table ? [nameOf(operation.table)] : [];
}

const nameOf = ({bare, key, name}: TableName): string => (bare ? name : key);
