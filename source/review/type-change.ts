/** Whether a change of a column's type rewrites the table, as measured on PostgreSQL 15. */
import type {Node} from 'libpg-query';
import {readType} from './columns.ts';
import type {Type} from './columns.ts';
import {columnOf} from './proof.ts';

export type TypeChange = 'free' | 'rewrite' | 'unknown';

/** `from` undefined: nobody knows the old type. `timeZone`: of the session, where known. */
export function decideTypeChange({from, to, column, using, timeZone}: {from?: Type; to: Type; column: string; using?: Node; timeZone?: string}): TypeChange {
	if (using && columnOf(withoutCast(using, to)) !== column) return 'rewrite';
	if (!from) return 'unknown';
	const old = familyOf(from);
	const next = familyOf(to);
	const [before] = from.modifiers;
	const [after] = to.modifiers;
	// An array is converted element by element, however little there is to do: measured.
	if (from.array || to.array) return from.array === to.array && old === next && from.modifiers.join() === to.modifiers.join() ? 'free' : 'rewrite';
	if (to.modifiers.length === 0 && sameBytes.has(`${old} ${next}`)) return 'free';
	if (old === 'varchar' && next === 'varchar') return after === undefined || (before !== undefined && after >= before) ? 'free' : 'rewrite';
	if (old === 'varchar' && next === 'text') return 'free';
	if (old === 'text' && next === 'varchar') return after === undefined ? 'free' : 'rewrite';
	if (old === 'numeric' && next === 'numeric') {
		if (after === undefined) return 'free';
		const sameScale = (from.modifiers[1] ?? 0) === (to.modifiers[1] ?? 0);
		return before !== undefined && after >= before && sameScale ? 'free' : 'rewrite';
	}
	if (old === 'varbit' && next === 'varbit') return after === undefined || (before !== undefined && after >= before) ? 'free' : 'rewrite';
	if (old === 'cidr' && next === 'inet') return 'free';
	// A precision at the new type has to be applied, even when the old type had the same.
	if (zoned.has(`${old} ${next}`) && timeZone !== undefined) return ['UTC', 'ETC/UTC', 'GMT'].includes(timeZone.toUpperCase()) && (after ?? 6) >= 6 ? 'free' : 'rewrite';
	if (old === next && precise.has(old)) return widens(before, after) ? 'free' : 'rewrite';
	if (old === next) return before === after ? 'free' : 'rewrite';
	return 'rewrite';
}

/** The type that format_type() wrote, such as `character varying(20)` or `numeric(10,2)[]`. */
export function parseType(text: string): Type {
	const match = /^(.*?)(?:\((\d+)(?:,\s*(-?\d+))?\))?((?: with(?:out)? time zone)?)(\[\])?$/.exec(text.trim());
	const name = `${match?.[1] ?? text}${match?.[4] ?? ''}`.trim();
	const modifiers = [match?.[2], match?.[3]].filter(part => part !== undefined).map(Number);
	return {name: writtenOut[name] ?? name, modifiers, array: match?.[5] !== undefined, builtIn: true};
}

/** Such as `varchar(20)`, for a sentence. */
export function describeType(type: Type): string {
	const modifiers = type.modifiers.length > 0 ? `(${type.modifiers.join(',')})` : '';
	return `${spoken[type.name] ?? type.name}${modifiers}${type.array ? '[]' : ''}`;
}

/** `USING c::text` on the way to text says no more than the change itself. */
function withoutCast(using: Node, to: Type): Node {
	if (!('TypeCast' in using) || !using.TypeCast.arg) return using;
	const type = readType(using.TypeCast.typeName);
	return type.name === to.name && type.array === to.array && type.modifiers.join() === to.modifiers.join() ? using.TypeCast.arg : using;
}

/** No precision written means the finest, 6. */
function widens(before: number | undefined, after: number | undefined): boolean {
	return (after ?? 6) >= (before ?? 6);
}

/** Casts of pg_cast without a function (castmethod b), where no length has to be checked: measured. */
const sameBytes = new Set(['int4 oid', 'oid int4', 'xml text', 'xml varchar', 'bit varbit', 'int8 oid8', 'text bpchar', 'varchar bpchar']);

const zoned = new Set(['timestamp timestamptz', 'timestamptz timestamp']);

const precise = new Set(['timestamp', 'timestamptz', 'time', 'timetz', 'interval']);

function familyOf(type: Type): string {
	return writtenOut[type.name] ?? type.name;
}

const writtenOut: Record<string, string> = {
	'smallint': 'int2',
	'integer': 'int4',
	'int': 'int4',
	'bigint': 'int8',
	'serial': 'int4',
	'bigserial': 'int8',
	'smallserial': 'int2',
	'character varying': 'varchar',
	'character': 'bpchar',
	'decimal': 'numeric',
	'bit varying': 'varbit',
	'boolean': 'bool',
	'real': 'float4',
	'double precision': 'float8',
	'timestamp without time zone': 'timestamp',
	'timestamp with time zone': 'timestamptz',
	'time without time zone': 'time',
	'time with time zone': 'timetz',
};

const spoken: Record<string, string> = {int2: 'smallint', int4: 'integer', int8: 'bigint', bpchar: 'char', bool: 'boolean', float4: 'real', float8: 'double precision'};
