"""Redis as the clock of a cluster: its TIME, and the anchor that the servers share in it.

csw:clock          hash: generation, base (µs), run, number
csw:clock:beats    hash: beat, and who last agreed at which beat

TIME stands still within a script, at an instant between T1 and T4: all that an exchange needs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from sync.core.anchor import Anchor, Proposal, Reading
from sync.redis_place import PATIENCE_S, Place

KEYS: Final = ("csw:{clock}", "csw:{clock}:beats")

READ: Final = """
local time = redis.call('TIME')
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local held = redis.call('HMGET', KEYS[1], 'generation', 'base', 'run', 'number')
local beats, server, agreed = KEYS[2], ARGV[1], tonumber(ARGV[2])
local beat = redis.call('HINCRBY', beats, 'beat', 1)
local last = redis.call('HMGET', beats, 'by', 'at', 'before')
local others = last[2]
if last[1] == server then others = last[3] end
if agreed > 0 then
  if last[1] and last[1] ~= server then redis.call('HSET', beats, 'before', last[2]) end
  redis.call('HSET', beats, 'by', server, 'at', agreed)
end
return {time[1], time[2], run, beat, others or '0', held[1], held[2], held[3], held[4]}
"""
"""ARGV server, the last beat at which it agreed (0: no word) → seconds, µs, run_id, beat, the last
beat at which another server agreed, and the anchor's fields."""

ANCHOR: Final = """
local held = redis.call('HGET', KEYS[1], 'number') or '0'
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if held ~= ARGV[1] or run ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'run', run, 'generation', ARGV[3], 'base', ARGV[4], 'number', ARGV[5])
redis.call('HDEL', KEYS[2], 'by', 'at', 'before')
return 1
"""
"""ARGV number expected, run_id, generation, base, number → 1, or 0 if another was faster."""


class RedisAwayError(Exception):
    """Redis did not answer in time, or not as it should."""


class RedisTime:
    """One server's own line to Redis for the clock alone, so that no other call delays a reading.

    Nothing is retried. Every call ends within PATIENCE_S.
    """

    def __init__(self, place: Place, server: str, raw_ns: Callable[[], int]) -> None:
        self._redis = Redis.from_pool(place.pool())
        self._server = server
        self._raw_ns = raw_ns
        self._read = self._redis.register_script(READ)
        self._anchor = self._redis.register_script(ANCHOR)

    async def read(self, agreed_beat: int) -> Reading:
        """One exchange, in which we say at which beat we last agreed. Raises RedisAwayError."""
        t1_ns = self._raw_ns()
        found = await self._bounded(self._read(keys=KEYS, args=(self._server, agreed_beat)))
        t4_ns = self._raw_ns()
        seconds, micros, run_id, beat, others, *held = found
        return Reading(
            t1_ns=t1_ns,
            t4_ns=t4_ns,
            time_us=int(seconds) * 1_000_000 + int(micros),
            run_id=run_id.decode(),
            beat=int(beat),
            others_beat=int(others),
            anchor=_anchor(held),
        )

    async def propose(self, proposal: Proposal) -> bool:
        """Set an anchor if Redis still holds what was expected. Raises RedisAwayError."""
        new = proposal.anchor
        arguments = (proposal.expected, new.run_id, new.generation, new.base_us, new.number)
        return bool(await self._bounded(self._anchor(keys=KEYS, args=arguments)))

    async def close(self) -> None:
        """Hang up."""
        await self._redis.aclose()

    async def _bounded(self, call: Awaitable[Any]) -> Any:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await call
        except (RedisError, OSError) as problem:  # TimeoutError is an OSError
            raise RedisAwayError(f"{type(problem).__name__} {problem}") from problem


def _anchor(held: list[bytes | None]) -> Anchor | None:
    generation, base, run, number = held
    if generation is None or base is None or run is None or number is None:
        return None
    return Anchor(int(generation), int(base), run.decode(), int(number))
