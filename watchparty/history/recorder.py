"""Works off a backlog into the database, again and again until it is there."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Final

from sync.ending import end
from watchparty.fresh_connection import with_fresh_connection
from watchparty.history.backlog import Backlog, Batch, Figures
from watchparty.history.writing import write_records
from watchparty.store.base import StoreUnavailable
from watchparty.store.records import Record

RETRY_AFTER_S: Final = 1.0
"""Pause after a database, or a Redis, that did not answer."""

LOOK_EVERY_S: Final = 5.0
"""How old the figures of /api/health may be."""

LATE_S: Final = 3.0
"""A batch that takes longer than this is worth a word in the log …"""

WARN_EVERY_S: Final = 30.0
"""… and another one this often, until it is written."""

NO_ANSWER: Final = "no answer yet"

Write = Callable[[Sequence[Record], float], int]

logger = logging.getLogger(__name__)


class Recorder:
    """One backlog's way into the database. One batch at a time, whatever waits behind it."""

    def __init__(
        self,
        backlog: Backlog,
        thread: Executor,
        civil_offset_ms: Callable[[], float],
        write: Write = write_records,
    ) -> None:
        self._backlog = backlog
        self._thread = thread
        self._civil_offset_ms = civil_offset_ms
        self._write = write
        self._tasks: list[asyncio.Task[None]] = []
        self._busy_since_s: float | None = None
        """Since when the oldest batch that is not done has been on its way."""
        self._problem = NO_ANSWER
        self._warned_s: float | None = None
        self.figures = Figures(waiting=0, dropped=0)
        """As they were LOOK_EVERY_S ago at most."""
        self.written = 0
        """Records that this process has brought to the database."""
        self.left_out = 0
        """Records that no database takes, or that this version cannot read."""

    @property
    def late_s(self) -> float:
        """How long the batch in hand has been on its way to the database, if it is too long."""
        if self._busy_since_s is None:
            return 0.0
        late_s = asyncio.get_running_loop().time() - self._busy_since_s
        return late_s if late_s >= LATE_S else 0.0

    def start(self) -> None:
        """Work from now on; again changes nothing."""
        if not self._tasks:
            for task in (self._work(), self._watch()):
                self._tasks.append(asyncio.create_task(task, name="history"))

    async def close(self, patience_s: float) -> None:
        """Stop. What would end with this process is written first, within this time."""
        await end(*self._tasks)
        if not self._backlog.survives:
            await self._write_the_last(patience_s)
        await self._backlog.close()

    async def _write_the_last(self, patience_s: float) -> None:
        try:
            async with asyncio.timeout(patience_s):
                while (batch := await self._backlog.take()).records:
                    await self._bring(batch)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the server stops
            await self.look()
            logger.error(
                "history: %d events are not in the database (%s)",
                self.figures.waiting,
                described(problem),
            )

    async def look(self) -> None:
        """Learn how the backlog does; say when it has no place, or the database takes nothing."""
        before = self.figures.dropped
        try:
            self.figures = await self._backlog.figures()
        except StoreUnavailable:
            return  # the store says so itself
        if self.figures.dropped > before:
            logger.error(
                "history: the backlog is full, %d events are lost to it; the parties go on",
                self.figures.dropped - before,
            )
        now_s, late_s = asyncio.get_running_loop().time(), self.late_s
        if not late_s:
            return
        if self._warned_s is None or now_s - self._warned_s >= WARN_EVERY_S:
            self._warned_s = now_s
            logger.warning(
                "history: the database takes nothing for %.0f s (%s); %d events wait",
                late_s,
                self._problem,
                self.figures.waiting,
            )

    async def _work(self) -> None:
        while True:
            try:
                await self._backlog.worth_taking()
                batch = await self._backlog.take()
                if batch.records or batch.lost:
                    await self._bring(batch)
            except Exception as problem:  # noqa: BLE001 - whatever it is, history goes on
                self._problem = described(problem)
                await asyncio.sleep(RETRY_AFTER_S)

    async def _watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _bring(self, batch: Batch) -> None:
        """Write a batch, then say that it is written. In between it may be written again."""
        loop = asyncio.get_running_loop()
        if self._busy_since_s is None:
            self._busy_since_s, self._problem = loop.time(), NO_ANSWER
        if batch.records:
            offset_ms = self._civil_offset_ms()
            left_out = await loop.run_in_executor(
                self._thread,
                with_fresh_connection,
                lambda records: self._write(records, offset_ms),
                batch.records,
            )
            self.left_out += left_out
        await self._backlog.done(batch)
        self.written += len(batch.records)
        self.left_out += len(batch.lost)
        if self._warned_s is not None:
            logger.warning("history: the database takes events again, after %.0f s", self.late_s)
        self._busy_since_s = self._warned_s = None


def described(problem: Exception) -> str:
    """A problem in one line."""
    lines = str(problem).strip().splitlines()
    return f"{type(problem).__name__}: {lines[0]}" if lines else type(problem).__name__
