/** Concurrent index builds on the minor releases of 14 that can lose rows from the index. */
import type {Rule} from '../rule.ts';

export const concurrentIndexCorruption14: Rule = {
	id: 'concurrent-index-corruption-14',
	level: 'error',
	category: 'robustness',
	says: 'may build an index that misses rows',
	triggers: 'CREATE INDEX CONCURRENTLY and REINDEX CONCURRENTLY where the server is known to be 14.0 to 14.3.',
	spares: ['another or an unknown minor release'],
	why: 'Until 14.4 a concurrent build could leave out rows that were updated meanwhile, without an error: queries through the index then miss them.',
	fix: {sql: '-- update the server to the newest release of 14 first; check indexes built before by amcheck:\nSELECT bt_index_check(\'{name}\', true);', alembic: '# update the server first'},
	versions: {from: 14, to: 14},
	on: ['create-index', 'reindex'],
	check({operations}, {knowledge}) {
		const minor = knowledge?.pgMinor;
		if (minor === undefined || minor > 3 || (knowledge?.pgVersion ?? 14) !== 14) return [];
		return operations.flatMap(operation => {
			if ((operation.do !== 'create-index' && operation.do !== 'reindex') || !operation.concurrently) return [];
			return [{message: `The server is 14.${minor}, whose concurrent index builds can miss rows.`, table: operation.table, names: {name: operation.do === 'create-index' ? operation.name : operation.table?.text}}];
		});
	},
};
