"""What env.py does when it is run: whom it would connect to, with which options, and what the database says through it."""
from contextlib import contextmanager


class Stopped(BaseException):
    """Ends env.py at the moment it would connect; no Exception, so that a retry loop of the project does not catch it."""


@contextmanager
def configure_watched(contexts, **forced):
    """Records each call of context.configure(); `forced` arguments win over env.py's."""
    from alembic.runtime.environment import EnvironmentContext
    original = EnvironmentContext.configure

    def configure(self, *args, **kwargs):
        kwargs.update(forced)
        result = original(self, *args, **kwargs)
        contexts.append(describe_context(self.get_context()))
        return result

    EnvironmentContext.configure = configure
    try:
        yield
    finally:
        EnvironmentContext.configure = original


def describe_context(context):
    options = context.opts
    metadata = options.get('target_metadata')
    naming = getattr(metadata[0] if isinstance(metadata, (list, tuple)) and metadata else metadata, 'naming_convention', None) or {}
    return {
        'dialect': context.dialect.name, 'versionTable': context.version_table, 'versionTableSchema': context.version_table_schema,
        'transactionPerMigration': bool(options.get('transaction_per_migration')), 'transactionalDdl': bool(context.impl.transactional_ddl),
        'externalTransaction': getattr(context, '_in_external_transaction', None), 'targetMetadata': metadata is not None,
        'namingConvention': {str(key if isinstance(key, str) else getattr(key, '__name__', key)): value for key, value in naming.items() if isinstance(value, str)},
        'includeSchemas': bool(options.get('include_schemas')),
        'compareType': choice(options.get('compare_type', True)), 'compareServerDefault': choice(options.get('compare_server_default', False)),
        'includeObject': bool(options.get('include_object') or options.get('include_name')),
    }


def choice(value):
    return 'function' if callable(value) else bool(value)


def run_environment(config, script, fn, **options):
    from alembic.runtime.environment import EnvironmentContext
    with EnvironmentContext(config, script, fn=fn, **options):
        script.run_env()


def read_connection(config, script):
    """What env.py would connect with, found without connecting: the driver's arguments at the last moment, after every hook of the project."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.pool import Pool
    found, engines, contexts = [], [], []
    original = Engine.__init__

    def watched(self, pool, dialect, url, *args, **kwargs):
        original(self, pool, dialect, url, *args, **kwargs)
        engines.append(self)
    Engine.__init__ = watched

    def stop(dialect, cargs, cparams):
        url = next((each.url for each in engines if each.dialect is dialect), None)
        found.append(describe_connection(dialect, url, cargs, cparams))
        raise Stopped()

    @event.listens_for(Engine, 'do_connect')
    def connecting(dialect, record, cargs, cparams):
        # Listeners of the project (tokens fetched at connect) come after this one: the driver's own call is the last moment.
        dialect.connect = lambda *args, **kwargs: stop(dialect, args, kwargs)

    @event.listens_for(Pool, 'connect')
    def connected(raw, record):  # a pool with a `creator` of the project never asks the dialect
        info = getattr(raw, 'info', None)
        parts = {'host': getattr(info, 'host', None), 'port': getattr(info, 'port', None), 'dbname': getattr(info, 'dbname', None), 'user': getattr(info, 'user', None)}
        engine = next((each for each in engines if each.pool is getattr(record, '_ConnectionRecord__pool', None)), engines[-1] if engines else None)
        found.append(dict(describe_connection(engine.dialect, engine.url, (), parts), creator=True) if engine else {})
        raise Stopped()

    before = set(sys.modules)
    try:
        with configure_watched(contexts):
            run_environment(config, script, lambda rows, context: [], dont_mutate=True)
    except Stopped:
        pass
    if not found:
        raise Problem('no-connection', 'env.py ended without connecting to a database.')
    if found[0].get('dialect') != 'postgresql':
        raise Problem('not-postgresql', 'env.py connects to %s, not to PostgreSQL.' % found[0].get('dialect'))
    others = [describe_connection(each.dialect, each.url, (), {}) for each in engines if found[0]['url'] != each.url.render_as_string(hide_password=True)]
    modules = sorted(shown_path(path) for path in project_modules(before))
    return {**found[0], 'others': others, 'modules': modules}


def describe_connection(dialect, url, cargs, cparams):
    """The driver's arguments win over the URL, since plugins and hooks change them; secret, for the private channel only."""
    query = dict(url.query) if url is not None else {}
    given = dict(cparams)
    password = given.pop('password', None) or (url.password if url is not None else None)
    host = given.pop('host', None) or (url.host if url is not None else None) or query.get('host')
    port = given.pop('port', None) or (url.port if url is not None else None) or query.get('port')
    database = given.pop('dbname', None) or given.pop('database', None) or (url.database if url is not None else None)
    user = given.pop('user', None) or (url.username if url is not None else None)
    remember_secret(str(password) if password else None)
    options = {key: value for key, value in {**query, **given}.items() if isinstance(value, (str, int, float, bool)) and key not in ('host', 'port')}
    return {
        'dialect': dialect.name, 'driver': getattr(dialect, 'driver', None), 'isAsync': bool(getattr(dialect, 'is_async', False)),
        'drivername': url.drivername if url is not None else dialect.name, 'url': url.render_as_string(hide_password=True) if url is not None else None,
        'host': text_of(host), 'port': text_of(port), 'database': text_of(database), 'username': text_of(user),
        'password': text_of(password), 'options': {key: str(value) for key, value in options.items()},
        'dsn': cargs[0] if cargs and isinstance(cargs[0], str) else None,
        'libpq': {key: value for key, value in os.environ.items() if key.startswith('PG') and key[2:].isupper()}, 'creator': False,
    }


