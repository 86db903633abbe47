/** Names of new constraints and indexes against a convention: SQLAlchemy's templates, or regular expressions of the configuration. */
import type {Constraint} from '../review/columns.ts';
import {placeOf, type PlanStatement} from './statements.ts';

export type NamedKind = 'ix' | 'uq' | 'ck' | 'fk' | 'pk' | 'ex';

export interface NewName {
	kind: NamedKind;
	table: string;
	/** Null: PostgreSQL makes one up. */
	name: string | null;
	statement: PlanStatement;
}

const kinds: Partial<Record<Constraint['kind'], NamedKind>> = {unique: 'uq', check: 'ck', 'foreign-key': 'fk', 'primary-key': 'pk', exclude: 'ex'};
const words: Record<NamedKind, string[]> = {ix: ['ix', 'index'], uq: ['uq', 'unique'], ck: ['ck', 'check'], fk: ['fk', 'foreign-key', 'foreign_key'], pk: ['pk', 'primary-key', 'primary_key'], ex: ['ex', 'exclude']};

/** The names that statements bring, in their order; renamings count as new names. */
export function newNames(statements: readonly PlanStatement[]): NewName[] {
	return statements.flatMap(statement => statement.operations.flatMap((operation): NewName[] => {
		const of = (table: string, constraint: Constraint): NewName[] => {
			const kind = kinds[constraint.kind];
			return kind === undefined ? [] : [{kind, table, name: constraint.name ?? null, statement}];
		};
		switch (operation.do) {
			case 'create-index': return [{kind: 'ix', table: operation.table.name, name: operation.name ?? null, statement}];
			case 'create-table': return [...operation.constraints, ...operation.columns.flatMap(column => column.constraints)].flatMap(constraint => of(operation.table.name, constraint));
			case 'add-column': return operation.column.constraints.flatMap(constraint => of(operation.table.name, constraint));
			case 'add-constraint': return of(operation.table.name, operation.constraint);
			default: return [];
		}
	}));
}

/** What is wrong with a name, or null. `rules`: regular expressions by kind. */
export function findNamingFault({kind, table, name, statement}: NewName, rules: ReadonlyMap<NamedKind, (table: string) => RegExp>): string | null {
	const rule = rules.get(kind);
	if (name === null) return rule ? `an unnamed ${words[kind][1]} on ${table}, though there is a convention (${placeOf(statement)})` : null;
	const written = writtenName(name, statement.text);
	if (written !== null) return `${written} has ${Buffer.byteLength(written)} bytes, and PostgreSQL cuts it after 63`;
	return rule && !rule(table).test(name) ? `${name} on ${table} is not as the convention says (${rule(table).source})` : null;
}

/** The longer name that stands in the text: PostgreSQL's parser has cut it already (with a notice that nobody reads). Null when it is whole. */
function writtenName(name: string, text: string): string | null {
	if (Buffer.byteLength(name) < 60) return null;
	const found = new RegExp(`${escape(name)}[\\w$\\u0080-\\uFFFF]+`, 'i').exec(text)?.[0];
	return found ?? null;
}

/** A rule for each kind: the configuration's own first, then SQLAlchemy's `naming_convention`. */
export function namingRules(configured: Record<string, string> | null, convention: Record<string, string>): Map<NamedKind, (table: string) => RegExp> {
	const rules = new Map<NamedKind, (table: string) => RegExp>();
	for (const kind of Object.keys(words) as NamedKind[]) {
		const own = words[kind].map(word => configured?.[word]).find(Boolean);
		const template = convention[kind];
		if (own !== undefined) rules.set(kind, () => new RegExp(own));
		else if (template !== undefined) rules.set(kind, table => templateExpression(template, table));
	}
	return rules;
}

/** `uq_%(table_name)s_%(column_0_name)s` of the table items → ^uq_items_.+$ */
function templateExpression(template: string, table: string): RegExp {
	const parts = template.split(/(%\(\w+\)s)/).map(part => {
		if (part === '%(table_name)s') return escape(table);
		return /^%\(\w+\)s$/.test(part) ? '.+' : escape(part);
	});
	return new RegExp(`^${parts.join('')}$`);
}

function escape(text: string): string {
	return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
