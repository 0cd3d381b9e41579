"""How a room comes to life in Redis: by its servers' copies, by what Redis kept, by the archive.

A Redis that has lost its rooms waits OFFERING_MS for its servers' copies (PROTOCOL.md, Order). The
highest seq is the newest state, also across epochs: each epoch begins beyond the one before it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import structs

from watchparty.core.idempotence import REMEMBERED_MS
from watchparty.core.keeping import SavedRoom, restore
from watchparty.core.protocol import OrderedEvent
from watchparty.core.state import Applied, Command, RoomState
from watchparty.store import redis_forms as forms
from watchparty.store import redis_scripts as scripts
from watchparty.store.base import (
    LEASE_MS,
    Answer,
    Archive,
    Kept,
    RoomRecord,
    Told,
    as_kept,
    fresh_state,
    told,
)
from watchparty.store.redis_calls import RedisCalls

KEPT_MS: Final = 24 * 3600 * 1000
"""A room that no server touches for this long is forgotten by Redis; the archive still has it."""

REVIVING_MS: Final = 3000
"""How long one server may take to fetch a room from the archive before another one tries."""

OFFER_KEPT_MS: Final = 60_000
"""Offers that nobody came to use."""

MAX_ANSWERS: Final = 512
"""Answers of one room that are offered to a lost Redis; the oldest beyond it are forgotten."""

Found = tuple[RoomRecord, RoomState, list[OrderedEvent]]
"""A room's record and state, and the events after the state that was held."""


class Held:
    """What this server knows of a room that it holds: what a lost Redis is told.

    A state goes with the answers of all events that led to it. Were one missing, its command could
    be repeated on a state that has it already.
    """

    def __init__(self, state: RoomState) -> None:
        self.state = state
        """The newest state seen."""
        self._answers: deque[tuple[float, str, Told]] = deque(maxlen=MAX_ANSWERS)

    def note(self, command: Command, answer: Answer, now_ms: float) -> None:
        """What we committed: a repeat must hear it from whatever Redis there is then."""
        self._remember(command.user_id, command.ref, told(answer), now_ms)
        if isinstance(answer, Applied):
            self.state = answer.state

    def saw(self, state: RoomState, events: Iterable[OrderedEvent], now_ms: float) -> None:
        """The newest state, and what other servers did since ours; or we, and were not told."""
        for event in events:
            self._remember(event.by, event.ref or None, event, now_ms)
        if state.epoch != self.state.epoch or state.seq > self.state.seq:
            self.state = state

    def _remember(self, user_id: str | None, ref: str | None, answer: Told, now_ms: float) -> None:
        if forms.is_remembered(user_id, ref):
            key = forms.answer_key(self.state.slug, user_id, ref)
            self._answers.append((now_ms, key, answer))

    def answers(self, now_ms: float) -> list[str | bytes]:
        """(answer key, instant and JSON) … of those that are still remembered."""
        said: list[str | bytes] = []
        for at_ms, key, answer in self._answers:
            if now_ms - at_ms <= REMEMBERED_MS:
                said += [key, b"%.17g\n%s" % (at_ms, forms.write_answer(answer))]
        return said


class Revival:
    """One server's part in it. Every call is bounded; StoreUnavailable: not now."""

    def __init__(
        self,
        redis: RedisCalls,
        archive: Archive,
        *,
        server: str,
        clock_id: Callable[[], str],
        new_epoch: Callable[[], str],
    ) -> None:
        self._redis = redis
        self._archive = archive
        self._server = server
        self._clock_id = clock_id
        self._new_epoch = new_epoch

    async def find(self, slug: str, held: Held | None, now_ms: float) -> Found | None:
        """A room that is live, leased by this server from now on."""
        keys = [
            forms.room_key(slug),
            forms.room_key(slug, ":servers"),
            forms.room_key(slug, ":events"),
        ]
        lease = (self._server, now_ms + LEASE_MS)
        found = await self._redis.run(scripts.OPEN, keys, *lease, KEPT_MS, known(held))
        return _read(found) if found else None

    async def revive(self, slug: str, held: Held | None, now_ms: float) -> Found:
        """A room that is not live in Redis. Raises NoSuchRoom; a closed one stays as it is."""
        left_ms = await self._offer(slug, held, now_ms) if held else await self._offers()
        await asyncio.sleep(min(left_ms, scripts.OFFERING_MS) / 1000)
        async with self._redis.alone(forms.room_key(slug, ":lock"), REVIVING_MS):
            live = await self.find(slug, held, now_ms)
            if live is not None:
                return live  # somebody was faster
            kept = await self._newest(slug, await self._archive.load(slug), now_ms)
            epoch = self._new_epoch()
            if kept.saved is None:
                state = fresh_state(kept, epoch)
            else:
                restored = restore(kept.saved, boot_id=self._clock_id(), new_epoch=epoch)
                state = as_kept(restored, kept)
            if kept.record.closed:
                return kept.record, state, []
            return await self._seed(slug, kept.record, state, now_ms)

    async def _offers(self) -> float:
        """For how many ms servers still offer what they hold."""
        keys = [scripts.RUN, scripts.OFFERING]
        _, left_ms = await self._redis.run(scripts.OFFERS, keys, scripts.OFFERING_MS)
        return float(left_ms)

    async def _offer(self, slug: str, held: Held, now_ms: float) -> float:
        keys = [
            forms.room_key(slug),
            forms.room_key(slug, ":offer"),
            forms.room_key(slug, ":offered"),
            scripts.RUN,
            scripts.OFFERING,
        ]
        state = held.state
        ours = (state.seq, forms.write(state), OFFER_KEPT_MS, *held.answers(now_ms))
        return float(await self._redis.run(scripts.OFFER, keys, scripts.OFFERING_MS, *ours))

    async def _newest(self, slug: str, kept: Kept, now_ms: float) -> Kept:
        """What the archive holds, or what servers or an older Redis have seen after that."""
        keys = [forms.room_key(slug, ":offer"), forms.room_key(slug)]
        states = map(forms.read_state, filter(None, await self._redis.run(scripts.OFFERED, keys)))
        newest = max(states, key=lambda state: state.seq, default=None)
        if newest is None or (kept.saved is not None and kept.saved.state.seq >= newest.seq):
            return kept
        saved = SavedRoom(newest, saved_at_ms=now_ms, boot_id=self._clock_id(), clean=False)
        return structs.replace(kept, saved=saved)

    async def _seed(self, slug: str, record: RoomRecord, state: RoomState, now_ms: float) -> Found:
        keys = [
            forms.room_key(slug, part) for part in ("", ":servers", ":events", ":offer", ":offered")
        ]
        lease = (self._server, now_ms + LEASE_MS)
        seed = (forms.write(record), forms.write(state), state.epoch, state.seq)
        remembered_ms = int(REMEMBERED_MS)
        found = await self._redis.run(scripts.SEED, keys, *lease, *seed, KEPT_MS, remembered_ms)
        return _read(found)


def known(held: Held | None) -> int | str:
    """The event after which a script is to tell all, or '' for none."""
    return "" if held is None else held.state.seq


def _read(found: list[bytes]) -> Found:
    record, state, *events = found
    return forms.read_record(record), forms.read_state(state), list(map(forms.read_event, events))
