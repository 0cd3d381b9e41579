"""Calls to Redis that end in time: an answer, or StoreUnavailable."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, Final, cast

from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError

from sync.redis_place import PATIENCE_S, Place
from sync.tally import TALLY
from watchparty.store.base import StoreUnavailable

CONNECTIONS: Final = 16
"""Calls at once; more wait, within their patience."""

LOCK_POLL_S: Final = 0.02

logger = logging.getLogger(__name__)


class Replicas(Struct, frozen=True):
    """How many replicas must have a change before it is acknowledged, and how long they get."""

    count: int
    within_ms: int


class RedisCalls:
    """One server's line to a Redis. Nothing is retried: a lost call may have happened."""

    def __init__(self, place: Place, replicas: Replicas | None = None) -> None:
        self.name = place.name
        self._pool = place.pool()
        self._redis = Redis(connection_pool=self._pool)
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._replicas = replicas
        self._scripts: dict[str, Any] = {}
        self._ailing = False

    @property
    def is_replicated(self) -> bool:
        """Whether `run_safely` waits for replicas."""
        return self._replicas is not None

    async def run(self, script: str, keys: Sequence[str], *arguments: str | bytes | float) -> Any:
        """What a script returns; Redis is sent its text once."""
        return await self._bounded(self._prepared(script)(keys=keys, args=arguments))

    async def run_safely(
        self, script: str, keys: Sequence[str], *arguments: str | bytes | float
    ) -> Any:
        """As `run`; what the script wrote is on so many replicas, or StoreUnavailable is raised."""
        if self._replicas is None:
            return await self.run(script, keys, *arguments)
        return await self._bounded(self._run_and_wait(self._replicas, script, keys, arguments))

    async def _run_and_wait(
        self, replicas: Replicas, script: str, keys: Sequence[str], arguments: Sequence[Any]
    ) -> Any:
        # On one connection: WAIT is about what its own connection has written.
        async with self._redis.pipeline(transaction=False) as line:
            await self._prepared(script)(keys=keys, args=arguments, client=line)
            line.execute_command("WAIT", replicas.count, replicas.within_ms)
            answer, reached = await line.execute()
        if reached < replicas.count:
            raise StoreUnavailable(f"{reached} of {replicas.count} replicas have it in time")
        return answer

    def _prepared(self, script: str) -> Any:
        prepared = self._scripts.get(script)
        if prepared is None:
            prepared = self._scripts[script] = self._redis.register_script(script)
        return prepared

    @asynccontextmanager
    async def alone(self, key: str, for_ms: int) -> AsyncIterator[None]:
        """One server at a time. A lock that runs out early costs work, no truth."""
        try:
            async with asyncio.timeout(for_ms / 1000):
                while not await self._claim(key, for_ms):  # noqa: ASYNC110 - no event to await
                    await asyncio.sleep(LOCK_POLL_S)
        except TimeoutError:
            raise StoreUnavailable(f"{key}: another server has it") from None
        try:
            yield
        finally:
            await self._bounded(cast("Awaitable[Any]", self._redis.delete(key)))

    async def close(self) -> None:
        """Hang up; another call connects again."""
        await self._pool.disconnect()

    async def _claim(self, key: str, for_ms: int) -> bool:
        return bool(await self._bounded(self._redis.set(key, "1", nx=True, px=for_ms)))

    async def _bounded(self, call: Awaitable[Any]) -> Any:
        began_s = perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_S), self._turns:
                answer = await call
        except (RedisError, OSError) as problem:  # TimeoutError is an OSError
            TALLY.redis_failures += 1
            if not self._ailing:
                self._ailing = True
                kind = type(problem).__name__
                logger.warning("Redis does not answer: %s %s %s", self.name, kind, problem)
            await self._pool.disconnect(inuse_connections=False)  # or each would fail once
            raise StoreUnavailable(f"Redis: {type(problem).__name__} {problem}") from problem
        if self._ailing:
            self._ailing = False
            logger.warning("Redis answers again: %s", self.name)
        TALLY.redis_calls.add(perf_counter() - began_s)
        return answer
