/** A new table whose columns' order wastes space in each row. */
import type {Type} from '../columns.ts';
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

/** Below this the gain is not worth a word: a row's own head takes 23 bytes. */
const leastGain = 8;

export const columnOrderPadding: Rule = {
	id: 'column-order-padding',
	level: 'info',
	category: 'type',
	says: 'wastes space between the columns of each row',
	triggers: 'CREATE TABLE whose columns of fixed length would take 8 bytes a row less in another order.',
	spares: ['smaller gains', 'columns of another length than these: they end the part that can be worked out', 'temporary tables'],
	why: 'A bigint or a timestamp begins at a multiple of 8 bytes, so a boolean before it costs 8.',
	fix: {sql: '-- in this order: {order}', alembic: '# sa.Column()s in this order: {order}'},
	optIn: true,
	on: ['create-table'],
	check({operations}) {
		return only(operations, 'create-table').flatMap(({table, columns}) => {
			const fixed = columns.map(column => ({name: column.name, size: sizeOf(column.type)}));
			const end = fixed.findIndex(({size}) => size === undefined);
			const head = end < 0 ? fixed : fixed.slice(0, end);
			const sorted = head.toSorted((a, b) => b.size! - a.size!);
			const gain = lengthOf(head.map(({size}) => size!)) - lengthOf(sorted.map(({size}) => size!));
			if (gain < leastGain || table.temporary) return [];
			return [{message: `In another order each row of ${table.text} takes ${gain} bytes less.`, at: table.at, table, names: {order: sorted.map(({name}) => name).join(', ')}}];
		});
	},
};

function sizeOf({name, array}: Type): number | undefined {
	return array ? undefined : sizes[name];
}

/** With the padding before each, and at the end up to what a following row needs. */
function lengthOf(list: readonly number[]): number {
	const align = (at: number, to: number) => Math.ceil(at / to) * to;
	return align(list.reduce((at, size) => align(at, size) + size, 0), 8);
}

/** Types whose length is their alignment: pg_type's typlen and typalign. */
const sizes: Partial<Record<string, number>> = {bool: 1, int2: 2, smallserial: 2, int4: 4, serial: 4, float4: 4, date: 4, oid: 4, int8: 8, bigserial: 8, float8: 8, timestamp: 8, timestamptz: 8, time: 8, money: 8};
