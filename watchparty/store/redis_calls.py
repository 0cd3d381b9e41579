"""Calls to Redis that end in time: an answer, or StoreUnavailable."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from watchparty.store.base import StoreUnavailable

PATIENCE_S: Final = 0.5
"""DESIGN section 6: every call to Redis is bounded."""

CONNECTIONS: Final = 16
"""Calls at once; more wait, within their patience."""

CONNECT_S: Final = 0.25
"""A part of the patience, so that a call survives one address that does not answer."""

LOCK_POLL_S: Final = 0.02

logger = logging.getLogger(__name__)


class RedisCalls:
    """One server's line to Redis. Nothing is retried: a lost call may have happened."""

    def __init__(self, url: str) -> None:
        self._pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=PATIENCE_S,
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=CONNECT_S,
            retry=Retry(NoBackoff(), 0),  # redis-py 8 would send a commit up to four times
        )
        self._redis = Redis(connection_pool=self._pool)
        self._scripts: dict[str, Any] = {}
        self._ailing = False

    async def run(self, script: str, keys: Sequence[str], *arguments: str | bytes | float) -> Any:
        """What a script returns; Redis is sent its text once."""
        prepared = self._scripts.get(script)
        if prepared is None:
            prepared = self._scripts[script] = self._redis.register_script(script)
        return await self._bounded(prepared(keys=keys, args=arguments))

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
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = await call
        except (RedisError, OSError) as problem:  # TimeoutError is an OSError
            if not self._ailing:
                self._ailing = True
                logger.warning("Redis does not answer: %s %s", type(problem).__name__, problem)
            await self._pool.disconnect(inuse_connections=False)  # or each would fail once
            raise StoreUnavailable(f"Redis: {type(problem).__name__} {problem}") from problem
        if self._ailing:
            self._ailing = False
            logger.warning("Redis answers again")
        return answer
