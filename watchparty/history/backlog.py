"""What waits for the database: the contract, and the queue of a single process."""

import asyncio
from collections import deque
from typing import Final, Protocol

from msgspec import Struct

from watchparty.store.records import Record

MOST_AT_ONCE: Final = 500
"""Records that one transaction writes."""

GATHER_S: Final = 0.1
"""What comes within this time is written together. A SIGKILL costs it and the writing itself,
which DESIGN section 7 allows 250 ms."""


class Batch(Struct, frozen=True):
    """Records that are written together, and how the backlog knows them."""

    records: list[Record]
    ids: list[str] = []
    lost: list[str] = []
    """Known by name only: they were dropped before anybody could write them."""


class Figures(Struct, frozen=True):
    """How a backlog does."""

    waiting: int
    """Records that are not in the database yet."""
    dropped: int
    """Records that found no place while the database was away."""


class Backlog(Protocol):
    """Records in order. What was taken and not done is taken again: nothing is lost between."""

    survives: bool
    """Whether what waits is still there, and others may write it, when this process has ended."""

    async def worth_taking(self) -> None:
        """Return when there may be something to take."""
        ...

    async def take(self) -> Batch:
        """The oldest records, at most MOST_AT_ONCE. Raises StoreUnavailable."""
        ...

    async def done(self, batch: Batch) -> None:
        """The database has them. Raises StoreUnavailable; then they may be taken again."""
        ...

    async def figures(self) -> Figures:
        """How it does. Raises StoreUnavailable."""
        ...

    async def close(self) -> None:
        """Nothing is taken any more."""
        ...


class MemoryBacklog:
    """Bounded, in this process' memory. When it is full the oldest records make room."""

    survives = False

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[Record] = deque()
        self._taken: list[Record] = []
        self._dropped = 0
        self._news = asyncio.Event()

    def note(self, record: Record) -> None:
        """Take a record; returns at once."""
        if len(self._waiting) + len(self._taken) >= self._most and self._waiting:
            self._waiting.popleft()
            self._dropped += 1
        self._waiting.append(record)
        self._news.set()

    async def worth_taking(self) -> None:
        """Return a moment after something came."""
        await self._news.wait()
        if len(self._waiting) < MOST_AT_ONCE and not self._taken:
            await asyncio.sleep(GATHER_S)

    async def take(self) -> Batch:
        """The oldest records, the same ones until they are done."""
        if not self._taken:
            many = min(len(self._waiting), MOST_AT_ONCE)
            self._taken = [self._waiting.popleft() for _ in range(many)]
        return Batch(self._taken)

    async def done(self, batch: Batch) -> None:
        """The database has them."""
        self._taken = []
        if not self._waiting:
            self._news.clear()

    async def figures(self) -> Figures:
        """How many wait, and how many found no place."""
        return Figures(len(self._waiting) + len(self._taken), self._dropped)

    async def close(self) -> None:
        """Nothing is taken any more; what waits is lost."""
