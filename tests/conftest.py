"""Of all pytest runs: whoever ends the tests ends what they have started too."""
import signal


def stop(*_):
    """What is under way is cleared up, also when told twice."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


signal.signal(signal.SIGTERM, stop)
