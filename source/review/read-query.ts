/** What a view reads and what it offers. */
import type {Node, RangeVar} from 'libpg-query';
import {strings, tableName} from './names.ts';
import type {TableName} from './names.ts';
import {columnsIn} from './read-index.ts';
import {nodes} from './tree.ts';

/** `sources`: the tables it names; `aliases`: the names of its columns; `columns`: those it reads; `star`: with a `*`. */
export function readQuery(query: Node | undefined, names: Node[] | undefined, searchPath: string): {sources: TableName[]; aliases: string[]; columns: string[]; star: boolean} {
	const targets = query && 'SelectStmt' in query ? query.SelectStmt.targetList ?? [] : [];
	const own = targets.flatMap(node => 'ResTarget' in node ? [node.ResTarget.name ?? columnsIn(node.ResTarget.val)[0] ?? ''] : []);
	return {
		sources: [...nodes<RangeVar>(query, 'RangeVar')].map(range => tableName(range, searchPath)),
		aliases: names?.length ? strings(names) : own,
		columns: columnsIn(query),
		star: !nodes(query, 'A_Star').next().done,
	};
}
