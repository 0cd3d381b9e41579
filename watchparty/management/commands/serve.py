"""The production server: uvicorn in one process, with the settings this program was measured by."""

from __future__ import annotations

import socket
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# The program itself answers frames beyond 16 KiB with `too_large` and closes 1009; uvicorn only
# cuts off what would not even be worth that answer.
WS_MAX_BYTES = 1024 * 1024 + 64 * 1024
# A peer is dead after an unanswered ping, never for being silent: throttled tabs are silent.
WS_PING_S = 20
# Orchestrators wait 20 s: what has not finished by then, never will.
GRACE_S = 10
# Longer than nginx keeps its upstream connections, or it would write into a closing one.
KEEP_ALIVE_S = 75
BACKLOG = 2048
# uvicorn flushes before it closes, so a peer that reads nothing would hold its connection for ever;
# accepted connections inherit this from the listener, and the kernel drops such a peer.
STUCK_READER_MS = 20_000


class Server(uvicorn.Server):
    """Says where it listens once it does, and ends in good order on Ctrl-C and SIGTERM."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self._greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started and not self.should_exit:
            print(self._greeting, flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at the first signal, give up waiting at the second.

        uvicorn would raise the signal again when all is done; then the exit code could not be 0.
        """
        self.force_exit = self.should_exit
        self.should_exit = True


class Command(BaseCommand):
    """`manage.py serve`: checks first, then listens on HOST and PORT until told to stop."""

    help = "Run the production server (one process) on HOST and PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve; returns after a drain."""
        listener = listen(settings.HOST, settings.PORT)
        config = uvicorn.Config(
            settings.ASGI_APPLICATION.replace(".application", ":application"),
            loop="uvloop",
            http="httptools",
            ws="websockets-sansio",
            ws_max_size=WS_MAX_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=WS_PING_S,
            ws_ping_timeout=WS_PING_S,
            lifespan="on",
            timeout_graceful_shutdown=GRACE_S,
            timeout_keep_alive=KEEP_ALIVE_S,
            proxy_headers=bool(settings.TRUSTED_PROXIES),
            forwarded_allow_ips=settings.TRUSTED_PROXIES,
            access_log=False,
            server_header=False,
            log_config=None,
        )
        server = Server(config, greeting())
        server.run(sockets=[listener])
        if not server.started:
            raise CommandError("The server could not start; see above.")
        print("Stopped.", flush=True)


def listen(host: str, port: int) -> socket.socket:
    """A listening address, or one sentence about why not."""
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
        raise CommandError(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            f"Another program may hold it; choose another with PORT={port + 1}."
        ) from None
    listener.setblocking(False)
    return listener


def greeting() -> str:
    """Where a person finds it: an address that listens everywhere is also localhost."""
    host = settings.HOST
    if host in ("0.0.0.0", "::", "127.0.0.1", "::1"):  # noqa: S104 - compared, not bound
        host = "localhost"
    elif ":" in host:
        host = f"[{host}]"
    return (
        f"Clock Synchronization World is on http://{host}:{settings.PORT} "
        f"(instance {settings.INSTANCE_ID} on {settings.HOSTNAME}; Ctrl-C stops it)"
    )
