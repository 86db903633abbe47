"""The revisions and how they hang together, the path between two of them, and the files they are made of."""


def read_graph(config):
    """(ScriptDirectory or None, {revisions, heads, problems, warnings, config, environment})."""
    answer = {'revisions': [], 'heads': [], 'problems': [], 'warnings': [], 'config': None, 'environment': None, 'files': []}
    script, caught = None, []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            answer['config'] = [{'file': shown_path(path), 'sha256': sha256_of(path)} for path in config.holdpoint_files]
            script = load_script(config)
            answer['files'] = [shown_path(path) for path in version_files(script)]
            environment = os.path.join(str(script.dir), 'env.py')
            if not os.path.exists(environment):
                raise Problem('no-scripts', 'There is no env.py in %s.' % shown_path(script.dir))
            answer['environment'] = {'file': shown_path(environment), 'sha256': sha256_of(environment)}
            answer['heads'] = sorted(script.get_heads())
            answer['revisions'] = [describe_revision(each) for each in script.walk_revisions()]
        answer['problems'] += graph_problems(answer, caught)
    except BaseException as error:
        sys.stderr.write(scrub(traceback.format_exc()))
        answer['problems'].append(problem_of(error, caught))
        answer['heads'], answer['revisions'] = [], []
    answer['warnings'] = [scrub(each.message) for each in caught]
    return script, answer


def graph_problems(answer, caught):
    problems = []
    for warning in caught:
        found = re.search(r'Revision (\S+) is present more than once', str(warning.message))
        if found:
            problems.append(Problem('duplicate-revision', 'Two migration files have the revision id %s.' % found.group(1), revision=found.group(1)).data)
    if len(answer['heads']) > 1:
        problems.append(Problem('several-heads', 'The migrations have %d heads: %s.' % (len(answer['heads']), ', '.join(answer['heads'])), revisions=answer['heads']).data)
    for each in answer['revisions']:
        if len(each['revision']) > 32:
            problems.append(Problem('long-revision', 'The revision id %s has more than the 32 characters of the version table.' % each['revision'], revision=each['revision'], file=each['file']).data)
    return problems


def describe_revision(script):
    return {
        'revision': script.revision, 'down': strings(script.down_revision), 'dependsOn': strings(script.dependencies),
        'labels': sorted(script.branch_labels or []), 'doc': script.doc or '', 'docstring': script.longdoc or '',
        'file': shown_path(script.path), 'sha256': sha256_of(script.path), 'head': bool(script.is_head),
        'branchPoint': bool(script.is_branch_point), 'mergePoint': bool(script.is_merge_point),
    }


def strings(value):
    if value is None or value == '':
        return []
    return [value] if isinstance(value, str) else list(value)


def steps_between(script, wanted):
    """The steps that Alembic itself would take: {action, from: [rows of the version table], to: target}."""
    rows = tuple(script.get_revision(each).revision for each in wanted['from'])
    if wanted['action'] == 'upgrade':
        return list(script._upgrade_revs(wanted['to'], rows))
    return list(script._downgrade_revs(wanted['to'], rows))


def read_path(script, wanted):
    return [describe_step(step) for step in steps_between(script, wanted)]


def describe_step(step):
    """A step by its public MigrationInfo; its doc from the revision when there is one."""
    info = step.info
    revision = info.up_revision_id
    script = getattr(step, 'revision', None)
    return {
        'revision': revision, 'action': 'upgrade' if info.is_upgrade else 'downgrade',
        'from': list(strings(info.source_revision_ids)), 'to': list(strings(info.destination_revision_ids)),
        'doc': getattr(script, 'doc', '') or '', 'file': shown_path(script.path) if getattr(script, 'path', None) else None,
    }


def applied_revisions(script, rows):
    """Everything that the rows of the version table stand for, over down_revision and depends_on."""
    seen, todo = set(), list(rows)
    while todo:
        revision = script.get_revision(todo.pop())
        if revision is not None and revision.revision not in seen:
            seen.add(revision.revision)
            todo += strings(revision.down_revision) + strings(revision.dependencies)
    return seen


def read_imports(script, environment_modules):
    """Hashes of the project's own modules that env.py and the migrations load, also those named only inside a function."""
    import importlib.util
    paths = {os.path.realpath(path) for path in environment_modules}
    paths.update(project_modules())
    for file in version_files(script):
        for name in read_facts(file).get('imports', []):
            try:
                found = importlib.util.find_spec(name)
            except Exception:
                continue
            if found and found.origin and os.path.exists(found.origin) and is_of_project(found.origin):
                paths.add(os.path.realpath(found.origin))
    own = {os.path.realpath(file) for file in version_files(script)}
    own.add(os.path.realpath(os.path.join(str(script.dir), 'env.py')))
    return [{'file': shown_path(path), 'sha256': sha256_of(path)} for path in sorted(paths - own) if os.path.exists(path)]


def project_modules(before=frozenset()):
    """Real paths of the project's own modules that are loaded now, without those whose names were loaded before."""
    found = set()
    for name in set(sys.modules) - before - libraries:
        file = getattr(sys.modules[name], '__file__', None)
        if isinstance(file, str) and file.endswith('.py') and is_of_project(file) and os.path.exists(file):
            found.add(os.path.realpath(file))
    return found
