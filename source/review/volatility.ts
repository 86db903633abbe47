/** How often the functions of an expression must be asked: once for a statement, or for each row. */
import type {FuncCall} from 'libpg-query';
import type {Knowledge} from './knowledge.ts';
import {strings} from './names.ts';
import {nodes} from './tree.ts';

export type Volatility = {kind: 'stable'} | {kind: 'volatile' | 'unknown'; name: string};

/** From pg_proc of PostgreSQL 15, with those of common extensions and of 18. */
const volatile = new Set([
	'clock_timestamp', 'timeofday', 'random', 'random_normal', 'setseed', 'gen_random_uuid', 'uuidv4', 'uuidv7',
	'nextval', 'setval', 'currval', 'lastval', 'txid_status', 'set_config', 'current_query',
	'uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4', 'gen_random_bytes', 'gen_salt',
]);

/** Stable or immutable ones of pg_catalog that defaults are made of. */
const stable = new Set(`
abs age array_append array_cat array_fill array_prepend array_to_json array_to_string ascii btrim cardinality ceil ceiling char_length
chr coalesce concat concat_ws convert_from convert_to current_database current_date current_schema current_schemas current_setting
current_time current_timestamp current_user date date_part date_trunc daterange decode div encode exp extract float8 floor format
gcd greatest hashtext host inet_client_addr inet_server_addr initcap int4 int4range int8 int8range isfinite json_build_array
json_build_object json_object jsonb_build_array jsonb_build_object jsonb_object jsonb_set justify_days justify_hours lcm least left
length ln localtime localtimestamp log lower lpad ltrim make_date make_interval make_time make_timestamp make_timestamptz md5 mod now
nullif numeric numrange octet_length overlay position power pg_backend_pid quote_ident quote_literal regexp_replace repeat replace
reverse right round row_to_json rpad rtrim session_user sha224 sha256 sha384 sha512 sign split_part sqrt statement_timestamp
string_to_array strpos substr substring text timestamp timestamptz timezone to_char to_date to_hex to_json to_jsonb to_number
to_timestamp to_tsvector transaction_timestamp translate trim trunc tsrange tstzrange txid_current upper user uuid_nil xml version
uuid_ns_dns uuid_ns_url uuid_ns_oid uuid_ns_x500 uuid_generate_v3 uuid_generate_v5 point box circle polygon int4multirange
pg_current_xact_id jsonb_build_object array_remove nullif version pg_postmaster_start_time
`.trim().split(/\s+/));

/** The worst function anywhere inside an expression. `known`: of the database's own functions. */
export function volatilityOf(expression: unknown, known: Knowledge['functions'] = []): Volatility {
	let worst: Volatility = {kind: 'stable'};
	for (const call of nodes<FuncCall>(expression, 'FuncCall')) {
		const names = strings(call.funcname);
		const name = names.at(-1) ?? '';
		// A function of the user's own may share a name with a built-in one.
		const own = names.length > 1 && names[0] !== 'pg_catalog';
		const told = known.find(each => each.name === name && (names.length === 1 || each.schema === names[0]));
		if (told && told.volatility !== 'volatile') continue;
		if (volatile.has(name) || told) return {kind: 'volatile', name: names.join('.')};
		if ((own && !name.startsWith('uuid_')) || !stable.has(name)) worst = {kind: 'unknown', name: names.join('.')};
	}
	return worst;
}
