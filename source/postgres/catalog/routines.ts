/** Schemas, extensions, functions, types, and the rarer objects of a database. */
import {notOfExtension, userSchema} from './scope.ts';

/** The statements, each giving `object` and `definition`. */
export function routineQueries(): string[] {
	return [schemas, extensions, functions, aggregates, enums, composites, ranges, domains, eventTriggers, publications, others];
}

const schemas = `SELECT format('schema %I', n.nspname) AS object, '' AS definition FROM pg_namespace n WHERE ${userSchema('n')} AND ${notOfExtension('pg_namespace', 'n.oid')}`;

const extensions = `SELECT format('extension %I', x.extname) AS object, format('version %s in %I', x.extversion, n.nspname) AS definition FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace`;

const procedureScope = `FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND ${userSchema('n')} AND ${notOfExtension('pg_proc', 'p.oid')}`;

const functions = `SELECT format('%s %I.%I(%s)', CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS object,
	concat_ws(' ', 'returns ' || pg_get_function_result(p.oid), 'language ' || l.lanname, CASE WHEN p.prosecdef THEN 'security definer' END, 'md5 ' || md5(pg_get_functiondef(p.oid))) AS definition
	${procedureScope} JOIN pg_language l ON l.oid = p.prolang WHERE p.prokind <> 'a'`;

const aggregates = `SELECT format('aggregate %I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS object,
	concat_ws(' ', 'state', format_type(g.aggtranstype, NULL), 'by', g.aggtransfn, 'final', g.aggfinalfn, 'initial', g.agginitval) AS definition
	${procedureScope} JOIN pg_aggregate g ON g.aggfnoid = p.oid`;

const typeScope = `FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace AND ${userSchema('n')} AND ${notOfExtension('pg_type', 't.oid')}`;

const enums = `SELECT format('type %I.%I', n.nspname, t.typname) AS object, 'enum ' || coalesce((SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), '') AS definition
	${typeScope} WHERE t.typtype = 'e'`;

const composites = `SELECT format('type %I.%I', n.nspname, t.typname) AS object,
	'composite ' || coalesce((SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') AS definition
	${typeScope} JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' WHERE t.typtype = 'c'`;

const ranges = `SELECT format('type %I.%I', n.nspname, t.typname) AS object, 'range of ' || format_type(r.rngsubtype, NULL) AS definition ${typeScope} JOIN pg_range r ON r.rngtypid = t.oid`;

const domains = `SELECT format('domain %I.%I', n.nspname, t.typname) AS object, concat_ws(' ', format_type(t.typbasetype, t.typtypmod), 'default ' || t.typdefault, CASE WHEN t.typnotnull THEN 'not null' END,
	(SELECT string_agg(format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid)), ' ' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid)) AS definition ${typeScope} WHERE t.typtype = 'd'`;

const eventTriggers = `SELECT format('event trigger %I', v.evtname) AS object, concat_ws(' ', 'on', v.evtevent, 'when ' || array_to_string(v.evttags, ', '), 'execute', v.evtfoid::regproc, 'enabled', v.evtenabled) AS definition
	FROM pg_event_trigger v WHERE ${notOfExtension('pg_event_trigger', 'v.oid')}`;

const publications = `SELECT format('publication %I', p.pubname) AS object, concat_ws(' ', CASE WHEN p.puballtables THEN 'all tables' END,
	(SELECT 'for ' || string_agg(r.prrelid::regclass::text, ', ' ORDER BY 1) FROM pg_publication_rel r WHERE r.prpubid = p.oid),
	CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END) AS definition FROM pg_publication p`;

/** Of these only that they are there: 16384 is the first oid that is not the system's own. */
const others = ['pg_operator', 'pg_opclass', 'pg_opfamily', 'pg_cast', 'pg_collation', 'pg_conversion', 'pg_ts_config', 'pg_ts_dict', 'pg_foreign_server', 'pg_foreign_data_wrapper', 'pg_language', 'pg_transform']
	.map(catalog => `SELECT i.type || ' ' || i.identity AS object, '' AS definition FROM ${catalog} o, pg_identify_object('${catalog}'::regclass, o.oid, 0) i WHERE o.oid >= 16384 AND ${notOfExtension(catalog, 'o.oid')}`)
	.join(' UNION ALL ');
