/** Which database a session is on, beyond doubt where the role may see it. */
import type {Row, Session} from './session.ts';

export interface Identity {
	/** pg_control_system().system_identifier as text; null where the role may not see it. A physical clone shares it. */
	systemIdentifier: string | null;
	/** Current timeline; null where it can't be told. */
	timeline: number | null;
	database: string;
	databaseOid: string;
	/** current_user, after a SET ROLE of the role's own settings. */
	role: string;
	/** Such as `15.18`. */
	serverVersion: string;
	/** server_version_num, such as 150018. */
	versionNumber: number;
	inRecovery: boolean;
	/** As connected to: a name, an address or a socket's folder. */
	host: string;
	port: number;
	/** The server's own address and port as it sees them; null over a socket, and not the host's behind a proxy. */
	serverAddress: string | null;
	serverPort: number | null;
	/** pg_postmaster_start_time() as text in UTC, exact. */
	startedAt: string;
	superuser: boolean;
	/** The role sees other roles' queries (pg_read_all_stats or superuser). */
	seesAll: boolean;
	maxConnections: number;
	/** The server's encoding of this database, such as UTF8. */
	encoding: string;
}

/** Asks in one round trip; what the role may not read is asked for apart and left null. */
export async function queryIdentity(session: Session): Promise<Identity> {
	const [row] = await session.query<Row>(identityQuery);
	return {
		...row as unknown as Omit<Identity, 'host' | 'port' | 'systemIdentifier' | 'timeline'>,
		host: session.host.host,
		port: session.host.port,
		systemIdentifier: await optional(session, 'SELECT system_identifier::text AS value FROM pg_control_system()'),
		timeline: numeric(await optional(session, session.inRecovery ? standbyTimeline : primaryTimeline)),
	};
}

const identityQuery = `SELECT current_database() AS database, d.oid::text AS "databaseOid", current_user AS role, split_part(current_setting('server_version'), ' ', 1) AS "serverVersion",
	current_setting('server_version_num')::int AS "versionNumber", pg_is_in_recovery() AS "inRecovery", host(inet_server_addr()) AS "serverAddress", inet_server_port() AS "serverPort",
	to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00' AS "startedAt", r.rolsuper AS superuser,
	r.rolsuper OR pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS "seesAll", current_setting('max_connections')::int AS "maxConnections", pg_encoding_to_char(d.encoding) AS encoding
	FROM pg_database d, pg_roles r WHERE d.datname = current_database() AND r.rolname = current_user`;

/** The checkpoint's timeline lags behind a promotion; the name of the segment being written does not. */
const primaryTimeline = `SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int::text AS value`;
const standbyTimeline = `SELECT coalesce((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))::text AS value`;

/** Functions that a managed service may have revoked: refused means unknown. */
async function optional(session: Session, text: string): Promise<string | null> {
	try {
		const [row] = await session.query<{value: string | null}>(text);
		return row?.value ?? null;
	} catch (error) {
		if ((error as {code?: string}).code === undefined) throw error;
		return null;
	}
}

function numeric(text: string | null): number | null {
	return text === null ? null : Number(text);
}
