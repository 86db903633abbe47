"""What a migration file says, by Python's own ast, without importing it."""
import ast


def read_facts(path):
    """Docstring, operations, SQL literals, autocommit blocks, loops and suspicious strings of one file; {problem} when it does not parse."""
    with open(path, 'rb') as file:
        source = file.read()
    facts = {'file': shown_path(path), 'sha256': hashlib.sha256(source).hexdigest()}
    try:
        tree = ast.parse(source, filename=path)
        text = source.decode('utf-8', 'replace')
    except (SyntaxError, ValueError) as error:
        line = getattr(error, 'lineno', None)
        message = '%s has a syntax error in line %s: %s' % (shown_path(path), line, getattr(error, 'msg', error))
        return {**facts, 'problem': Problem('broken-file', message, file=shown_path(path), line=line).data}
    return {**facts, **FileFacts(tree, text).all()}


class FileFacts:
    def __init__(self, tree, text):
        self.tree, self.text = tree, text
        self.functions = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
        self.constants = {}
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) and node.value else []
            for target in targets:
                if isinstance(target, ast.Name):
                    self.constants[target.id] = node.value

    def all(self):
        docstring = ast.get_docstring(self.tree) or ''
        return {
            'revision': self.literal(self.constants.get('revision')), 'down': strings(self.literal(self.constants.get('down_revision'))),
            'docstring': docstring, 'message': message_of(docstring), 'imports': self.imports(),
            'upgrade': self.side('upgrade'), 'downgrade': self.side('downgrade'), 'suspects': self.suspects(),
        }

    def imports(self):
        names = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                # `from package import module` loads both
                names += [node.module] + ['%s.%s' % (node.module, alias.name) for alias in node.names]
        return sorted(set(name for name in names if name.split('.')[0] not in ('alembic', 'sqlalchemy', 'typing', 'collections')))

    def side(self, name):
        function = self.functions.get(name)
        if function is None:
            return {'defined': False, 'empty': True, 'raises': False, 'line': None, 'endLine': None, 'operations': [], 'binds': [], 'autocommit': []}
        body = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
        raises = bool(body) and isinstance(body[0], ast.Raise)
        seen = {name}
        visitor = SideVisitor(self, seen)
        for node in function.body:
            visitor.visit(node)
        return {
            'defined': True, 'empty': raises or all(isinstance(node, ast.Pass) for node in body), 'raises': raises,
            'line': function.lineno, 'endLine': getattr(function, 'end_lineno', function.lineno),
            'operations': visitor.operations, 'binds': sorted(set(visitor.binds)), 'autocommit': visitor.autocommit,
        }

    def literal(self, node):
        if isinstance(node, ast.Name) and node.id in self.constants:
            node = self.constants[node.id]
        try:
            value = ast.literal_eval(node)
            return sorted(value) if isinstance(value, (set, frozenset)) else value
        except (ValueError, TypeError, SyntaxError):
            return None

    def shown(self, node):
        """A literal as it is, anything else as {code: its source}."""
        value = self.literal(node)
        plain = isinstance(value, (str, int, float, bool)) or isinstance(value, (list, tuple)) and all(isinstance(each, (str, int)) for each in value)
        if plain or isinstance(node, ast.Constant):
            return value if plain or value is None else str(value)
        return {'code': (ast.get_source_segment(self.text, node) or '')[:500]}

    def sql(self, node):
        """The SQL text in an argument: literals, text(), dedent() and module constants; `{…}` stands for what is filled in."""
        if isinstance(node, ast.Name):
            node = self.constants.get(node.id)
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return ''.join(str(part.value) if isinstance(part, ast.Constant) else '{…}' for part in node.values)
        if isinstance(node, ast.BinOp):
            left = self.sql(node.left)
            if isinstance(node.op, ast.Mod):
                return left
            right = self.sql(node.right) if isinstance(node.op, ast.Add) else None
            return None if left is None and right is None else (left or '{…}') + (right or '{…}')
        if isinstance(node, ast.Call) and node.args and name_of(node.func).split('.')[-1] in ('text', 'dedent', 'DDL', 'cleandoc'):
            return self.sql(node.args[0])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self.sql(node.func.value)  # "…".format(…), text("…").bindparams(…)
        return None

    def suspects(self):
        """Strings that look as if they belonged to one environment: {line, kind, text}, secrets masked."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ast.get_docstring(self.tree, clean=False):
                for kind, pattern in suspect_patterns:
                    match = pattern.search(node.value)
                    if match:
                        shown = match.group(0)[:4] + '***' if kind == 'secret' else scrub(match.group(0))[:120]
                        found.append({'line': node.lineno, 'kind': kind, 'text': shown})
                        break
        return found


suspect_patterns = [(kind, re.compile(pattern)) for kind, pattern in (
    ('secret', r'AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|sk_live_\w+|-----BEGIN [A-Z ]*PRIVATE KEY|(?i:password)\s*[=:]\s*[\'"]?[^\s\'"]{4,}|(?i:password)\s+\'[^\']+\''),
    ('url', r'\b(postgres(ql)?(\+\w+)?|mysql|redis|amqps?|mongodb(\+srv)?|https?|s3)://[^\s\'"]+'),
    ('address', r'\b(?:\d{1,3}\.){3}\d{1,3}\b'),
    ('email', r'\b[\w.+-]+@[\w-]+\.[\w.]+\b'),
    ('host', r'(?i)\blocalhost\b|\b[\w-]+\.(internal|local|corp|rds\.amazonaws\.com)\b'),
    ('path', r'(?:^|\s|\')/(home|Users|root|var|etc|opt|tmp|srv|mnt)/[\w./-]+'),
    ('environment', r'(?i)(?:^|[\s\'"_-])(production|staging|prod|stage)(?:$|[\s\'"_-])'),
)]


class SideVisitor(ast.NodeVisitor):
    """Collects operations in order, through functions of the same file."""

    def __init__(self, file, seen):
        self.file, self.seen = file, seen
        self.operations, self.binds, self.autocommit = [], [], []
        self.loops = self.blocks = 0
        self.tables = {}

    def visit_For(self, node):
        self.visit(node.iter)
        self.loops += 1
        for each in node.body + node.orelse:
            self.visit(each)
        self.loops -= 1

    def visit_While(self, node):
        self.loops += 1
        self.generic_visit(node)
        self.loops -= 1

    def visit_With(self, node):
        block = any(name_of(getattr(item.context_expr, 'func', None)).endswith('autocommit_block') for item in node.items)
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and name_of(call.func).endswith('batch_alter_table') and call.args and isinstance(item.optional_vars, ast.Name):
                self.tables[item.optional_vars.id] = self.file.shown(call.args[0])
            self.visit(call)
        if block:
            self.autocommit.append({'line': node.lineno, 'endLine': getattr(node, 'end_lineno', node.lineno)})
        self.blocks += block
        for each in node.body:
            self.visit(each)
        self.blocks -= block

    def visit_Call(self, node):
        name = name_of(node.func)
        head, _, last = name.rpartition('.')
        if last in ('get_bind', 'Session', 'sessionmaker', 'inspect') and (head in ('op', 'sa', 'orm', '') or head.endswith('orm')):
            self.binds.append(node.lineno)
        elif (head == 'op' and last not in ('get_context', 'f', 'inline_literal')) or head in self.tables or (head and last in ('execute', 'exec_driver_sql', 'scalar', 'scalars')):
            self.operations.append(self.operation(node, head, last))
        elif isinstance(node.func, ast.Name) and name in self.file.functions and name not in self.seen:
            self.seen.add(name)
            for each in self.file.functions[name].body:
                self.visit(each)
        self.generic_visit(node)

    def operation(self, node, head, last):
        found = {
            'op': last, 'on': head, 'line': node.lineno, 'endLine': getattr(node, 'end_lineno', node.lineno),
            'arguments': [self.file.shown(each) for each in node.args if not isinstance(each, ast.Starred)],
            'keywords': {each.arg: self.file.shown(each.value) for each in node.keywords if each.arg},
            'autocommit': self.blocks > 0, 'loop': self.loops > 0, 'sql': None,
        }
        if head in self.tables:
            found['table'] = self.tables[head]
        if last in ('execute', 'exec_driver_sql', 'scalar', 'scalars') and node.args:
            sql = self.file.sql(node.args[0])
            found['sql'] = scrub(sql) if sql else None
        return found


def name_of(node):
    """`op.get_context` as text; calls in between are left out: op.get_context().autocommit_block."""
    if isinstance(node, ast.Attribute):
        inner = name_of(node.value)
        return (inner + '.' if inner else '') + node.attr
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.id if isinstance(node, ast.Name) else ''


def message_of(docstring):
    """The docstring without the lines that Alembic writes into it."""
    lines = [line for line in docstring.splitlines() if not re.match(r'\s*(Revision ID|Revises|Create Date|Branch Labels|Depends On)\s*:', line)]
    return '\n'.join(lines).strip()
