/** Which objects belong to a snapshot of the catalog: those of users, not the system's and not an extension's own. */

/** A condition on a pg_namespace row. */
export function userSchema(namespace: string): string {
	return `(${namespace}.nspname !~ '^pg_' AND ${namespace}.nspname <> 'information_schema')`;
}

/** A condition: the object was not made by CREATE EXTENSION. */
export function notOfExtension(catalog: string, oid: string): string {
	return `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;
}
