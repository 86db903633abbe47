"""What a statement did to the tables that were there before: locks, rewrites, scans, WAL. For rehearsals on a copy only (`measure` in the task)."""

# These begin, end or set up a transaction, where a question of ours would be in the way; none of them works on a table.
_not_measured = re.compile(r'(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:begin|start|set|reset|show|commit|end|rollback|abort|savepoint|release|prepare|discard|deallocate)\b', re.I | re.S)


class Meter:
    """Asks on the migration's own connection, since uncommitted files and counters are seen nowhere else; a savepoint keeps a failed question harmless."""

    def __init__(self):
        self.known = {}  # id of a raw connection → what was read last in its open transaction
        self.failed = 0

    def before(self, raw, state, autocommit, sql):
        """True when the statement runs outside a transaction: then its locks can only be seen from elsewhere, while it runs."""
        outside = state == 'IDLE' and autocommit
        if _not_measured.match(sql) or state not in ('IDLE', 'INTRANS'):
            return False
        if state == 'IDLE':
            self.forget(raw)  # the migration may have ended its transaction by a COMMIT of its own
        if id(raw) not in self.known:
            reading = self.read(raw, not outside, whole=True)
            if reading:
                self.known[id(raw)] = dict(reading, outside=outside)
        return outside

    def after(self, raw):
        """What happened since the last question; None when it can't be told."""
        known, state = self.known.get(id(raw)), transaction_state(raw)
        if known is None or state != ('IDLE' if known['outside'] else 'INTRANS'):
            self.forget(raw)
            return None
        reading = self.read(raw, not known['outside'], whole=known['outside'])
        if reading is None:
            return None
        held = {tuple(each) for each in known['locks']}
        tables = known['tables']
        result = {
            'locks': [{'table': tables[oid]['name'], 'mode': mode, 'fresh': (oid, mode) not in held} for oid, mode in reading['locks'] if oid in tables],
            'rewrote': sorted(now['name'] for oid, now in reading['tables'].items() if oid in tables and now['file'] != tables[oid]['file'] and tables[oid]['file']),
            'scanned': None, 'walBytes': int(reading['wal']) - int(known['wal']), 'outside': known['outside'],
        }
        # Before version 15 the counters of ended transactions are known late and elsewhere.
        if not known['outside'] or reading['shared']:
            result['scanned'] = sorted(now['name'] for oid, now in reading['tables'].items() if oid in tables and now['scans'] > tables[oid]['scans'])
        if known['outside']:
            self.forget(raw)
        else:
            # Tables made since the transaction began are nobody else's yet and stay out.
            known['tables'].update({oid: now for oid, now in reading['tables'].items() if oid in tables})
            known['locks'], known['wal'] = reading['locks'], reading['wal']
        return result

    def forget(self, raw):
        self.known.pop(id(raw), None)

    def read(self, raw, inside, whole):
        session = sessions.get(id(raw))
        if self.failed > 4 or session is None:
            return None
        try:
            return json.loads(ask_aside(raw, measure_sql(session.version, whole), inside)[0])
        except Exception as error:
            # Once may be the migration's own statement_timeout; the next statement is looked at afresh.
            self.failed += 1
            self.forget(raw)
            emit('not-seen', what='locks, rewrites and scans: ' + words_of(error))
            return None


def ask_aside(raw, sql, inside):
    """A question that leaves an open transaction as it was, whatever comes of it."""
    if not inside:
        return ask(raw, sql)
    tell(raw, 'SAVEPOINT holdpoint_measuring')
    try:
        return ask(raw, sql)
    except Exception:
        tell(raw, 'ROLLBACK TO SAVEPOINT holdpoint_measuring')
        raise
    finally:
        tell(raw, 'RELEASE SAVEPOINT holdpoint_measuring')


def tell(raw, sql):
    cursor = raw.cursor()
    try:
        cursor.execute(sql)
    finally:
        cursor.close()


def measure_sql(version, whole):
    """One row, one JSON text. A table that is scanned or rewritten is locked until the transaction ends, so only the locked ones are asked for again."""
    shared = version >= 150000  # from there on a counter's two parts, shared and pending, add up at any moment
    scans = 'pg_catalog.pg_stat_get_xact_numscans(c.oid)' + (' + pg_catalog.pg_stat_get_numscans(c.oid)' if shared else '')
    return """WITH held AS (
  SELECT DISTINCT l.relation AS oid, l.mode FROM pg_catalog.pg_locks l WHERE l.locktype = 'relation' AND l.pid = pg_catalog.pg_backend_pid() AND l.granted
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
), seen AS (
  SELECT c.oid, pg_catalog.json_build_object('name', n.nspname || '.' || c.relname, 'file', pg_catalog.pg_relation_filenode(c.oid), 'scans', %s) AS facts
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'%s
) SELECT pg_catalog.json_build_object('shared', %s, 'wal', pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::text,
  'locks', coalesce((SELECT pg_catalog.json_agg(pg_catalog.json_build_array(oid::text, mode)) FROM held), '[]'),
  'tables', coalesce((SELECT pg_catalog.json_object_agg(oid::text, facts) FROM seen), '{}'))::text""" % (scans, '' if whole else ' AND c.oid IN (SELECT oid FROM held)', 'true' if shared else 'false')
