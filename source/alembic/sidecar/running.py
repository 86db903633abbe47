"""The verb that migrates: Alembic's own command line, watched."""
import signal


class Cancelled(Exception):
    """Asked for over the control channel; raised where the migration would go on, so that it rolls back as after any error."""


def run(task):
    """Runs `alembic <action> <revision>` and ends the process with Alembic's own exit code."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a lost terminal is nothing
    alembic, sqlalchemy = load_alembic()
    orders = Orders(task.get('holdAtStart'))
    watch_connections(task)
    progress = Progress(orders, task, Meter() if task.get('measure') else None)
    orders.listen()
    emit('started', pid=os.getpid(), python=sys.version.split()[0], alembic=alembic.__version__, sqlalchemy=sqlalchemy.__version__, action=task['action'], revision=task['revision'])
    started = time.monotonic()
    from alembic.config import main
    from alembic.util import CommandError
    code, how, error = 0, 'done', None
    try:
        # --raiseerr: the same run, but its refusal comes as an exception instead of a line on standard output
        main(argv=['--raiseerr'] + alembic_arguments() + [task['action'], task['revision']], prog='alembic')
    except CommandError as raised:
        code, how, error = 255, 'command-error', raised
    except Cancelled as raised:
        code, how, error = 1, 'cancelled', raised
    except SystemExit as raised:
        code = raised.code if isinstance(raised.code, int) else 0 if raised.code is None else 1
        how, error = ('system-exit', raised) if code else ('done', None)
    except BaseException as raised:
        code, how, error = 1, 'error', raised
    progress.flush()
    described = None
    if error is not None:
        sys.stderr.write(scrub(''.join(traceback.format_exception(type(error), error, error.__traceback__))))
        problem = problem_of(error)
        described = {'class': type(getattr(error, 'orig', None) or error).__name__, 'message': words_of(error) if how == 'error' else scrub(error), 'sqlstate': sqlstate_of(error),
                     'kind': problem['kind'], **place_of(error)}
    emit('exit', code=code & 0xFF, how=how, error=described, uncommitted=progress.uncommitted(), seconds=time.monotonic() - started)
    sys.exit(code)


class Progress:
    """Statements, revisions, commits: what goes through SQLAlchemy; the rest is said to be unseen."""

    def __init__(self, orders, task, meter=None):
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        self.meter, self.last_raw = meter, None
        self.rung, self.bound = task.get('lockTimeoutMs'), task.get('lockTimeoutBoundMs')
        self.in_revision, self.partly, self.patient = 0, None, False  # statements so far; a revision of which a part is committed; its lock_timeout is the bound
        self.orders, self.number, self.revision, self.lost = orders, 0, None, []
        self.last_sql, self.same, self.folded, self.concurrently, self.current = None, 0, None, False, (None, 0, False)
        event.listen(Engine, 'before_cursor_execute', self.before)
        event.listen(Engine, 'after_cursor_execute', self.after)
        event.listen(Engine, 'handle_error', self.failed)
        watch_transactions.progress = self
        self.watch_revisions()

    def before(self, conn, cursor, sql, parameters, context, many):
        self.number += 1
        self.in_revision += 1
        if self.patient != (self.partly is not None):
            self.match_patience(conn.connection.dbapi_connection)
        if sql == self.last_sql:
            self.same += 1
            if self.same > 20 and not self.concurrently and not self.orders.hold and not self.orders.cancel:
                # A loop of one statement over many rows is told in one event a second instead of two for each.
                self.current = (self.number, time.monotonic(), True)
                return
        else:
            self.flush()
            self.same = 0
        self.last_sql, self.concurrently = sql, bool(re.search(r'\bCONCURRENTLY\b', sql, re.I))
        raw = conn.connection.dbapi_connection
        state, autocommit, session = transaction_state(raw), is_autocommit(raw), sessions.get(id(raw))
        self.safe_point(state, 'before a statement')
        lifted = bool(session and self.concurrently and autocommit and state == 'IDLE')
        if session:
            session.statements += 1
            session.touched = True
        if lifted:
            # Waiting for older snapshots is what CONCURRENTLY does; a timeout there leaves an invalid index.
            session.restore = ask(raw, "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
            ask(raw, "SELECT set_config('lock_timeout', '0', false), set_config('statement_timeout', '0', false)")
        outside = self.meter.before(raw, state, autocommit, sql) if self.meter else False
        self.last_raw = raw
        text = scrub_sql(sql)
        emit('statement', number=self.number, sql=text[:100000], cut=len(text) > 100000, pid=session.pid if session else None, revision=self.revision,
             state=state, autocommit=autocommit, many=bool(many), timeoutsLifted=lifted, waits=outside)
        if outside:
            self.orders.wait_until_watched(2)
        self.current = (self.number, time.monotonic(), False)

    def after(self, conn, cursor, sql, parameters, context, many):
        number, since, quiet = self.current
        seconds = time.monotonic() - since
        if self.revision is not None and self.partly is None and is_autocommit(conn.connection.dbapi_connection) and not re.match(r'\s*(set|reset|show)\b', sql, re.I):
            self.partly = self.revision
        rows = cursor.rowcount if isinstance(getattr(cursor, 'rowcount', None), int) and cursor.rowcount >= 0 else None
        if not quiet:
            raw = conn.connection.dbapi_connection
            measured = self.meter.after(raw) if self.meter else None
            self.restore(raw)
            emit('statement-end', number=number, seconds=seconds, rows=rows, state=transaction_state(raw), measured=measured)
            return
        folded = self.folded
        if folded is None:
            folded = self.folded = {'first': number, 'count': 0, 'seconds': 0.0, 'rows': 0, 'since': time.monotonic()}
        folded['last'] = number
        folded['count'] += 1
        folded['seconds'] += seconds
        folded['rows'] += rows or 0
        if since - folded['since'] > 1:
            self.flush()

    def flush(self):
        if self.folded:
            folded, self.folded = self.folded, None
            measured = self.meter.after(self.last_raw) if self.meter else None
            emit('statements-repeated', sql=scrub_sql(self.last_sql)[:2000], revision=self.revision, measured=measured, **{key: folded[key] for key in ('first', 'last', 'count', 'seconds', 'rows')})

    def failed(self, context):
        original, connection = context.original_exception, context.connection
        if isinstance(original, (Cancelled, Stopped)):
            return
        number = since = raw = None
        if connection is not None and not connection.invalidated:
            number, since = self.current[:2] if context.statement else (None, None)
            raw = connection.connection.dbapi_connection
        diagnosis, cause, fields = getattr(original, 'diag', None), getattr(original, '__cause__', None), server_fields(original)
        emit('statement-failed', number=number, seconds=time.monotonic() - since if since else None, sqlstate=sqlstate_of(original),
             message=scrub(getattr(diagnosis, 'message_primary', None) or words_of(original)), detail=scrub_or_none(getattr(diagnosis, 'message_detail', None) or getattr(cause, 'detail', None) or fields.get('D')),
             hint=scrub_or_none(getattr(diagnosis, 'message_hint', None) or getattr(cause, 'hint', None) or fields.get('H')), sql=scrub_sql(context.statement or '')[:100000], revision=self.revision,
             state=transaction_state(raw) if raw is not None else None)
        if raw is not None:
            self.restore(raw)

    def match_patience(self, raw):
        """A revision of which a part is committed can't be tried again from its beginning: from there on it waits for locks up to the configured bound.
        A lock_timeout that the migration has set by itself stays."""
        if self.bound is None or transaction_state(raw) == 'INERROR':
            return
        was, wanted = (self.rung, self.bound) if self.partly is not None else (self.bound, self.rung)
        changed = ask(raw, "SELECT set_config('lock_timeout', CASE WHEN setting = '%d' THEN '%d' ELSE current_setting('lock_timeout') END, false), setting = '%d' FROM pg_settings WHERE name = 'lock_timeout'"
                      % (int(was or 0), int(wanted or 0), int(was or 0)))[1]
        self.patient = not self.patient
        if self.patient and changed and was != wanted:
            emit('patient', revision=self.partly, lockTimeoutMs=wanted)

    def restore(self, raw):
        session = sessions.get(id(raw))
        if session and session.restore:
            values, session.restore = session.restore, None
            try:
                ask(raw, "SELECT set_config('lock_timeout', '%s', false), set_config('statement_timeout', '%s', false)" % tuple(values))
            except Exception as error:
                emit('not-seen', what='the timeouts could not be set again: ' + words_of(error))

    def safe_point(self, state, where):
        """Stops here while a hold is wished and no transaction is open; a cancel is taken anywhere."""
        if self.orders.hold and state == 'IDLE' and not self.orders.cancel:
            self.flush()
            emit('held', where=where, revision=self.revision)
            with self.orders.changed:
                # An end of the channel while held means that nobody can say `continue` any more.
                self.orders.changed.wait_for(lambda: not self.orders.hold or self.orders.cancel or self.orders.closed)
            if self.orders.closed and self.orders.hold:
                raise Cancelled('The control channel closed while the migration was held.')
            emit('continued')
        if self.orders.cancel:
            raise Cancelled('The migration was asked to stop.')

    def watch_revisions(self):
        """Through public arguments of EnvironmentContext: `fn` names the steps, `on_version_apply` tells when the version row is written."""
        try:
            from alembic.runtime.environment import EnvironmentContext
            make, configure = EnvironmentContext.__init__, EnvironmentContext.configure
        except (ImportError, AttributeError) as error:
            emit('not-seen', what='revisions: %s' % words_of(error))
            return
        progress = self

        def made(self, config, script, **kw):
            if kw.get('fn'):
                kw['fn'] = progress.stepping(kw['fn'])
            make(self, config, script, **kw)

        def configured(self, *args, on_version_apply=None, **kwargs):
            theirs = [on_version_apply] if callable(on_version_apply) else list(on_version_apply or [])
            return configure(self, *args, on_version_apply=tuple([progress.version_written] + theirs), **kwargs)
        EnvironmentContext.__init__, EnvironmentContext.configure = made, configured

    def stepping(self, function):
        def steps(rows, context):
            found = function(rows, context)
            try:
                found = list(found)
                emit('plan', rows=sorted(rows), steps=[describe_step(step) for step in found], transactionPerMigration=bool(context.opts.get('transaction_per_migration')),
                     transactionalDdl=bool(context.impl.transactional_ddl), externalTransaction=getattr(context, '_in_external_transaction', None),
                     versionTable=context.version_table, versionTableSchema=context.version_table_schema)
            except Exception as error:
                if not isinstance(found, list):
                    raise
                emit('not-seen', what='the plan of steps: ' + words_of(error))
            for step in found:
                raw = raw_of(context)
                self.safe_point(transaction_state(raw), 'before a revision')
                self.revision, self.since, self.in_revision = revision_of(step), time.monotonic(), 0
                self.flush()
                emit('revision', revision=self.revision, action='upgrade' if getattr(step, 'is_upgrade', True) else 'downgrade')
                yield step
                self.revision = None
        return steps

    def version_written(self, ctx, step, heads, run_args, **more):
        self.flush()
        raw = raw_of(ctx)
        session = sessions.get(id(raw))
        if session:
            session.finished.append(self.revision)
        emit('revision-end', revision=self.revision, seconds=time.monotonic() - self.since, heads=sorted(heads))
        if raw is not None and is_autocommit(raw):
            self.committed(raw)

    def committed(self, raw):
        self.flush()
        session = sessions.get(id(raw))
        revisions = session.finished if session else []
        if session:
            session.finished, session.touched = [], False
        if self.meter:
            self.meter.forget(raw)
        if self.partly in revisions:
            self.partly = None
        if self.revision is not None and self.in_revision > 0 and self.revision not in revisions:
            self.partly = self.revision
        emit('commit', pid=session.pid if session else None, revisions=revisions, revision=self.revision)

    def rolled_back(self, raw):
        self.flush()
        if self.meter:
            self.meter.forget(raw)
        session = sessions.get(id(raw))
        revisions = session.finished if session else []
        if session and not session.touched and not self.revision:
            return  # SQLAlchemy's own look at a new connection
        if session:
            session.finished, session.touched = [], False
        self.lost += revisions
        emit('rollback', pid=session.pid if session else None, revisions=revisions, revision=self.revision)

    def uncommitted(self):
        return self.lost + closed_unfinished + [revision for session in sessions.values() for revision in session.finished]


def watch_transactions(dialect):
    """Reports a commit after the server has answered it: SQLAlchemy's own event comes before, and a deferred constraint may still refuse."""
    if getattr(dialect, 'holdpoint_watched', False):
        return
    dialect.holdpoint_watched = True
    for name in ('do_commit', 'do_rollback', 'do_commit_twophase', 'do_rollback_twophase'):
        original = getattr(dialect, name)

        def ended(first, *args, original=original, name=name, **kwargs):
            raw = first.connection.dbapi_connection if 'twophase' in name else getattr(first, 'dbapi_connection', first)
            was = transaction_state(raw)
            try:
                result = original(first, *args, **kwargs)
            except BaseException:
                if 'commit' in name:
                    watch_transactions.progress.rolled_back(raw)
                raise
            if was != 'IDLE' or 'twophase' in name:
                (watch_transactions.progress.committed if 'commit' in name else watch_transactions.progress.rolled_back)(raw)
            return result
        setattr(dialect, name, ended)


def raw_of(context):
    try:
        return context.connection.connection.dbapi_connection
    except Exception:
        return None


def revision_of(step):
    try:
        return step.info.up_revision_id
    except Exception:
        return str(step)


def scrub_or_none(text):
    return scrub(text) if text else None
