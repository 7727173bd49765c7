"""Free ports, reserved for as long as their user needs them.

Asking the kernel for a port and closing the socket again leaves a gap in which another suite, or
any outgoing connection, may take it. So the socket stays bound, not listening. Our programs may
still bind the same port, because both sides set SO_REUSEADDR and SO_REUSEPORT, while the kernel
gives the port to nobody who asks for any free one.
"""

import socket


class Ports:
    """A bag of reserved loopback ports; close() gives them all back."""

    def __init__(self):
        self._sockets = []

    def reserve(self) -> int:
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        self._sockets.append(held)
        return held.getsockname()[1]

    def close(self):
        for held in self._sockets:
            held.close()
        self._sockets.clear()


def require_free(ports: dict):
    """Raises with one readable line per fixed port that another program already listens on."""
    taken = []
    for use, port in ports.items():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(f"port {port} ({use}) is taken by another program")
    if taken:
        raise RuntimeError("\n".join(taken))
