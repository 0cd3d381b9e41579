"""What waits for the database in a cluster: a stream in Redis that every server may work off.

The store's COMMIT script adds each event in the step that makes it true. A consumer group gives it
to one server; one that died before it was done is stood in for after CLAIM_AFTER_MS. What the
database has is deleted, so the stream holds what waits and no more.
"""

import asyncio
import logging
from itertools import count
from typing import Any, Final

import msgspec

from watchparty.history.backlog import MOST_AT_ONCE, Batch, Figures
from watchparty.store import redis_forms as forms
from watchparty.store.records import Record, read_about
from watchparty.store.redis_calls import RedisCalls

POLL_S: Final = 0.2
"""An empty stream is looked at this often by each server."""

CLAIM_AFTER_MS: Final = 15_000
"""So long after taking something a server that is not done with it is stood in for."""

CLAIM_EVERY: Final = 25
"""Takings between two looks at what others have left undone."""

FORGET_AFTER_MS: Final = 3_600_000
"""A server that has taken nothing for so long, and owes nothing, is no consumer any more."""

GROUP: Final = "history"

_TAKE: Final = """
local stream, consumer, many, idle = KEYS[1], ARGV[2], ARGV[3], ARGV[4]
local function read(from)
  local found = redis.pcall('XREADGROUP', 'GROUP', ARGV[1], consumer, 'COUNT', many,
                            'STREAMS', stream, from)
  if found and found.err then
    redis.call('XGROUP', 'CREATE', stream, ARGV[1], '0', 'MKSTREAM')
    found = redis.call('XREADGROUP', 'GROUP', ARGV[1], consumer, 'COUNT', many,
                       'STREAMS', stream, from)
  end
  return found and found[1] and found[1][2] or {}
end
local entries = {}
if ARGV[5] == '1' then entries = read('0') end
if #entries == 0 and idle ~= '' then
  local claimed = redis.pcall('XAUTOCLAIM', stream, ARGV[1], consumer, idle, '0-0', 'COUNT', many)
  if not claimed.err then entries = claimed[2] end
  for _, one in ipairs(redis.pcall('XINFO', 'CONSUMERS', stream, ARGV[1])) do
    local idle_for = one[6]
    if one[2] ~= consumer and one[4] == 0 and idle_for > tonumber(ARGV[6]) then
      redis.call('XGROUP', 'DELCONSUMER', stream, ARGV[1], one[2])
    end
  end
end
if #entries == 0 then entries = read('>') end
local told = {}
for _, entry in ipairs(entries) do
  local fields = entry[2] or {}
  told[#told + 1] = {entry[1], fields[2] or '', fields[4] or ''}
end
return told
"""
"""KEYS stream; ARGV group, consumer, most, idle ms or '' for no claims, whether to begin with what
we owe, forgotten after ms → (id, about, event) …; both empty for what was trimmed meanwhile."""

_DONE: Final = """
local stream, written = KEYS[1], KEYS[2]
local many = tonumber(ARGV[2])
for index = 3, #ARGV do
  local acknowledged = redis.call('XACK', stream, ARGV[1], ARGV[index])
  if index - 2 <= many then redis.call('INCRBY', written, acknowledged) end
  redis.call('XDEL', stream, ARGV[index])
end
return 0
"""
"""KEYS stream, written; ARGV group, how many are written, their ids, then ids that were lost."""

_FIGURES: Final = """
local length = redis.call('XLEN', KEYS[1])
if redis.call('EXISTS', KEYS[1]) == 0 then return {0, 0} end
local info = redis.call('XINFO', 'STREAM', KEYS[1])
local added = length
for index = 1, #info, 2 do
  if info[index] == 'entries-added' then added = info[index + 1] end
end
return {length, added - length - tonumber(redis.call('GET', KEYS[2]) or 0)}
"""
"""KEYS stream, written → (how many wait, how many were trimmed before anybody wrote them)."""

_KEYS: Final = (forms.HISTORY_KEY, forms.HISTORY_KEY + ":written")

logger = logging.getLogger(__name__)


class RedisBacklog:
    """One server's part in working off one Redis' stream."""

    survives = True

    def __init__(self, redis: RedisCalls, server: str) -> None:
        self._redis = redis
        self._server = server
        self._owes = True
        """Whether something may have been given to us that is not done."""
        self._found_nothing = False
        self._takings = count()

    async def worth_taking(self) -> None:
        """Return at once while there is more, else after a moment."""
        if self._found_nothing:
            await asyncio.sleep(POLL_S)

    async def take(self) -> Batch:
        """What we owe, what a dead server owed, or what is new."""
        claims = next(self._takings) % CLAIM_EVERY == 0
        owes, self._owes = self._owes, True
        entries = await self._redis.run(
            _TAKE,
            _KEYS[:1],
            *(GROUP, self._server, MOST_AT_ONCE, CLAIM_AFTER_MS if claims else ""),
            *(int(owes), FORGET_AFTER_MS),
        )
        self._owes = bool(entries)
        self._found_nothing = not entries
        return _read(entries)

    async def done(self, batch: Batch) -> None:
        """Acknowledge and delete them: the database has them."""
        ids = (*batch.ids, *batch.lost)
        if ids:
            await self._redis.run(_DONE, _KEYS, GROUP, len(batch.ids), *ids)
        self._owes = False

    async def figures(self) -> Figures:
        """How long the stream is, and how many events it had no place for."""
        waiting, dropped = await self._redis.run(_FIGURES, _KEYS)
        return Figures(int(waiting), max(int(dropped), 0))

    async def close(self) -> None:
        """Hang up; what waits is there for the other servers."""
        await self._redis.close()


def _read(entries: list[Any]) -> Batch:
    records: list[Record] = []
    ids, lost = [], []
    for name, about, event in entries:
        try:
            record = Record(read_about(about), forms.read_event(event)) if about else None
        except msgspec.DecodeError:
            logger.exception("history: what a server of another version wrote is left out")
            record = None
        if record is None:
            lost.append(name.decode())
        else:
            records.append(record)
            ids.append(name.decode())
    return Batch(records, ids, lost)