def text_of(value):
    if value is None or value == '':
        return None
    return ','.join(str(each) for each in value) if isinstance(value, (list, tuple)) else str(value)


def read_database(config, script, wanted):
    """Version rows, identity and differences, read through env.py's own connection: [one for each database it visits]."""
    from sqlalchemy import event
    from sqlalchemy.pool import Pool
    contexts, found = [], []

    @event.listens_for(Pool, 'connect')
    def connected(raw, record):  # a look must neither wait behind a lock for long nor hold others up
        if is_postgres(raw):
            version = ask(raw, "SELECT current_setting('server_version_num')")[0]
            set_limits(raw, int(version), 'holdpoint', 5000, 30000)

    def look(rows, context):
        if context.dialect.name != 'postgresql':
            raise Problem('not-postgresql', 'env.py connects to %s, not to PostgreSQL.' % context.dialect.name)
        entry = {'rows': sorted(rows), 'unknown': [], **identity_of(context.connection, wanted.get('proofKey'))}
        for row in rows:
            try:
                script.get_revision(row)
            except Exception:
                entry['unknown'].append(row)
        entry['upToDate'] = not entry['unknown'] and set(script.get_heads()) <= applied_revisions(script, rows)
        if wanted.get('differences'):
            entry['differences'] = differences_of(context, entry, anywhere=wanted['differences'] == 'anywhere')
        found.append(entry)
        return []

    with configure_watched(contexts):
        run_environment(config, script, look, dont_mutate=True)
    if not found:
        raise Problem('no-connection', 'env.py ended without calling run_migrations().')
    return [{**entry, 'context': context} for entry, context in zip(found, contexts)]


def identity_of(connection, proof_key):
    row = connection.exec_driver_sql(identity_sql(proof_key)).fetchone()
    identity = identity_from(row)
    identity['timeouts'] = {name: int(value) for name, value in connection.exec_driver_sql(
        "SELECT name, setting FROM pg_settings WHERE name IN ('transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')").fetchall()}
    identity['systemIdentifier'] = None
    if row[8]:
        identity['systemIdentifier'] = str(connection.exec_driver_sql('SELECT system_identifier FROM pg_control_system()').scalar())
    return identity


def identity_sql(proof_key):
    """One row of facts of the very session that asks; no parameters, since drivers spell them differently."""
    return (
        "SELECT pg_backend_pid(), current_database(), pg_is_in_recovery(), host(inet_server_addr()), inet_server_port(), current_user, "
        "current_setting('server_version_num'), (SELECT to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM pg_stat_activity WHERE pid = pg_backend_pid()), "
        "has_function_privilege('pg_control_system()', 'EXECUTE'), " + proof_sql(proof_key) + ", current_setting('TimeZone'), array_to_string(current_schemas(false), chr(10))")


def proof_sql(key):
    """True when another session of this very database holds the advisory lock with this key; any role may look."""
    if key is None:
        return 'NULL'
    number = int(key)
    return (
        "EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_backend_pid()"
        " AND l.classid = CAST(%d AS oid) AND l.objid = CAST(%d AS oid)"
        " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))" % ((number >> 32) & 0xFFFFFFFF, number & 0xFFFFFFFF))


def identity_from(row):
    return {
        'pid': row[0], 'database': row[1], 'inRecovery': row[2], 'serverAddress': row[3], 'serverPort': row[4], 'role': row[5],
        'serverVersionNumber': int(row[6]), 'backendStart': row[7], 'proven': row[9],
        'timeZone': row[10], 'searchPath': [name for name in row[11].split('\n') if name],
    }


def differences_of(context, entry, anywhere):
    """Autogenerate's findings as data, or why there are none. `anywhere`: before the head too, where later revisions may still bring what is found."""
    from alembic.autogenerate import compare_metadata
    if not entry['upToDate'] and not anywhere:
        return {'answer': 'not-up-to-date', 'found': []}
    metadata = context.opts.get('target_metadata')
    if metadata is None:
        return {'answer': 'no-target-metadata', 'found': []}
    flat, todo = [], list(compare_metadata(context, metadata))
    while todo:
        each = todo.pop(0)
        if isinstance(each, list):
            todo = each + todo
        else:
            flat.append(describe_difference(each))
    return {'answer': 'different' if flat else 'same', 'found': flat}


def describe_difference(difference):
    """One tuple of compare_metadata: {kind, object, text}."""
    kind, rest = difference[0], difference[1:]
    if kind.startswith('modify_'):
        schema, table, column, _, old, new = rest
        name = '.'.join(each for each in (schema, table, column) if each)
        return {'kind': kind, 'object': 'column ' + name, 'text': '%s: the database has %s, the models %s' % (name, old, new)}
    thing = rest[-1]
    table = getattr(thing, 'table', None)
    place = '.'.join(str(each) for each in (getattr(thing, 'schema', None) or getattr(table, 'schema', None) or (rest[0] if len(rest) > 2 else None), getattr(table, 'name', None) or (rest[1] if len(rest) > 2 else None)) if each)
    name = '.'.join(each for each in (place, str(getattr(thing, 'name', None) or thing)) if each)
    verb, _, what = kind.partition('_')
    side = 'is in the models but not in the database' if verb == 'add' else 'is in the database but not in the models' if verb == 'remove' else 'differs'
    return {'kind': kind, 'object': '%s %s' % (what.replace('_', ' '), name), 'text': '%s %s %s' % (what.replace('_', ' '), name, side)}
