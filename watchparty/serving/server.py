"""One uvicorn process: with the settings this program was measured by, and a drain at its end."""

from __future__ import annotations

import asyncio
import gc
import random
import socket
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

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
# For a request that is on its way over an open connection, which uvicorn would close unanswered.
LAST_REQUEST_S = 0.5
POLL_S = 0.05


class HttpProtocol(HttpToolsProtocol):
    """Tells clients to use another connection next time, once the process drains.

    Relies on a name of uvicorn's own class (0.54), as sync/sockets.py does.
    """

    def on_headers_complete(self) -> None:
        """A request has come; the app starts in the loop's next round."""
        super().on_headers_complete()
        if self.cycle is not None and sync_config().draining:
            self.cycle.keep_alive = False


class Server(uvicorn.Server):
    """Calls `on_ready` once it listens, and ends in good order on Ctrl-C and SIGTERM."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def connection_count(self) -> int:
        """Open connections of every kind."""
        return len(self.server_state.connections)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        tune_gc()
        if self.started and not self.should_exit:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then let uvicorn finish its requests and end the app.

        uvicorn would close every socket at once before the app hears of it.
        """
        self._stop_listening()
        await asyncio.gather(
            drain(self._ports, random.random, hurry=lambda: self.force_exit),
            self._last_requests(),
        )
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at the first signal, give up waiting at the second.

        uvicorn would raise the signal again when all is done; then the exit code could not be 0.
        """
        self.force_exit = self.should_exit
        self.should_exit = True
        sync_config().draining = True
        if self.started and self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop_listening)

    def _stop_listening(self) -> None:
        """At once, else a load balancer's affinity would bring clients back here.

        And where other workers listen too, nobody new meets one that is no longer ready.
        """
        for server in self.servers:
            server.close()

    def _ports(self) -> Iterator[TransportPort]:
        """Of every open socket."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, SocketProtocol) and connection.port.is_open:
                yield connection.port

    async def _last_requests(self) -> None:
        """Answer what comes over open connections; each answer closes its own."""
        loop = asyncio.get_running_loop()
        ends_at_s = loop.time() + LAST_REQUEST_S
        while loop.time() < ends_at_s and not self.force_exit:
            if not any(isinstance(one, HttpProtocol) for one in self.server_state.connections):
                return
            await asyncio.sleep(POLL_S)


def uvicorn_config() -> uvicorn.Config:
    """What every process of this program serves with."""
    return uvicorn.Config(
        settings.ASGI_APPLICATION.replace(".application", ":application"),
        loop="uvloop",
        http=HttpProtocol,
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


def tune_gc() -> None:
    """Once all is loaded: set it apart from what collections look at, and collect seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
