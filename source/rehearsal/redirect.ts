/** Turns every connection that a project's SQLAlchemy opens to the copy, whatever env.py says; the proof lock then says whether it worked. */
import type {AlembicProject} from '../alembic/project.ts';
import type {Conninfo} from '../postgres/conninfo.ts';

export interface Copy {
	conninfo: Conninfo;
	/** Of these the project's own role is kept, others become the copy's. */
	roles: readonly string[];
}

/**
 * The same project, whose Python runs a few lines first. They take the driver's arguments at SQLAlchemy's do_connect, after env.py has made
 * them of ini, environment or code. An engine with a `creator` of its own can't be turned; the proof refuses it.
 */
export function redirectProject(project: AlembicProject, {conninfo, roles}: Copy): AlembicProject {
	const host = conninfo.hosts[0]!;
	const password = conninfo.readPassword(host);
	const target = {host: host.hostaddr ?? host.host, port: host.port, database: conninfo.database, user: conninfo.user, password, roles: host.host.startsWith('/') ? roles : []};
	// What libpq reads by itself must not win over it, and what reads libpq's variables by itself goes to the copy too.
	const inherited = Object.entries(project.environment).filter(([name]) => !/^PG(?!OPTIONS$|CLIENTENCODING$)[A-Z]+$/.test(name));
	return {
		...project,
		python: [...project.python, '-c', program],
		environment: {
			...Object.fromEntries(inherited),
			PGHOST: target.host, PGPORT: String(target.port), PGDATABASE: target.database, PGUSER: target.user, ...(password === null ? {} : {PGPASSWORD: password}),
			HOLDPOINT_COPY: JSON.stringify(target),
		},
	};
}

/** Ends by running what would have been run: the sidecar's own bootstrap follows as `-c TEXT`. */
const program = `
import json, os, sys
_copy = json.loads(os.environ.pop('HOLDPOINT_COPY'))
try:
    from sqlalchemy import event as _event
    from sqlalchemy.engine import Engine as _Engine
    @_event.listens_for(_Engine, 'do_connect')
    def _to_the_copy(dialect, record, cargs, cparams):
        if dialect.name != 'postgresql':
            return
        asked = cparams.get('user')
        del cargs[:]
        for key in ('host', 'hostaddr', 'port', 'dbname', 'database', 'user', 'password', 'service', 'passfile', 'dsn', 'ssl', 'ssl_context', 'direct_tls', 'unix_sock',
                    'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslcrl', 'sslpassword', 'sslnegotiation', 'target_session_attrs', 'channel_binding', 'gssencmode', 'load_balance_hosts'):
            cparams.pop(key, None)
        driver = getattr(dialect, 'driver', '')
        cparams['dbname' if driver.startswith('psycopg') else 'database'] = _copy['database']
        cparams['user'] = asked if asked in _copy['roles'] else _copy['user']
        cparams['port'] = _copy['port']
        if driver == 'pg8000' and _copy['host'].startswith('/'):
            cparams['unix_sock'] = '%s/.s.PGSQL.%d' % (_copy['host'], _copy['port'])
        else:
            cparams['host'] = _copy['host']
        if _copy['password'] is not None:
            cparams['password'] = _copy['password']
except ImportError:
    pass
_rest = sys.argv[2]
del sys.argv[1:]
exec(compile(_rest, '<holdpoint>', 'exec'))
`;
