"""The verb that only reads: several answers to one question, each in a process of its own, since env.py may leave anything behind."""
import signal


def end_at(deadline):
    """The system ends this process then, also in the middle of a driver's call or in a container nobody else reaches."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, max(0.1, deadline - time.monotonic()))


def read(wanted):
    """Emits `answer` events: {answer: name, value} or {answer: name, problem}."""
    deadline = time.monotonic() + request.get('timeoutMs', 60000) / 1000
    end_at(deadline + 2)
    time.sleep = sleep  # before migrations are loaded, which may import it by name
    try:
        config = load_config('current')
    except BaseException as error:
        emit('answer', answer='graph', value={'revisions': [], 'heads': [], 'problems': [problem_of(error)], 'warnings': [], 'config': None, 'environment': None, 'files': []})
        return
    script, graph = read_graph(config)
    emit('answer', answer='graph', value=graph)
    if wanted.get('facts') and script is not None:
        answer('facts', lambda: [read_facts(file) for file in version_files(script)])
    fatal = [each for each in graph['problems'] if each['kind'] not in ('several-heads', 'duplicate-revision', 'long-revision')]
    env_runs = (
        ('connection', lambda: read_connection(config, script), not script),
        ('imports', lambda: read_imports(script, imports_of_environment(config, script)), not script),
        ('path', lambda: read_path(script, wanted['path']), fatal),
        ('database', lambda: read_database(config, script, wanted['database']), fatal),
        ('sql', lambda: read_sql(load_config(wanted['sql']['action'], '%s:%s' % (','.join(wanted['sql']['from']) or 'base', wanted['sql']['to']), '--sql'), script, wanted['sql']), fatal),
    )
    for name, work, broken in env_runs:
        if wanted.get(name) in (None, False):
            continue
        if broken:
            emit('answer', answer=name, problem=(fatal or graph['problems'])[0])
        elif name == 'path':
            answer(name, work)
        else:
            apart(name, work, deadline)


def imports_of_environment(config, script):
    try:
        return read_connection(config, script)['modules']
    except Problem:
        return []


def answer(name, work):
    try:
        emit('answer', answer=name, value=work())
    except BaseException as error:
        sys.stderr.write(scrub(traceback.format_exc()))
        emit('answer', answer=name, problem=problem_of(error))


def apart(name, work, deadline):
    """Runs it in a copy of this process, so that a second env.py starts as fresh as the first and may end its process."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        try:
            end_at(deadline)
            answer(name, work)
            tell_drivers()
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        emit('answer', answer=name, problem=Problem('timeout', "The project's env.py did not answer in time.").data)
    elif status:
        emit('answer', answer=name, problem=Problem('failed', 'The project ended the process that ran its env.py (status %d).' % status).data)
