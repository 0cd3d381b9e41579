"""The watch over a real Redis: its loss, its return, and another one in its place are noticed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from tests.redis_server import RedisServer
from watchparty.store.redis_calls import RedisCalls
from watchparty.store.redis_watch import RedisWatch

pytestmark = [pytest.mark.slow, pytest.mark.beside]

NOTICED_S = 3.0


class Watched:
    """A watch, and how often it has said something."""

    def __init__(self, redis: RedisServer) -> None:
        self.calls = RedisCalls(redis.place)
        self.watch = RedisWatch(self.calls, "all")
        self.told = 0
        self._news = asyncio.Event()

    def start(self) -> None:
        self.watch.start(self._changed, lambda: time.monotonic() * 1000)

    def _changed(self) -> None:
        self.told += 1
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for news after which something holds."""
        async with asyncio.timeout(NOTICED_S):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def looked(self) -> None:
        """Wait until it has looked once more."""
        async with asyncio.timeout(NOTICED_S):
            before = self.watch.looks
            while self.watch.looks == before:  # noqa: ASYNC110 - a look that finds all well says nothing
                await asyncio.sleep(0.01)


@pytest.fixture
async def watched(redis: RedisServer) -> AsyncIterator[Watched]:
    watched = Watched(redis)
    watched.start()
    await watched.looked()
    yield watched
    await watched.watch.close()
    await watched.calls.close()


async def test_a_redis_that_hangs_is_lost_and_comes_back(
    redis: RedisServer, watched: Watched
) -> None:
    redis.pause()
    began_ms = time.monotonic() * 1000
    try:
        await watched.until(lambda: watched.watch.away_since_ms is not None)
        assert began_ms <= (watched.watch.away_since_ms or 0.0) <= began_ms + 1500
    finally:
        redis.resume()
    await watched.until(lambda: watched.watch.away_since_ms is None)
    assert watched.told == 2


async def test_a_redis_that_is_killed_is_lost_and_another_one_is_told(
    redis: RedisServer, watched: Watched
) -> None:
    redis.kill()
    try:
        await watched.until(lambda: watched.watch.away_since_ms is not None)
    finally:
        redis.start()
    await watched.until(lambda: watched.watch.away_since_ms is None)


async def test_one_that_was_restarted_between_two_looks_is_told(
    redis: RedisServer, watched: Watched
) -> None:
    redis.kill()
    redis.start()
    await watched.until(lambda: watched.told > 0)
    await watched.until(lambda: watched.watch.away_since_ms is None)


async def test_one_failure_is_no_loss(redis: RedisServer, watched: Watched) -> None:
    await watched.calls.close()  # as after a pause of our own: the next look connects again
    await watched.looked()
    assert watched.told == 0
    assert watched.watch.away_since_ms is None
