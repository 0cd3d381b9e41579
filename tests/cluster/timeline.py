"""All that one viewer did and met, in order: what checks of whole histories read."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar

from tests.cluster.ordering import Message

What = Literal[
    "connected",  # seen: instance is not known yet
    "unreachable",  # nobody took the connection
    "silent",  # no frame after a probe: the connection was given up
    "closed",  # seen: code
    "joined",  # seen: the room:joined that was taken over
    "shown",  # seen: another snapshot, asked for or not
    "asked",  # an intent with a ref was sent for the first time
    "repeated",  # and again, as its outcome was not known
    "acknowledged",  # seen: the event that carries our ref
    "refused",  # seen: the error that carries our ref
    "unanswered",  # given up: the outcome stays unknown
    "applied",  # seen: an ordered event, in its turn
    "behind",  # an event was missed: a snapshot was asked for
]

T = TypeVar("T")


class Entry(NamedTuple):
    """One thing that happened."""

    at_ns: int
    """Of time.monotonic_ns, the same for all viewers of a test."""
    what: What
    ref: str | None
    seen: Message


class Timeline:
    """Entries in order, and a way to wait until something shows in what they led to."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._waiting: set[asyncio.Future[None]] = set()

    def note(self, what: What, ref: str | None = None, seen: Message | None = None) -> None:
        """Something has happened now."""
        self.entries.append(Entry(time.monotonic_ns(), what, ref, seen or {}))
        self.stir()

    def of(self, *what: What) -> list[Entry]:
        """Only entries of these kinds."""
        return [entry for entry in self.entries if entry.what in what]

    def stir(self) -> None:
        """Whoever waits looks again."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, look: Callable[[], T | None], within_s: float) -> T:
        """What `look` finds, as soon as it finds anything. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not (found := look()):
                waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.add(waiter)
                try:
                    await waiter
                finally:
                    self._waiting.discard(waiter)
            return found


def described(entry: Entry, since_ns: int) -> str:
    """A line for a report."""
    seen: dict[str, Any] = {key: entry.seen[key] for key in list(entry.seen)[:5]}
    return f"{(entry.at_ns - since_ns) / 1e6:10.1f} ms {entry.what} {entry.ref or ''} {seen}"
