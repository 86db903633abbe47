/** A revision that is half done when its autocommit block fails. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const alembicNonAtomicRevision: Rule = {
	id: 'alembic-non-atomic-revision',
	level: 'warning',
	category: 'transaction',
	says: 'commits half of a revision',
	triggers: 'A COMMIT in the middle of a revision, as autocommit_block() writes it, after statements of the same revision that can\'t be run twice.',
	spares: ['a block that is all there is in the revision, or that comes first', 'only IF EXISTS and IF NOT EXISTS before it', 'scripts without revisions'],
	why: 'What came before the block is committed, but Alembic\'s version is not: if the block fails, the revision runs again from its begin and fails at what is there already.',
	fix: {sql: '-- a revision of its own for what follows', alembic: '# a revision of its own for the autocommit_block, or if_not_exists=True on what comes before it'},
	on: ['transaction'],
	check({operations}, context) {
		const commits = only(operations, 'transaction').some(({what}) => what === 'commit');
		const [first, ...more] = context.unbooked;
		if (!commits || first === undefined || context.revision === undefined || !context.inTransaction) return [];
		const which = more.length > 0 ? `statement ${first} and ${more.length} more` : `statement ${first}`;
		return [{message: `Here ${which} of revision ${context.revision} get committed, and Alembic's version not yet: after a failure further down the revision can't be run again.`}];
	},
};
