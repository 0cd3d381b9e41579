"""Notices that a Redis is lost and that it is back, or another one in its place."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from sync.ending import end
from watchparty.store import redis_scripts as scripts
from watchparty.store.base import StoreUnavailable
from watchparty.store.redis_calls import RedisCalls

LOOK_EVERY_S: Final = 0.5

HELD_MS: Final = 15_000
"""As long as a lease: so long after its last server a list of places holds."""

FAILURES: Final = 2
"""Looks in a row that fail before it counts as lost: one may be a pause of our own."""

logger = logging.getLogger(__name__)


class RedisWatch:
    """Looks at one Redis twice a second, in one task.

    `changed` is called when it is lost, when it is back, and when it was lost and back between two
    looks (its run is another one).

    Rooms live on places by their names, so servers that know other places would each keep a room of
    the same name. Each place is told under which list it is `known_as`, which holds for HELD_MS: a
    server with another list takes it for lost until the last of the others has gone.
    """

    def __init__(self, redis: RedisCalls, known_as: str) -> None:
        self._redis = redis
        self._known_as = known_as
        self._now_ms: Callable[[], float] | None = None
        self._changed: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._run: str | None = None
        self._failed = 0
        self._failing_since_ms = 0.0
        self._disagrees = False
        self.looks = 0
        """How often it has looked."""

    @property
    def away_since_ms(self) -> float | None:
        """Since when it does not answer, media time; None: it does."""
        return self._failing_since_ms if self._failed >= FAILURES else None

    def start(self, changed: Callable[[], None], now_ms: Callable[[], float]) -> None:
        """Look from now on, on the running loop; again changes nothing."""
        if self._task is None:
            self._changed, self._now_ms = changed, now_ms
            self._task = asyncio.create_task(self._look_on(), name="redis watch")

    async def close(self) -> None:
        """Look no more."""
        await end(self._task)
        self._task = None

    async def _look_on(self) -> None:
        while True:
            try:
                await self._look()
                self.looks += 1
            except Exception:
                logger.exception("watching Redis failed")
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        assert self._changed is not None  # noqa: S101 - start() sets both
        assert self._now_ms is not None  # noqa: S101
        try:
            told = (scripts.OFFERING_MS, self._known_as, HELD_MS)
            run, _, known_as = await self._redis.run(scripts.LOOK, scripts.LOOK_KEYS, *told)
            self._compare(known_as.decode())
        except StoreUnavailable:
            self._failed += 1
            if self._failed == 1:
                self._failing_since_ms = self._now_ms()
            elif self._failed == FAILURES:
                self._changed()
            return
        was_away, known = self._failed >= FAILURES, self._run
        self._failed, self._run = 0, run.decode()
        if was_away or known not in (None, self._run):
            self._changed()

    def _compare(self, known_as: str) -> None:
        if known_as == self._known_as:
            self._disagrees = False
            return
        if not self._disagrees:
            self._disagrees = True
            logger.error(
                "servers with other Redis places are running: they know [%s], this one [%s]. "
                "Rooms stay closed here until those have stopped.",
                known_as,
                self._known_as,
            )
        raise StoreUnavailable("other servers know other places")
