"""Alembic's configuration and script directory as its own command line loads them, and what can be wrong with them."""
import gc
import hashlib
import traceback
import warnings

# `python -c` puts the current directory first; Alembic's own script does not, and a folder `alembic/` there would hide the package.
if sys.path and sys.path[0] == '':
    sys.path.append(sys.path.pop(0))


class Problem(Exception):
    """Something a user can mend: what, where."""

    def __init__(self, kind, message, **fields):
        super().__init__(message)
        self.data = dict(fields, kind=kind, message=scrub(message))


libraries = set()  # names of the modules that were there before anything of the project


def load_alembic():
    """What every verb needs. It stays loaded, so no collection of garbage has to look at it, nor to touch its pages in a copy of this process."""
    gc.disable()
    import alembic.autogenerate
    import alembic.command
    import alembic.config
    import sqlalchemy.dialects.postgresql
    libraries.update(sys.modules)
    gc.freeze()
    gc.enable()
    return alembic, sqlalchemy


def load_config(*command):
    """Config as `alembic <arguments> <command>` makes it, so that `-x`, `-n`, ALEMBIC_CONFIG and pyproject.toml mean the same."""
    from alembic.config import CommandLine, Config
    line = CommandLine(prog='alembic')
    try:
        options = line.parser.parse_args(alembic_arguments() + list(command))
    except SystemExit:
        raise Problem('bad-arguments', 'Alembic does not understand the configured arguments: ' + ' '.join(alembic_arguments()))
    if hasattr(line, '_inis_from_config'):  # 1.16 and later: alembic.ini and pyproject.toml together
        toml, ini = line._inis_from_config(options)
        config = Config(file_=ini, toml_file=toml, ini_section=options.name, cmd_opts=options)
    else:
        toml, ini = None, options.config
        config = Config(file_=ini, ini_section=options.name, cmd_opts=options)
    config.holdpoint_files = [str(path) for path in (ini, toml) if path and os.path.exists(str(path))]
    return config


def alembic_arguments():
    """The global arguments that stand before Alembic's command."""
    arguments = list(request.get('arguments') or [])
    if request.get('ini'):
        arguments = ['-c', request['ini']] + arguments
    if request.get('section') and request['section'] != 'alembic':
        arguments = ['-n', request['section']] + arguments
    return arguments


def load_script(config):
    from alembic.script import ScriptDirectory
    return ScriptDirectory.from_config(config)


def version_files(script):
    """The migration files without importing them, so that one broken file hides no other."""
    try:
        folders = [str(folder) for folder in script._version_locations]
    except AttributeError:
        folders = [str(folder) for folder in script.version_locations or [os.path.join(str(script.dir), 'versions')]]
    found = []
    for folder in folders:
        for root, inner, names in os.walk(folder):
            if not getattr(script, 'recursive_version_locations', False):
                inner[:] = []
            inner[:] = [name for name in inner if name != '__pycache__']
            found += [os.path.join(root, name) for name in names if name.endswith('.py') and not name.startswith(('.#', '__init__'))]
    return sorted(found)


def shown_path(path):
    """Relative to the project's folder, since inside a container the absolute one means nothing outside."""
    path, here = os.path.realpath(str(path)), os.path.realpath(os.getcwd())
    return os.path.relpath(path, here) if path.startswith(here + os.sep) else path


