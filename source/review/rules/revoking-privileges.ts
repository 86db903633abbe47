/** REVOKE from roles that the running application may be. */
import type {GrantStmt, Node} from 'libpg-query';
import {strings, tableName} from '../names.ts';
import type {Rule} from '../rule.ts';

export const revokingPrivileges: Rule = {
	id: 'revoking-privileges',
	level: 'warning',
	category: 'backward-compatibility',
	says: 'takes privileges away from a role',
	triggers: 'REVOKE on a table, a view, a sequence, a schema or a database.',
	spares: ['what the same migration creates', 'GRANT', 'default privileges: they are about objects to come', 'functions, whose EXECUTE everyone has until it is revoked'],
	why: 'The application of yesterday, or the one that comes next to it, fails with "permission denied" from the commit on, if it is that role or a member of it.',
	fix: {sql: 'SELECT grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name = \'{name}\';\n-- a release after the last one who needs it', alembic: '# in a later release\nop.execute("REVOKE …")'},
	on: ['other'],
	check({operations, tree}, context) {
		if (!operations.some(operation => operation.do === 'other' && operation.kind === 'GrantStmt')) return [];
		const {is_grant: isGrant, targtype, objtype, objects, grantees} = (tree as {GrantStmt: GrantStmt}).GrantStmt;
		if (isGrant || targtype !== 'ACL_TARGET_OBJECT' || !kinds.has(objtype ?? '')) return [];
		const named = (objects ?? []).map(object => nameOf(object, context.searchPath)).filter(({table, name}) => table ? !context.isNew(table) : !context.isNewObject('schema', name));
		const [first, ...more] = named;
		const roles = (grantees ?? []).flatMap(node => 'RoleSpec' in node ? [node.RoleSpec.rolename ?? 'PUBLIC'] : []).join(', ');
		return first ? [{message: `REVOKE on ${first.name}${more.length > 0 ? ` and ${more.length} more` : ''} takes privileges away from ${roles}.`, table: first.table, names: {name: first.table?.name ?? first.name}}] : [];
	},
};

const kinds = new Set(['OBJECT_TABLE', 'OBJECT_SEQUENCE', 'OBJECT_SCHEMA', 'OBJECT_DATABASE']);

function nameOf(object: Node, searchPath: string) {
	if (!('RangeVar' in object)) return {name: strings([object])[0] ?? ''};
	const table = tableName(object.RangeVar, searchPath);
	return {table, name: table.text};
}
