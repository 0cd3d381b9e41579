"""History of one process: a recorder for each backlog of events, and one for what passes."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

from watchparty.database_thread import DatabaseThread
from watchparty.history.backlog import Backlog
from watchparty.history.book import Book
from watchparty.history.passing import PassingRecorder
from watchparty.history.recorder import Recorder

PATIENCE_S: Final = 2.0
"""How long a stopping server tries to write what waits: it is given 10 s for everything."""


class History:
    """Starts and stops the recorders, all on one thread that no request waits for."""

    def __init__(
        self,
        backlogs: Sequence[Backlog],
        book: Book,
        *,
        name: str,
        civil_offset_ms: Callable[[], float],
    ) -> None:
        self._thread = DatabaseThread("history")
        self.book = book
        self._recorders = [Recorder(one, self._thread, civil_offset_ms) for one in backlogs]
        self._passing = PassingRecorder(book, self._thread, name)

    @property
    def report(self) -> dict[str, Any]:
        """For /api/health: what waits, how long the database has taken nothing, what was lost."""
        recorders = self._recorders
        return {
            "history": {
                "waiting": sum(one.figures.waiting for one in recorders),
                "lateS": round(max((one.late_s for one in recorders), default=0.0), 1),
                "written": sum(one.written for one in recorders),
                "dropped": sum(one.figures.dropped for one in recorders) + self.book.dropped,
                "leftOut": sum(one.left_out for one in recorders) + self._passing.left_out,
                "passing": self.book.waiting,
            }
        }

    def start(self) -> None:
        """Record from now on; again changes nothing."""
        for recorder in self._recorders:
            recorder.start()
        self._passing.start()

    async def close(self) -> None:
        """Write what waits in this process, and stop: events first, then what passes."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + PATIENCE_S
        for recorder in self._recorders:
            await recorder.close(max(until_s - loop.time(), 0.0))
        await self._passing.close(max(until_s - loop.time(), 0.0))
        self._thread.shutdown(wait=False)
