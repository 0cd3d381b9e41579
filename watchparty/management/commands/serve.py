"""The production server: uvicorn in one process, with the settings this program was measured by."""

from __future__ import annotations

import gc
import random
import socket
from collections.abc import Iterator
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sync.apps import sync_config
from sync.drain import drain
from sync.sockets import SocketProtocol
from sync.transport_port import TransportPort

# The program itself answers frames beyond 16 KiB with `too_large` and closes 1009; uvicorn only
# cuts off what would not even be worth that answer.
WS_MAX_BYTES = 1024 * 1024 + 64 * 1024
# A peer is dead after an unanswered ping, never for being silent: throttled tabs are silent.
WS_PING_S = 20
# What a page or a part of a film may take once the sockets are gone: the drain before it takes up
# to 4 s, and all must be over within 10 (orchestrators wait 20).
GRACE_S = 4
# Longer than nginx keeps its upstream connections, or it would write into a closing one.
KEEP_ALIVE_S = 75
BACKLOG = 2048
# uvicorn flushes before it closes, so a peer that reads nothing would hold its connection for ever;
# accepted connections inherit this from the listener, and the kernel drops such a peer.
STUCK_READER_MS = 20_000
# What was imported lives for ever, so no collection need look at it; and with Python's own
# thresholds (700, 10, 10) full collections pause 10,000 sockets for 0.9 s at a time.
GC_THRESHOLDS = (50_000, 50, 1000)


class Server(uvicorn.Server):
    """Says where it listens once it does, and ends in good order on Ctrl-C and SIGTERM."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self._greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        tune_gc()
        if self.started and not self.should_exit:
            print(self._greeting, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then let uvicorn finish its requests and end the app.

        uvicorn would close every socket at once before the app hears of it.
        """
        for server in self.servers:
            server.close()  # else a load balancer's affinity would bring clients back here
        await drain(self._ports, random.random, hurry=lambda: self.force_exit)
        await super().shutdown(sockets)

    def _ports(self) -> Iterator[TransportPort]:
        """Of every open socket."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, SocketProtocol) and connection.port.is_open:
                yield connection.port

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at the first signal, give up waiting at the second.

        uvicorn would raise the signal again when all is done; then the exit code could not be 0.
        """
        self.force_exit = self.should_exit
        self.should_exit = True
        sync_config().draining = True


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
            ws=SocketProtocol,
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


def tune_gc() -> None:
    """Once all is loaded: set it apart from what collections look at, and collect seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


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
