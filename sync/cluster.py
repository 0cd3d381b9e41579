"""A server's part in the common media clock: reads Redis' TIME now and then, and steers by it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Protocol

from sync.core.anchor import Figures, Proposal, Reading
from sync.core.discipline import Discipline
from sync.core.timebase import Timebase
from sync.ending import end
from sync.redis_time import RedisAwayError

AGREE_WITHIN_S: Final = 2.0
"""How long a newcomer's sockets wait for the common clock at most: an empty Redis takes 1.3 s."""

logger = logging.getLogger(__name__)


class ClockSource(Protocol):
    """What RedisTime does."""

    async def read(self, agreed_beat: int) -> Reading:
        """One exchange. Raises RedisAwayError."""
        ...

    async def propose(self, proposal: Proposal) -> bool:
        """Set an anchor, if none was faster. Raises RedisAwayError."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


class ClusterClock:
    """Steers a Timebase onto the cluster's media clock, in one task of the event loop.

    Whoever reads the Timebase never waits for any of this: it runs on by itself in between.
    """

    def __init__(
        self,
        timebase: Timebase,
        source: ClockSource,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._timebase = timebase
        self._source = source
        self._sleep = sleep
        self._discipline = Discipline(timebase.course)
        self._agreed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._away = False
        self._give_up_at_s = 0.0

    def start(self) -> None:
        """Keep the clock from now on, on the running loop; again changes nothing."""
        if self._task is None:
            loop = asyncio.get_running_loop()
            self._give_up_at_s = loop.time() + AGREE_WITHIN_S
            self._task = loop.create_task(self._run(), name="cluster clock")

    async def agreed(self) -> bool:
        """Wait until the media clock is the cluster's, but only for the first AGREE_WITHIN_S."""
        if not self._agreed.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._give_up_at_s):
                    await self._agreed.wait()
        return self._agreed.is_set()

    async def agreement(self) -> None:
        """Wait until it is, however long Redis is away."""
        await self._agreed.wait()

    @property
    def agrees(self) -> bool:
        """Whether the media clock is the cluster's by now."""
        return self._agreed.is_set()

    @property
    def figures(self) -> Figures:
        """How it does, for /api/health."""
        return self._discipline.figures(self._timebase.raw_ns())

    async def close(self) -> None:
        """Steer no more; the media clock runs on as it last did."""
        await end(self._task)
        self._task = None
        await self._source.close()

    async def _run(self) -> None:
        while True:
            try:
                await self._exchange()
                wait_ms = self._discipline.wait_ms()
            except Exception:
                logger.exception("disciplining the media clock failed")
                wait_ms = 1000.0
            await self._sleep(wait_ms / 1000)

    async def _exchange(self) -> None:
        discipline, timebase = self._discipline, self._timebase
        try:
            beat = discipline.agreed_beat(timebase.raw_ns())
            discipline.take(await self._source.read(beat))
            timebase.steer(discipline.steer(timebase.raw_ns()))
            proposal = discipline.proposal(timebase.raw_ns())
            if proposal is not None and await self._source.propose(proposal):
                logger.warning("the media clock is anchored to Redis' TIME: %s", proposal.anchor)
        except RedisAwayError as problem:
            discipline.missed()
            if not self._away:
                self._away = True
                logger.warning("Redis does not tell the time, we hold over: %s", problem)
            return
        if self._away:
            self._away = False
            logger.warning("Redis tells the time again")
        if discipline.agrees and not self._agreed.is_set():
            logger.info("the media clock is the cluster's, generation %d", timebase.generation)
            self._agreed.set()
