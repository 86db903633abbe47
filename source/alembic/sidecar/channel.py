"""Where events go and orders come from: first part of the sidecar, run inside the project's own Python."""
import json
import os
import re
import sys
import threading
import time

# `control` (the rest of stdin, binary) and `request` are put here by the bootstrap.
control = globals()['control']
request = globals()['request']

# The event channel is the first standard output; what user code prints goes to standard error, since env.py prints.
_events = os.dup(1)
os.dup2(2, 1)
# A migration that reads its standard input must not swallow orders.
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
_write_lock = threading.Lock()
_secrets = set()


def emit(event, **fields):
    """Writes one event as a line; a lost reader must never stop a migration, so errors are swallowed here."""
    write_event(json.dumps({'event': event, 'at': time.time(), **fields}, default=str).encode('utf-8', 'replace'))


def write_event(line):
    data = b'\x1e' + line + b'\n'
    with _write_lock:
        try:
            while data:
                data = data[os.write(_events, data):]
        except OSError:
            pass


def remember_secret(text):
    """Makes scrub() blot this out; shorter ones would blot out ordinary words."""
    if isinstance(text, str) and len(text) >= 3:
        _secrets.add(text)
        from urllib.parse import quote, quote_plus
        _secrets.update((quote(text, safe=''), quote_plus(text)))


remember_secret(os.environ.get('PGPASSWORD'))


def scrub(text):
    """A message without passwords: the known ones, those in URLs and in connection strings."""
    text = str(text)
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, '***')
    text = re.sub(r'(\w+://[^\s:/@]*):[^\s@]+@', r'\1:***@', text)
    return scrub_sql(re.sub(r'(?i)\b(password|passwd|pwd|token|secret)=([^\s&,;)\'"]+)', r'\1=***', text))


def scrub_sql(text):
    """SQL without the literals that set a password."""
    return re.sub(r"(?i)\b(PASSWORD)\s+'(?:[^']|'')*'", r"\1 '***'", text)


class Orders:
    """What was asked over standard input; a thread reads it, since the main one is in the driver."""

    def __init__(self, held):
        self.changed = threading.Condition()
        self.hold = bool(held)
        self.cancel = False
        self.closed = False
        self.watched = False  # somebody looks at the locks of the statement that is about to run

    def listen(self):
        threading.Thread(target=self._read, name='holdpoint-orders', daemon=True).start()

    def wait_until_watched(self, seconds):
        with self.changed:
            self.changed.wait_for(lambda: self.watched or self.closed, timeout=seconds)
            self.watched = False

    def _read(self):
        while True:
            try:
                line = control.readline()
            except (OSError, ValueError):
                line = b''
            with self.changed:
                word = line.decode('utf-8', 'replace').strip()
                if not line:
                    self.closed = True
                elif word == 'hold':
                    self.hold = True
                elif word == 'continue':
                    self.hold = False
                elif word == 'cancel-softly':
                    self.cancel = True
                elif word == 'watching':
                    self.watched = True
                self.changed.notify_all()
            if not line:
                return
            emit('order', word=word[:40])
