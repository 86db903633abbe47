/** What hangs on tables: indexes, constraints, triggers, rules, policies, extended statistics. */
import {notOfExtension, userSchema} from './scope.ts';

/** The statements, each giving `object` and `definition`. */
export function dependentQueries(): string[] {
	return [indexes, constraints, triggers, rules, policies, statistics];
}

const tableScope = (oid: string): string => `JOIN pg_class t ON t.oid = ${oid} AND t.relpersistence <> 't' JOIN pg_namespace n ON n.oid = t.relnamespace AND ${userSchema('n')} AND ${notOfExtension('pg_class', 't.oid')}`;

const indexes = `SELECT format('index %I.%I', n.nspname, c.relname) AS object, concat_ws(' ', pg_get_indexdef(i.indexrelid), (SELECT 'tablespace ' || spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace),
	CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN 'INVALID' END, CASE WHEN i.indisclustered THEN 'clustered' END, CASE WHEN i.indisreplident THEN 'replica identity' END) AS definition
	FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid ${tableScope('i.indrelid')}`;

/** A domain's constraints are part of the domain; constraint triggers stand among the triggers. pg_get_constraintdef writes NOT VALID itself. */
const constraints = `SELECT format('constraint %I on %I.%I', k.conname, n.nspname, t.relname) AS object, pg_get_constraintdef(k.oid) AS definition
	FROM pg_constraint k ${tableScope('k.conrelid')} WHERE k.contype <> 't'`;

const triggers = `SELECT format('trigger %I on %I.%I', g.tgname, n.nspname, t.relname) AS object,
	concat_ws(' ', pg_get_triggerdef(g.oid), CASE g.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END) AS definition
	FROM pg_trigger g ${tableScope('g.tgrelid')} WHERE NOT g.tgisinternal`;

const rules = `SELECT format('rule %I on %I.%I', r.rulename, n.nspname, t.relname) AS object, pg_get_ruledef(r.oid) || CASE r.ev_enabled WHEN 'D' THEN ' disabled' ELSE '' END AS definition
	FROM pg_rewrite r ${tableScope('r.ev_class')} WHERE r.rulename <> '_RETURN'`;

const policies = `SELECT format('policy %I on %I.%I', p.polname, n.nspname, t.relname) AS object, concat_ws(' ', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
	'for ' || CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END,
	'to ' || (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END, ', ' ORDER BY 1) FROM unnest(p.polroles) r),
	'using (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS definition
	FROM pg_policy p ${tableScope('p.polrelid')}`;

const statistics = `SELECT format('statistics %I.%I', sn.nspname, x.stxname) AS object, pg_get_statisticsobjdef(x.oid) AS definition
	FROM pg_statistic_ext x JOIN pg_namespace sn ON sn.oid = x.stxnamespace ${tableScope('x.stxrelid')}`;
