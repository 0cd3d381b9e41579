"""Where we listen, and how that is told to a person."""

import socket

from django.conf import settings

from watchparty.serving.server import BACKLOG, STUCK_READER_MS


class CannotListen(Exception):  # noqa: N818 - what is told, in a sentence
    """The address is taken or not ours."""


def listen(host: str, port: int) -> socket.socket:
    """A listening address. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK_READER_MS)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            f"Another program may hold it; choose another with PORT={port + 1}."
        ) from None
    listener.setblocking(False)
    return listener


def greeting(workers: int = 1) -> str:
    """Where a person finds it: an address that listens everywhere is also localhost."""
    host = settings.HOST
    if host in ("0.0.0.0", "::", "127.0.0.1", "::1"):  # noqa: S104 - compared, not bound
        host = "localhost"
    elif ":" in host:
        host = f"[{host}]"
    several = f", {workers} workers" if workers > 1 else ""
    return (
        f"Clock Synchronization World is on http://{host}:{settings.PORT} "
        f"(instance {settings.INSTANCE_ID} on {settings.HOSTNAME}{several}; Ctrl-C stops it)"
    )
