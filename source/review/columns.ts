/** Columns, types and constraints of a parse tree as plain data. */
import type {ColumnDef, Constraint as ConstraintNode, Node, TypeName} from 'libpg-query';
import {strings, tableName} from './names.ts';
import type {TableName} from './names.ts';

export interface Type {
	/** Without `pg_catalog`: `int4`, `varchar`, `timestamptz`, `serial`, or a schema and a name. */
	name: string;
	modifiers: number[];
	array: boolean;
	/** Written in pg_catalog's name or by a keyword: not a type of the user's own. */
	builtIn: boolean;
}

export interface Constraint {
	kind: 'check' | 'foreign-key' | 'unique' | 'primary-key' | 'exclude' | 'not-null';
	name?: string;
	columns: string[];
	notValid: boolean;
	enforced: boolean;
	usingIndex?: string;
	references?: TableName;
	referencedColumns: string[];
	expression?: Node;
	at?: number;
}

export interface Column {
	name: string;
	type: Type;
	notNull: boolean;
	/** A default that is not `NULL`. */
	default?: Node;
	generated?: 'stored' | 'virtual';
	identity: boolean;
	serial: boolean;
	constraints: Constraint[];
	at?: number;
}

const serials = new Set(['serial', 'serial2', 'serial4', 'serial8', 'bigserial', 'smallserial']);
const constraintKinds: Partial<Record<string, Constraint['kind']>> = {
	CONSTR_CHECK: 'check',
	CONSTR_FOREIGN: 'foreign-key',
	CONSTR_UNIQUE: 'unique',
	CONSTR_PRIMARY: 'primary-key',
	CONSTR_EXCLUSION: 'exclude',
	CONSTR_NOTNULL: 'not-null',
};

/** A column definition with the constraints written at it. */
export function readColumn(definition: ColumnDef, searchPath: string): Column {
	const name = definition.colname ?? '';
	const type = readType(definition.typeName);
	const column: Column = {
		name,
		type,
		notNull: false,
		identity: false,
		serial: !type.builtIn && serials.has(type.name),
		constraints: [],
		at: definition.location,
	};
	for (const node of definition.constraints ?? []) {
		if (!('Constraint' in node)) continue;
		const {contype, raw_expr: expression, generated_kind: generated} = node.Constraint;
		if (contype === 'CONSTR_DEFAULT') column.default = isNull(expression) ? undefined : expression;
		else if (contype === 'CONSTR_IDENTITY') column.identity = true;
		else if (contype === 'CONSTR_GENERATED') column.generated = generated === 's' ? 'stored' : 'virtual';
		else if (contype === 'CONSTR_NOTNULL') column.notNull = true;
		else {
			const constraint = readConstraint(node.Constraint, searchPath);
			if (!constraint) continue;
			column.constraints.push(constraint.columns.length > 0 ? constraint : {...constraint, columns: [name]});
			if (constraint.kind === 'primary-key') column.notNull = true;
		}
	}
	return column;
}

/** A constraint; undefined for attributes such as DEFERRABLE. */
export function readConstraint(node: ConstraintNode, searchPath: string): Constraint | undefined {
	const kind = constraintKinds[node.contype ?? ''];
	if (!kind) return undefined;
	return {
		kind,
		name: node.conname,
		columns: strings(kind === 'foreign-key' ? node.fk_attrs : node.keys),
		// The parser leaves false out: NOT VALID is skip_validation with initially_valid missing.
		notValid: node.skip_validation === true && node.initially_valid !== true,
		enforced: node.is_enforced === true || (kind !== 'check' && kind !== 'foreign-key'),
		usingIndex: node.indexname,
		references: node.pktable && tableName(node.pktable, searchPath),
		referencedColumns: strings(node.pk_attrs),
		expression: node.raw_expr,
		at: node.location,
	};
}

export function readType(node: TypeName | undefined): Type {
	const names = strings(node?.names);
	const builtIn = names.length > 1 && names[0] === 'pg_catalog';
	const name = (builtIn ? names.slice(1) : names).join('.');
	const modifiers = (node?.typmods ?? []).flatMap(modifier => 'A_Const' in modifier && modifier.A_Const.ival ? [modifier.A_Const.ival.ival ?? 0] : []);
	return {
		name,
		// An interval has its fields before its precision, as a mask.
		modifiers: name === 'interval' ? modifiers.slice(1) : modifiers,
		array: (node?.arrayBounds ?? []).length > 0,
		builtIn,
	};
}

/** `NULL`, also cast to a type. */
export function isNull(node: Node | undefined): boolean {
	if (!node) return true;
	if ('TypeCast' in node) return isNull(node.TypeCast.arg);
	return 'A_Const' in node && node.A_Const.isnull === true;
}