def sha256_of(path):
    with open(str(path), 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def is_of_project(path):
    """Below the project's folder and not installed there."""
    relative = shown_path(path)
    parts = relative.split(os.sep)
    return not os.path.isabs(relative) and not any(
        part in ('site-packages', 'dist-packages', 'node_modules') or part.startswith('.') or os.path.exists(os.path.join(*parts[:index + 1], 'pyvenv.cfg'))
        for index, part in enumerate(parts[:-1]))


def place_of(error):
    """The innermost line of the project in a traceback: where its owner should look."""
    if isinstance(error, SyntaxError) and error.filename:
        return {'file': shown_path(error.filename), 'line': error.lineno}
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if os.path.exists(frame.filename) and is_of_project(frame.filename):
            return {'file': shown_path(frame.filename), 'line': frame.lineno}
    return {}


def words_of(error):
    """An exception as one short sentence, without the parameters and links that SQLAlchemy adds."""
    inner = getattr(error, 'orig', None)
    if inner is not None and hasattr(error, 'statement'):
        error = inner
    name, text = type(error).__name__, scrub(server_fields(error).get('M') or str(error)).strip()
    adapted = re.match(r"<class '(?:\w+\.)*(\w+)'>: (.*)", text, re.S)  # SQLAlchemy's words for an error of asyncpg
    if adapted:
        name, text = adapted.groups()
    if isinstance(error, SyntaxError):
        text = error.msg
    # Detail and hint, where a driver adds them, may hold rows.
    text = re.split(r'\n(?:DETAIL|HINT|CONTEXT|LINE \d+):', text)[0].strip()
    return (name + (': ' + text if text else ''))[:2000]


def sqlstate_of(error):
    inner = getattr(error, 'orig', None) or error
    state = getattr(inner, 'sqlstate', None) or getattr(inner, 'pgcode', None) or server_fields(inner).get('C')
    return state if isinstance(state, str) else None


def server_fields(error):
    """The server's fields in an exception of pg8000, which passes them on as they came."""
    first = (getattr(error, 'args', None) or (None,))[0]
    return first if isinstance(first, dict) else {}


def problem_of(error, caught=()):
    """What an exception of Alembic, the project or the server means for its user; {kind, message, …}."""
    import configparser
    from sqlalchemy import exc
    from alembic.util import CommandError
    if isinstance(error, Problem):
        return error.data
    name, text, place = type(error).__name__, scrub(str(error)), place_of(error)
    for warning in caught:
        found = re.search(r'Revision (\S+) referenced from (.+?) is not present', str(warning.message))
        if found and isinstance(error, KeyError):
            return Problem('missing-revision', 'The migration %s follows revision %s, which no file defines.' % (found.group(2), found.group(1)), revision=found.group(1)).data
    if isinstance(error, configparser.Error):
        return Problem('broken-config', "The Alembic configuration can't be read: %s" % text.replace('\n', ' '), line=getattr(error, 'lineno', None)).data
    if 'Cycle' in name or 'Loop' in name or 'Cycle is detected' in text:
        return Problem('cycle', 'The migrations follow each other in a circle: %s' % text).data
    if isinstance(error, CommandError):
        return Problem(command_problem(text), text).data
    if isinstance(error, exc.DBAPIError):
        kind = 'cannot-connect' if isinstance(error, (exc.OperationalError, exc.InterfaceError)) and not sqlstate_of(error) or (sqlstate_of(error) or '')[:2] in ('08', '28', '3D') else 'sql-failed'
        return Problem(kind, words_of(error), sqlstate=sqlstate_of(error), **place).data
    if isinstance(error, exc.NoSuchModuleError):
        return Problem('not-postgresql', text).data
    if isinstance(error, SyntaxError):
        return Problem('broken-file', '%s has a syntax error in line %s: %s' % (place.get('file'), place.get('line'), error.msg), **place).data
    if isinstance(error, SystemExit):
        return Problem('environment-failed', 'The project ended its own process with %r.' % (error.code,), **place).data
    where = ' (%s, line %s)' % (place['file'], place['line']) if place else ''
    return Problem('broken-file' if place else 'failed', words_of(error) + where, **place).data


def command_problem(text):
    """The kind of trouble that a CommandError's words tell; Alembic has one class for all of them."""
    for kind, part in (
        ('no-config', "No 'script_location' key"), ('no-scripts', "Path doesn't exist"), ('unknown-revision', "Can't locate revision"),
        ('several-heads', 'Multiple head revisions'), ('ambiguous', 'mbiguous'), ('ambiguous', 'Multiple revisions'), ('not-up-to-date', 'not up to date'),
        ('bad-target', 'not a valid downgrade target'), ('bad-target', "didn't produce"), ('broken-file', 'Could not determine revision id'),
    ):
        if part in text:
            return kind
    return 'alembic'
