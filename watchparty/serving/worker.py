"""A worker of a supervisor: serves on the socket it was given, tells how it does, ends with it."""

import asyncio
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Final

from watchparty.serving.server import Server, uvicorn_config

REPORT_S: Final = 0.5
"""How old the figures of a status may be."""

ORPHAN_S: Final = 15.0
"""A worker whose supervisor is gone has ended by then, in good order or not."""

logger = logging.getLogger(__name__)


class Link:
    """The worker's end of a socket pair: lines of JSON to the supervisor, whose end is its end."""

    def __init__(self, pair: socket.socket) -> None:
        self._socket = pair
        pair.setblocking(True)  # for the thread that waits; what is sent never waits

    def tell(self, **fields: object) -> None:
        """Pass something on. What cannot be passed on is lost: nothing waits for a supervisor."""
        line = json.dumps(fields).encode() + b"\n"
        try:
            self._socket.send(line, socket.MSG_DONTWAIT)
        except OSError:
            logger.debug("the supervisor does not hear")

    def watch(self, on_end: Callable[[], None]) -> None:
        """Call back when the supervisor is gone, from a thread: a busy loop must not hide it."""

        def wait() -> None:
            while self._socket.recv(1):
                pass
            on_end()
            threading.Event().wait(ORPHAN_S)
            os._exit(1)  # its port must be free for the next supervisor

        threading.Thread(target=wait, name="supervisor", daemon=True).start()


class Worker(Server):
    """A server that reports to its supervisor."""

    def __init__(self, link: Link) -> None:
        super().__init__(uvicorn_config(), on_ready=self._ready)
        self._link = link
        self._reporter: asyncio.Task[None] | None = None
        link.watch(self._orphaned)

    def _ready(self) -> None:
        self._link.tell(ready=True)
        self._reporter = asyncio.get_running_loop().create_task(self._report())

    async def _report(self) -> None:
        while True:
            self._link.tell(connections=self.connection_count)
            await asyncio.sleep(REPORT_S)

    def _orphaned(self) -> None:
        logger.warning("the supervisor is gone; this worker drains")
        self.handle_exit(signal.SIGTERM, None)


def work(listener_fd: int, link_fd: int) -> bool:
    """Serve until told to stop. Returns whether it could start."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the supervisor's word for a reload
    worker = Worker(Link(socket.socket(fileno=link_fd)))
    worker.run(sockets=[socket.socket(fileno=listener_fd)])
    return worker.started
