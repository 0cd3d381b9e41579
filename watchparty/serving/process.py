"""A worker seen by its supervisor: the process, what it says, and how it ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

Said = Callable[[Mapping[str, Any]], None]


class WorkerProcess:
    """`manage.py serve worker` in a process of its own."""

    def __init__(self, serial: int, instance: str) -> None:
        self.serial = serial
        self.instance = instance
        self.started_at = datetime.now(UTC)
        self.connections = 0
        self.heard_at_s = 0.0
        """On the loop's clock."""
        self.rests = False
        """Whether it accepts no connections for now, as others have fewer."""
        self.pid = 0
        self._process: asyncio.subprocess.Process | None = None
        self._owed: int | None = None
        self._link: asyncio.StreamWriter | None = None

    async def run(
        self, command: Sequence[str], listener: socket.socket, said: Said, **told: str
    ) -> int:
        """Start it and hear it to its end. Returns its exit code, negative where a signal ended it.

        `told`: more of its environment. It ends too when this process does, as the other end of its
        link is then gone.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, *command, "worker"),
                    *(str(listener.fileno()), str(theirs.fileno())),
                    env={**os.environ, "INSTANCE_ID": self.instance, **told},
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=(listener.fileno(), theirs.fileno()),
                    process_group=0,  # Ctrl-C is for the supervisor, who passes it on
                )
            self.pid = self._process.pid
            if self._owed is not None:
                self.send(self._owed)
            await self._hear(ours, said)
            return await self._process.wait()

    def send(self, signal_number: int) -> None:
        """Send a signal; one that is still being started gets the last of them."""
        if self._process is None:
            self._owed = signal_number
        else:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal_number)

    def rest(self, resting: bool) -> None:
        """Have it accept no connections, or accept them again."""
        if resting != self.rests and self._link is not None:
            self.rests = resting
            self._link.write(json.dumps({"rest": resting}).encode() + b"\n")

    async def _hear(self, ours: socket.socket, said: Said) -> None:
        reader, self._link = await asyncio.open_connection(sock=ours)
        loop = asyncio.get_running_loop()
        try:
            # It ended before it had read what we said, or says what nobody understands: then it
            # finds its link closed, and ends as if we were gone.
            with suppress(ConnectionError, ValueError):
                while line := await reader.readline():
                    message = json.loads(line)
                    self.heard_at_s = loop.time()
                    self.connections = message.get("connections", self.connections)
                    said(message)
        finally:
            self._link.close()


def ending(code: int) -> str:
    """How a process ended, for people."""
    if code >= 0:
        return f"with code {code}"
    try:
        return f"by signal {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
