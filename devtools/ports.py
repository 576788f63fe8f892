"""Is a port free?"""

import socket

from .ui import DevError


def is_free(port):
    """Whether a server could listen on this port of the local machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def check(port):
    """Raise unless the port is free."""
    if not is_free(port):
        raise DevError(
            f"Port {port} can't be used: something else listens there, "
            "or it is reserved.",
            f"stop that, or take another one: ./dev run --port {port + 1}",
        )


def free_port():
    """Some port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
