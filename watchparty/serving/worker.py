"""A worker of a supervisor: serves on the socket it was given, tells how it does, ends with it."""

import asyncio
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from sync.apps import sync_config
from watchparty.serving.server import BACKLOG, Server, uvicorn_config

REPORT_S: Final = 0.5
"""How old the figures of a status may be."""

ORPHAN_S: Final = 15.0
"""A worker whose supervisor is gone has ended by then, in good order or not."""

logger = logging.getLogger(__name__)


class Link:
    """The worker's end of a socket pair: lines of JSON to the supervisor, whose end is its end."""

    def __init__(self, pair: socket.socket) -> None:
        self._socket = pair
        pair.setblocking(True)  # the thread that hears waits; what is told never does

    def tell(self, **fields: object) -> None:
        """Pass something on. What cannot be passed on is lost: nothing waits for a supervisor."""
        line = json.dumps(fields).encode() + b"\n"
        try:
            self._socket.send(line, socket.MSG_DONTWAIT)
        except OSError:
            logger.debug("the supervisor does not hear")

    def watch(self, on_word: Callable[[dict[str, Any]], None], on_end: Callable[[], None]) -> None:
        """Call back with what the supervisor says, and when it is gone.

        From a thread: a busy loop must not hide it.
        """

        def wait() -> None:
            with suppress(OSError), self._socket.makefile("rb") as lines:
                for line in lines:
                    on_word(json.loads(line))
            # The end, or a reset where it ended before it had read what we told it.
            on_end()
            threading.Event().wait(ORPHAN_S)
            os._exit(1)  # its port must be free for the next supervisor

        threading.Thread(target=wait, name="supervisor", daemon=True).start()


class Worker(Server):
    """A server that reports to its supervisor, and rests from accepting when it is told to."""

    def __init__(self, link: Link, listener: socket.socket) -> None:
        super().__init__(uvicorn_config(), on_ready=self._ready)
        self._link = link
        self._listener = listener
        self._tasks: set[asyncio.Task[None]] = set()
        link.watch(self._told, self._orphaned)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app; it listens once its clock agrees with the other workers'."""
        await super().startup([])

    def _ready(self) -> None:
        self._do(self._open())
        self._do(self._report())

    async def _open(self) -> None:
        """Others listen on the same socket: nobody need meet a worker that is not ready."""
        cluster = sync_config().cluster
        if cluster is not None:
            await cluster.agreed()  # or not: without Redis pages are served all the same
        await self._listen()
        if cluster is not None:
            await cluster.agreement()
        self._link.tell(ready=True)

    async def _report(self) -> None:
        while True:
            self._link.tell(connections=self.connection_count)
            await asyncio.sleep(REPORT_S)

    def _told(self, word: dict[str, Any]) -> None:
        if self._loop is not None:  # nothing is said to who is not ready
            self._loop.call_soon_threadsafe(self._rest if word["rest"] else self._go_on)

    def _rest(self) -> None:
        """Others have fewer connections: let them accept what comes next."""
        self._stop_listening()
        self.servers = []

    def _go_on(self) -> None:
        if not self.servers:
            self._do(self._listen())

    async def _listen(self) -> None:
        """On a copy, which can be closed while the supervisor's goes on."""
        if self.should_exit or self._loop is None:
            return
        copy = self._listener.dup()
        self.servers = [
            await self._loop.create_server(self._protocol, sock=copy, backlog=BACKLOG),
        ]

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn makes them (0.54)."""
        http: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        return http(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _orphaned(self) -> None:
        logger.warning("the supervisor is gone; this worker drains")
        self.handle_exit(signal.SIGTERM, None)


def work(listener_fd: int, link_fd: int) -> bool:
    """Serve until told to stop. Returns whether it could start."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the supervisor's word for a reload
    link = Link(socket.socket(fileno=link_fd))
    with socket.socket(fileno=listener_fd) as listener:
        worker = Worker(link, listener)
        worker.run()
    return worker.started
