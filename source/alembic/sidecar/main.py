"""What was asked for: the last part of the sidecar."""

if request['verb'] == 'run':
    run(request['task'])
else:
    serve()
