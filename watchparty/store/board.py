"""Boards that all servers pin to and read: what a list of rooms asks for, in Redis."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from msgspec import Struct

from sync.redis_place import Place
from watchparty.store.base import LEASE_MS
from watchparty.store.redis_calls import RedisCalls

WANTED_MS: Final = 10_000
"""Somebody who looks asks every 2 s: one who has not for so long looks no more."""

SHARE: Final = """
local function forget(id)
  redis.call('ZREM', KEYS[1], id)
  redis.call('ZREM', KEYS[2], id)
  redis.call('HDEL', KEYS[3], id)
end
local now, stale, lease = ARGV[1], ARGV[2], ARGV[3]
local most, gone = tonumber(ARGV[4]), tonumber(ARGV[5])
for i = 6, 5 + gone do forget(ARGV[i]) end
for i = 6 + gone, #ARGV, 3 do
  redis.call('ZADD', KEYS[1], ARGV[i + 1], ARGV[i])
  redis.call('ZADD', KEYS[2], now, ARGV[i])
  redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 2])
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', stale)) do forget(id) end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, lease) end
if most == 0 then return {} end
local top = redis.call('ZREVRANGE', KEYS[1], 0, most - 1)
if #top == 0 then return {} end
return redis.call('HMGET', KEYS[3], unpack(top))
"""
"""ARGV now, when what is older has ended, lease, how many to return, how many are gone, these; then
id, people and content of each that is here → the contents of the fullest."""

WANT: Final = """
redis.call('SET', KEYS[1], ARGV[1], 'NX')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[1])
"""
"""ARGV now, for how long → since when somebody looks."""

IS_WANTED: Final = "return redis.call('EXISTS', KEYS[1])"


class Pinned(Struct, frozen=True):
    """What one server says of one room."""

    id: str
    people: int
    """The fullest are read first."""
    content: bytes


class Board(Protocol):
    """Each entry holds for LEASE_MS from when it was last said. Every call may raise
    StoreUnavailable.
    """

    async def share(
        self, here: Sequence[Pinned], gone: Iterable[str], now_ms: float
    ) -> list[bytes]:
        """Pin what is here, take off what is gone; returns the fullest of all servers."""
        ...

    async def close(self) -> None:
        """Ask nothing any more."""
        ...


class WatchedBoard(Board, Protocol):
    """A board that is written only while somebody looks."""

    async def want(self, now_ms: float) -> float:
        """Somebody looks now; returns since when somebody does (media clock, ms)."""
        ...

    async def is_wanted(self) -> bool:
        """Whether somebody has looked within WANTED_MS."""
        ...

    async def pin(self, here: Sequence[Pinned], gone: Iterable[str], now_ms: float) -> None:
        """As `share`, for who reads nothing."""
        ...


class RedisBoard:
    """A board in one Redis: its name is in its keys, and the `most` fullest are read."""

    def __init__(self, place: Place, name: str, most: int) -> None:
        self._redis = RedisCalls(place)
        self._most = most
        self._keys = [f"csw:{{{name}}}:{part}" for part in ("people", "seen", "rooms")]
        """Sorted set: entry → people. Sorted set: entry → when it was last told. Hash: entry →
        content."""
        self._flag = [f"csw:{{{name}}}:wanted"]

    async def share(
        self, here: Sequence[Pinned], gone: Iterable[str], now_ms: float
    ) -> list[bytes]:
        """One call: what is here goes in, what is gone or has ended goes out; the top returns."""
        found = await self._share(here, gone, now_ms, self._most)
        return [content for content in found if content]

    async def pin(self, here: Sequence[Pinned], gone: Iterable[str], now_ms: float) -> None:
        """As `share`, and nothing returns."""
        await self._share(here, gone, now_ms, 0)

    async def want(self, now_ms: float) -> float:
        """Raise the flag that the other servers look at."""
        return float(await self._redis.run(WANT, self._flag, now_ms, WANTED_MS))

    async def is_wanted(self) -> bool:
        """Whether the flag is up."""
        return bool(await self._redis.run(IS_WANTED, self._flag))

    async def close(self) -> None:
        """Hang up."""
        await self._redis.close()

    async def _share(
        self, here: Sequence[Pinned], gone: Iterable[str], now_ms: float, most: int
    ) -> list[bytes]:
        left = list(gone)
        said = [part for one in here for part in (one.id, one.people, one.content)]
        head = (now_ms, now_ms - LEASE_MS, int(LEASE_MS), most, len(left))
        found: list[bytes] = await self._redis.run(SHARE, self._keys, *head, *left, *said)
        return found
