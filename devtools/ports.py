"""Is a port free?"""

import socket

from .ui import DevError


def is_free(port):
    """Whether a server could listen on this port of the local machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def check(port):
    """Raise unless the port is free."""
    if not is_free(port):
        raise DevError(
            f"Port {port} can't be used: something else listens there, "
            "or it is reserved.",
            f"stop that, or take another one: ./dev run --port {other(port)}",
        )


def other(port):
    """A port near this one that is free now, to propose."""
    near = range(port + 1, min(port + 100, 2**16))
    return next((number for number in near if is_free(number)), 8069)
