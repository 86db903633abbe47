"""The migration's own session: proof of the server, the lock that keeps a second run out, timeouts, and what the driver says of it."""

# Kept from do_connect until the pool's connect event: record → (dialect, arguments).
_dialing = {}
sessions = {}
closed_unfinished = []


class Session:
    """One raw connection that was proven; it lives as long as its backend."""

    def __init__(self, raw, dialect, pid, version):
        self.raw, self.dialect, self.pid, self.version = raw, dialect, pid, version
        self.finished = []  # revisions whose version row is written and not yet committed
        self.restore = None
        self.statements = 0
        self.touched = False  # statements were seen since the last transaction ended


def watch_connections(task):
    """Looks at each new connection before anything of the project runs on it."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.pool import Pool

    @event.listens_for(Engine, 'do_connect')
    def dialing(dialect, record, cargs, cparams):
        remember_secret(cparams.get('password'))
        _dialing[id(record)] = (dialect, list(cargs), dict(cparams))
        watch_transactions(dialect)

    @event.listens_for(Pool, 'connect')
    def connected(raw, record):
        dialect, cargs, cparams = _dialing.pop(id(record), (None, None, None))
        if dialect is not None and dialect.name != 'postgresql':
            emit('not-seen', what='a connection to %s' % dialect.name)
            return
        if dialect is None and not is_postgres(raw):
            emit('not-seen', what='a connection that the project made by itself (%s)' % type(raw).__module__)
            return
        prove(task, raw, (lambda: dialect.connect(*cargs, **cparams)) if dialect is not None else None, dialect)

    @event.listens_for(Pool, 'close')
    def closed(raw, record):
        session = sessions.pop(id(raw), None)
        if session:
            closed_unfinished.extend(session.finished)
            emit('disconnected', pid=session.pid)


def is_postgres(raw):
    return any(word in type(raw).__module__ for word in ('psycopg', 'asyncpg', 'pg8000', 'postgres'))


def prove(task, raw, again, dialect):
    """Refuses before the first statement of the migration; ends with a commit, since an open transaction makes Alembic roll all back."""
    row = ask(raw, identity_sql(task.get('proofKey')))
    facts = identity_from(row)
    raw.commit()
    facts['driver'] = getattr(dialect, 'driver', None) or type(raw).__module__
    facts['number'] = len(sessions) + 1
    # A standby has locks of its own: the proof would fail there too, for a reason that says less.
    if facts['inRecovery']:
        refuse('standby', facts, 'env.py connects to a standby (%s), which can not be migrated.' % place_on_net(facts), raw)
    if task.get('proofKey') is not None and not facts['proven']:
        refuse('wrong-server', facts, 'env.py connects to database %s on %s, which is not the live database that the room watches.' % (facts['database'], place_on_net(facts)), raw)
    facts['behindProxy'] = driver_pid(raw) not in (None, facts['pid'])
    pooler = pooler_between(raw, again, facts)
    if pooler:
        refuse('pooler', facts, pooler, raw)  # before the lock, which would stay behind on a lent connection
    facts['ownLock'] = take_lock(task, raw, facts)
    facts['clientCheck'] = set_limits(raw, facts['serverVersionNumber'], 'holdpoint-migration', task.get('lockTimeoutMs'), task.get('statementTimeoutMs'))
    sessions[id(raw)] = Session(raw, dialect, facts['pid'], facts['serverVersionNumber'])
    emit('connected', **facts)


def take_lock(task, raw, facts):
    """The session lock that keeps a second migration out; another connection of this very process may hold it."""
    if task.get('ownKey') is None:
        return None
    own = int(task['ownKey'])
    deadline = time.monotonic() + 2
    while True:
        mine = ask(raw, 'SELECT pg_try_advisory_lock(%d)' % own)[0]
        holder = None if mine else ask(raw, (
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = CAST(%d AS oid) AND objid = CAST(%d AS oid)"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") % ((own >> 32) & 0xFFFFFFFF, own & 0xFFFFFFFF))
        raw.commit()
        if mine:
            task.setdefault('pids', set()).add(facts['pid'])
            return 'held'
        if holder and any(holder[0] == session.pid for session in sessions.values()):
            return 'held by another connection of this run'
        # A connection of ours that was just closed gives its lock back a moment later; a stranger's is not waited for.
        ours = holder is None or holder[0] in task.get('pids', ())
        if not ours or time.monotonic() > deadline:
            refuse('already-running', facts, 'A migration is already at work on database %s%s.' % (facts['database'], ' (backend %d)' % holder[0] if holder else ''), raw)
        time.sleep(0.05)


def pooler_between(raw, again, facts):
    """The sentence that refuses a transaction pooler; behind one, session locks and timeouts would be fiction."""
    name = 'A transaction pooler stands between the project and database %s: connect env.py past it (or in session mode).' % facts['database']
    for _ in range(2):
        pid = ask(raw, 'SELECT pg_backend_pid()')[0]
        raw.commit()
        if pid != facts['pid']:
            return name
    if not facts['behindProxy'] or again is None:
        return None
    # The server's pid is not the one the driver was told: something answers in between. Two clients on one backend tell which kind.
    other = again()
    try:
        theirs = ask(other, 'SELECT pg_backend_pid()')[0]
        mine = ask(raw, 'SELECT pg_backend_pid()')[0]
        raw.commit()
        other.rollback()
    finally:
        other.close()
    return name if theirs == facts['pid'] or mine != facts['pid'] else None


def set_limits(raw, version, name, lock_ms, statement_ms):
    """Session settings, ended by a commit. True when a dead client will be noticed: from PostgreSQL 14 on, and not on every platform."""
    ask(raw, "SELECT set_config('application_name', '%s', false), set_config('lock_timeout', '%d', false), set_config('statement_timeout', '%d', false)"
        % (name, int(lock_ms or 0), int(statement_ms or 0)))
    raw.commit()
    if version < 140000:
        return False
    try:
        ask(raw, "SELECT set_config('client_connection_check_interval', '2s', false)")
        raw.commit()
        return True
    except Exception:
        raw.rollback()
        return False


def ask(raw, sql):
    cursor = raw.cursor()
    try:
        cursor.execute(sql)
        return cursor.fetchone()
    finally:
        cursor.close()


def refuse(why, facts, text, raw):
    """Ends the process at once: nothing of the migration has run on this connection, and no code of the project shall run after it."""
    emit('refused', why=why, text=text, pid=facts['pid'], database=facts['database'], serverAddress=facts['serverAddress'], serverPort=facts['serverPort'],
         statements=sum(session.statements for session in sessions.values()))
    emit('exit', code=3, how='refused', error={'class': 'Refused', 'message': text, 'sqlstate': None}, uncommitted=[], seconds=None)
    sys.stderr.write(text + '\n')
    sys.stderr.flush()
    try:
        raw.close()
    finally:
        os._exit(3)


def place_on_net(facts):
    return '%s:%s' % (facts['serverAddress'], facts['serverPort']) if facts['serverAddress'] else 'a local socket'


def driver_pid(raw):
    """The backend's pid as the driver was told at connect; a pooler makes one up."""
    for look in (lambda: raw.info.backend_pid, lambda: raw.get_backend_pid(), lambda: raw.driver_connection.info.backend_pid, lambda: raw.driver_connection.get_server_pid()):
        try:
            return look()
        except Exception:
            pass
    return None


def transaction_state(raw):
    """IDLE, INTRANS, INERROR, ACTIVE as the driver says; None where it does not."""
    for look in (lambda: raw.info.transaction_status, lambda: raw.driver_connection.info.transaction_status):
        try:
            status = look()
            return getattr(status, 'name', None) or {0: 'IDLE', 1: 'ACTIVE', 2: 'INTRANS', 3: 'INERROR'}.get(status)
        except Exception:
            pass
    status = getattr(raw, '_transaction_status', None)  # pg8000
    if isinstance(status, bytes):
        return {b'I': 'IDLE', b'T': 'INTRANS', b'E': 'INERROR'}.get(status)
    try:
        return 'INTRANS' if raw.driver_connection.is_in_transaction() else 'IDLE'
    except Exception:
        return None


def is_autocommit(raw):
    """Each statement commits by itself; the drivers spell it differently."""
    for look in (lambda: raw.autocommit, lambda: raw.driver_connection.autocommit):
        try:
            value = look()
            if isinstance(value, bool):
                return value
        except Exception:
            pass
    return getattr(raw, 'isolation_level', None) == 'autocommit'
