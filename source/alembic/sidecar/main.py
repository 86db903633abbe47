"""What was asked for: the last part of the sidecar."""


def find_alembic():
    """Whether this Python has Alembic; the client tries one after the other with it."""
    import alembic
    import sqlalchemy
    emit('hello', python=sys.version.split()[0], executable=sys.executable, alembic=alembic.__version__, sqlalchemy=sqlalchemy.__version__, directory=os.getcwd())


if request['verb'] == 'hello':
    find_alembic()
elif request['verb'] == 'read':
    read(request['wanted'])
    sys.stdout.flush()
elif request['verb'] == 'run':
    run(request['task'])
