"""The public rooms of all servers: what a list of them asks for, in memory or in Redis."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec

from sync.redis_place import Place
from watchparty.core.protocol import RoomSummary
from watchparty.store.base import LEASE_MS
from watchparty.store.redis_calls import RedisCalls

MAX_LISTED: Final = 100
"""The fullest rooms; of each server as well, since none of the others can be among them."""

KEYS: Final = [f"csw:{{public}}:{part}" for part in ("people", "seen", "rooms")]
"""Sorted set: room → people. Sorted set: room → when it was last told of. Hash: room → summary."""

SHARE: Final = """
local function forget(slug)
  redis.call('ZREM', KEYS[1], slug)
  redis.call('ZREM', KEYS[2], slug)
  redis.call('HDEL', KEYS[3], slug)
end
local now, stale, lease = ARGV[1], ARGV[2], ARGV[3]
local most, gone = tonumber(ARGV[4]), tonumber(ARGV[5])
for i = 6, 5 + gone do forget(ARGV[i]) end
for i = 6 + gone, #ARGV, 3 do
  redis.call('ZADD', KEYS[1], ARGV[i + 1], ARGV[i])
  redis.call('ZADD', KEYS[2], now, ARGV[i])
  redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 2])
end
for _, slug in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', stale)) do forget(slug) end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, lease) end
local top = redis.call('ZREVRANGE', KEYS[1], 0, most - 1)
if #top == 0 then return {} end
return redis.call('HMGET', KEYS[3], unpack(top))
"""
"""ARGV now, when what is older has ended, lease, most, how many are gone, these; then room, people
and summary of each that is here → the summaries of the fullest."""

_read: Final = msgspec.json.Decoder(RoomSummary).decode


class Listing(Protocol):
    """An index of public rooms that all servers write and read."""

    async def share(
        self, here: Sequence[RoomSummary], gone: Iterable[str], now_ms: float
    ) -> list[RoomSummary]:
        """Say which rooms with people are held here, and which are to be listed no more.

        What was said holds for LEASE_MS. Returns the fullest rooms of all servers. Raises
        StoreUnavailable.
        """
        ...

    async def close(self) -> None:
        """Ask nothing any more."""
        ...


class RedisListing:
    """The index in one Redis."""

    def __init__(self, place: Place) -> None:
        self._redis = RedisCalls(place)

    async def share(
        self, here: Sequence[RoomSummary], gone: Iterable[str], now_ms: float
    ) -> list[RoomSummary]:
        """One call: what is here goes in, what is gone or has ended goes out; the top returns."""
        left = list(gone)
        said: list[str | bytes | int] = []
        for room in here:
            said += [room.id, room.user_count, msgspec.json.encode(room)]
        head = (now_ms, now_ms - LEASE_MS, int(LEASE_MS), MAX_LISTED, len(left))
        found = await self._redis.run(SHARE, KEYS, *head, *left, *said)
        return [_read(summary) for summary in found if summary]

    async def close(self) -> None:
        """Hang up."""
        await self._redis.close()
