"""What a server tells the others behind everybody's back: one telling at a time, never awaited."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from sync.ending import end
from watchparty.store.base import StoreUnavailable

SHARE_EVERY_S: Final = 2
"""So often servers tell one another: what is read is at most twice as old."""

logger = logging.getLogger(__name__)


class Sharing:
    """The telling that is under way, of one kind."""

    def __init__(self, what: str) -> None:
        """`what` is told, for the log."""
        self._what = what
        self._task: asyncio.Task[None] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether the last one has not ended: a slow Redis is not asked twice."""
        return self._task is not None and not self._task.done()

    def begin(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Start one; only while none is under way."""
        self._task = asyncio.create_task(self._run(tell))

    async def ended(self) -> None:
        """Return when none is under way."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def stop(self) -> None:
        """Tell nothing more: what was told ends by itself."""
        await end(self._task)

    async def _run(self, tell: Callable[[], Awaitable[None]]) -> None:
        try:
            await tell()
        except StoreUnavailable:
            pass  # who asks is told what was last heard, as long as it may be true
        except Exception:
            logger.exception("the list of %s failed", self._what)
