"""The verb that answers many questions from one start of Python: each in a copy of this process, which has loaded Alembic and nothing of the project."""
import importlib
import selectors

# Whoever asked may be gone without its end of the pipe being closed, as behind a container's runtime.
_idle_seconds = 60
_kept_errors = 8192
_loaded = b'\x1eloaded '
_drivers = ('psycopg', 'psycopg2', 'asyncpg', 'pg8000')


def serve():
    """Loads what takes long, says `ready`, and answers until the asker closes its end."""
    load_alembic()
    # A copy would write again what is still in the buffers.
    sys.stdout.flush()
    sys.stderr.flush()
    emit('ready')
    selector, asked = selectors.DefaultSelector(), b''
    selector.register(control.fileno(), selectors.EVENT_READ)
    copies = 0
    while True:
        ready = selector.select(None if copies else _idle_seconds)
        if not ready:
            return
        for key, _ in ready:
            if key.data is not None:
                copies -= key.data.take(selector, key.fd)
                continue
            received = os.read(control.fileno(), 65536)
            if not received:
                return
            *questions, asked = (asked + received).split(b'\n')
            for question in questions:
                Copy(json.loads(question), selector)
                copies += 1


class Copy:
    """A copy of this process at work on one question; its lines are handed on with the question's number."""

    def __init__(self, question, selector):
        self.number, self.lines, self.errors, self.loaded = question['number'], b'', b'', []
        self.events, events = os.pipe()
        self.complaints, complaints = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            # What env.py starts and leaves behind (a tunnel) must not hold the channel open.
            os.dup2(events, _events, inheritable=False)
            os.dup2(complaints, 2)
            os.dup2(2, 1)
            answer_and_end(question)
        os.close(events)
        os.close(complaints)
        for descriptor in (self.events, self.complaints):
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ, self)

    def take(self, selector, descriptor):
        """Takes what has come; 1 when that was its end, else 0."""
        if descriptor not in selector.get_map():
            return 0  # its end was seen in this very round
        received = read_some(descriptor)
        if descriptor == self.complaints:
            self.errors = (self.errors + received)[-_kept_errors:]
            if not received:
                selector.unregister(descriptor)
            return 0
        *lines, self.lines = (self.lines + received).split(b'\n')
        for line in lines:
            if line.startswith(_loaded):
                self.loaded = json.loads(line[len(_loaded):])
            else:
                write_event(b'{"of":%d,"event":%s}' % (self.number, line.lstrip(b'\x1e')))
        if received:
            return 0
        self.end(selector)
        return 1

    def end(self, selector):
        status = os.waitpid(self.process, 0)[1]
        last = read_some(self.complaints)
        for descriptor in (self.events, self.complaints):
            if descriptor in selector.get_map():
                selector.unregister(descriptor)
            os.close(descriptor)
        write_event(json.dumps({'of': self.number, 'ended': status, 'errors': (self.errors + last)[-_kept_errors:].decode('utf-8', 'replace')}).encode())
        load_drivers(self.loaded)


def tell_drivers():
    """Names the drivers that env.py has loaded, so that the next copies find them there."""
    write_event(_loaded.lstrip(b'\x1e') + json.dumps([name for name in _drivers if name in sys.modules]).encode())


def load_drivers(names):
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:
            pass  # found only on the path that env.py makes
    libraries.update(sys.modules)
    gc.freeze()


def read_some(descriptor):
    try:
        return os.read(descriptor, 1 << 20)
    except BlockingIOError:
        return b''


def answer_and_end(question):
    status = 1
    try:
        os.environ.update(question.get('environment') or {})
        remember_secret(os.environ.get('PGPASSWORD'))
        request.update(question)
        if request['verb'] == 'hello':
            find_alembic()
        else:
            read(request['wanted'])
        status = 0
    except BaseException:
        sys.stderr.write(scrub(traceback.format_exc()))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def find_alembic():
    """Whether this Python has Alembic; the client tries one after the other with it."""
    alembic, sqlalchemy = load_alembic()
    emit('hello', python=sys.version.split()[0], executable=sys.executable, alembic=alembic.__version__, sqlalchemy=sqlalchemy.__version__, directory=os.getcwd())
