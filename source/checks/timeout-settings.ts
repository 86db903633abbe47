/** A timeout of the migration: what holdpoint sets, what the migration itself sets, what role and database would set. */
import type {Evidence} from '../journal/shapes/evidence.ts';
import {queryEvidence, type Look} from './check.ts';
import {needFacts} from './needed.ts';
import {operationsOf, placeOf, readStatements} from './statements.ts';
import {within} from './evidence.ts';

export type Timeout = 'lock_timeout' | 'statement_timeout';

export interface TimeoutReading {
	/** Places where the migration switches it off or sets it otherwise, with the value. */
	own: {place: string; value: string; off: boolean}[];
	/** Of the role and the database. */
	stored: {setting: string; where: string}[];
	unseen: string[];
	evidence: Evidence[];
}

const query = `SELECT s AS setting, coalesce('database ' || d.datname, 'all databases') || coalesce(', role ' || r.rolname, '') AS "where"
	FROM pg_db_role_setting x LEFT JOIN pg_database d ON d.oid = x.setdatabase LEFT JOIN pg_roles r ON r.oid = x.setrole, unnest(x.setconfig) s
	WHERE (x.setdatabase = 0 OR d.datname = current_database()) AND (x.setrole = 0 OR r.rolname = $1) AND split_part(s, '=', 1) IN ('lock_timeout', 'statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')`;

/** Reads the SQL, the code and the catalogs. */
export async function queryTimeout(look: Look, name: Timeout): Promise<TimeoutReading> {
	const {statements, unseen} = await readStatements(look);
	const own = operationsOf(statements, 'set').filter(({operation}) => operation.name === name).map(({operation, statement}) => ({place: placeOf(statement), value: operation.value ?? 'default'}));
	// What stands in a migration without offline SQL is read in the code.
	for (const facts of await needFacts(look)) {
		for (const operation of facts.upgrade.operations) {
			const value = new RegExp(`\\bset\\s+(?:local\\s+|session\\s+)?${name}\\s*(?:=|\\bto\\b)\\s*'?([\\w ]+)'?`, 'i').exec(operation.sql ?? '')?.[1];
			if (value !== undefined && !own.some(each => each.place.startsWith(`${facts.revision},`))) own.push({place: `${within(look.settings.project, facts.file)}:${operation.line}`, value});
		}
	}
	const {role} = await look.database();
	const stored = await (await look.session()).query<{setting: string; where: string}>(query, [role]);
	return {
		own: own.map(each => ({...each, off: /^0\s*\w*$/.test(each.value.trim()) || each.value === 'default'})),
		stored,
		unseen,
		evidence: [
			{kind: 'note', title: `${name} in the migration itself`, body: own.map(each => `${each.place} sets ${each.value}`).join('\n')},
			queryEvidence(`timeouts stored for the role ${role} and the database`, query, stored),
		],
	};
}

/** Such as `5 s`, `30 min`. */
export function describeDuration(ms: number): string {
	if (ms < 1000) return `${ms} ms`;
	return ms < 120_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} min`;
}
