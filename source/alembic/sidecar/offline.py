"""The SQL of each revision on a path, by Alembic's offline mode; one that can't be written hides no other."""
import builtins
import io


_sleep = time.sleep
_writing = []


def sleep(seconds):
    """In place of time.sleep: a pause between batches is for the database, and there is none while SQL is only written."""
    if not _writing:
        _sleep(seconds)


def read_sql(config, script, wanted):
    """[{context, revisions: [{revision, action, sql, parts, stamp, reason, line}]}], one for each context that env.py configures."""
    contexts, found = [], []
    buffer = io.StringIO()

    def steps(rows, context):
        entry = {'context': contexts[-1], 'revisions': []}
        found.append(entry)
        cuts = watch_commits(context, buffer)
        for step in steps_between(script, {**wanted, 'from': list(rows)}):
            record = {**describe_step(step), 'sql': None, 'parts': [], 'stamp': '', 'reason': None, 'line': None}
            entry['revisions'].append(record)
            step.migration_fn = recorded(step.migration_fn, record, buffer, cuts, bool(context.impl.transactional_ddl))
            yield step

    def stamped(ctx, step, heads, run_args):
        record = found[-1]['revisions'][-1]
        record['stamp'] = buffer.getvalue()[record.pop('end'):].strip()

    _writing.append(True)
    with configure_watched(contexts, output_buffer=buffer, on_version_apply=stamped), sql_files_kept():
        run_environment(config, script, steps, as_sql=True, starting_rev=tuple(wanted['from']) or None, destination_rev=wanted['to'])
    if not found:
        raise Problem('no-offline', 'env.py writes no SQL in offline mode.')
    return found


def watch_commits(context, buffer):
    """Positions in the text where an autocommit_block() commits and begins."""
    cuts = []
    for name in ('emit_commit', 'emit_begin'):
        original = getattr(context.impl, name)

        def emitting(original=original, name=name):
            start = buffer.tell()
            original()
            cuts.append((name, start, buffer.tell()))
        setattr(context.impl, name, emitting)
    return cuts


def recorded(function, record, buffer, cuts, transactional):
    def migrate(**arguments):
        start = buffer.tell()
        cuts[:] = []
        try:
            function(**arguments)
            record['sql'] = buffer.getvalue()[start:].strip()
            record['parts'] = parts_of(buffer, start, cuts, transactional)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            place = place_of(error)
            record['reason'] = ("%s, line %s: " % (place['file'], place['line']) if place else '') + words_of(error)
            record['line'] = place.get('line')
            buffer.truncate(start)
            buffer.seek(start)
        record['end'] = buffer.tell()
    return migrate


def parts_of(buffer, start, cuts, transactional):
    """The SQL cut where Alembic commits: [{sql, transaction}]."""
    parts, inside, text = [], transactional, buffer.getvalue()
    for name, before, after in cuts + [('end', buffer.tell(), None)]:
        sql = text[start:before].strip()
        if sql:
            parts.append({'sql': sql, 'transaction': inside})
        inside, start = (name == 'emit_begin'), after
    return parts


@contextmanager
def sql_files_kept():
    """The multidb template writes engine1.sql into the current folder; asking for SQL must change no file."""
    original = builtins.open

    def guarded(file, mode='r', *args, **kwargs):
        if isinstance(file, (str, os.PathLike)) and str(file).endswith('.sql') and any(letter in mode for letter in 'wax+'):
            return io.StringIO()
        return original(file, mode, *args, **kwargs)
    builtins.open = guarded
    try:
        yield
    finally:
        builtins.open = original
