"""Ports for servers to come, which nobody else is given meanwhile."""

import socket


def reserve_port() -> socket.socket:
    """A port of 127.0.0.1, bound and not listened on: a server with SO_REUSEADDR may take it.

    As long as the socket is open the kernel gives the port to nobody who asks for just any: neither
    to other tests nor to connections that go out.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    return kept


def port_of(kept: socket.socket) -> int:
    """The number of a reserved port."""
    return int(kept.getsockname()[1])
