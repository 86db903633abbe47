/** Owners, grants and comments. */
import {notOfExtension, userSchema} from './scope.ts';

/** The statements, each giving `object` and `definition`. A grant given and taken back equals one never given: absent lists are compared as their defaults. */
export function privilegeQueries(): string[] {
	return [relations, columnGrants, functions, schemas, types, defaults, comments];
}

/** `owner ann; ann: SELECT, UPDATE; public: SELECT`, grantable privileges with a star. */
function described(acl: string, owner: string | null): string {
	const grants = `(SELECT string_agg(who || ': ' || what, '; ' ORDER BY who) FROM (
		SELECT CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee)::text END AS who, string_agg(g.privilege_type || CASE WHEN g.is_grantable THEN '*' ELSE '' END, ', ' ORDER BY g.privilege_type) AS what
		FROM aclexplode(${acl}) g GROUP BY 1) listed)`;
	return owner === null ? grants : `concat_ws('; ', 'owner ' || pg_get_userbyid(${owner}), ${grants})`;
}

const relations = `SELECT format('privileges of %I.%I', n.nspname, c.relname) AS object, ${described(`coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner))`, 'c.relowner')} AS definition
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND ${userSchema('n')} AND ${notOfExtension('pg_class', 'c.oid')} WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't'`;

const columnGrants = `SELECT format('privileges of column %I.%I.%I', n.nspname, c.relname, a.attname) AS object, ${described('a.attacl', null)} AS definition
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND ${userSchema('n')} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped AND cardinality(a.attacl) > 0`;

const functions = `SELECT format('privileges of %I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS object, ${described(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner')} AS definition
	FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND ${userSchema('n')} AND ${notOfExtension('pg_proc', 'p.oid')}`;

const schemas = `SELECT format('privileges of schema %I', n.nspname) AS object, ${described(`coalesce(n.nspacl, acldefault('n', n.nspowner))`, 'n.nspowner')} AS definition
	FROM pg_namespace n WHERE ${userSchema('n')} AND ${notOfExtension('pg_namespace', 'n.oid')}`;

const types = `SELECT format('privileges of type %I.%I', n.nspname, t.typname) AS object, ${described(`coalesce(t.typacl, acldefault('T', t.typowner))`, 't.typowner')} AS definition
	FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace AND ${userSchema('n')} AND ${notOfExtension('pg_type', 't.oid')}
	WHERE t.typtype IN ('e', 'd', 'r') OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')`;

const defaults = `SELECT format('default privileges of %I on %s%s', pg_get_userbyid(d.defaclrole), CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' ELSE 'schemas' END,
	coalesce(' in ' || quote_ident(n.nspname), '')) AS object, coalesce(${described('d.defaclacl', null)}, 'none') AS definition FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace`;

const comments = `SELECT 'comment on ' || i.type || ' ' || i.identity AS object, d.description AS definition
	FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
	WHERE d.objoid >= 16384 AND i.identity IS NOT NULL AND d.classoid <> 'pg_extension'::regclass
	AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')`;
