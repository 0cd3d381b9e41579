"""The store of a single process: live rooms in memory, kept in the archive as they change."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sync.core.bucket import Limit, TokenBucket
from watchparty.core.idempotence import Ledger
from watchparty.core.keeping import SavedRoom, restore
from watchparty.core.protocol import OrderedEvent, User
from watchparty.core.state import Applied, Command, Limited, RoomState
from watchparty.store.base import (
    HELD_EVENTS,
    Answer,
    Archive,
    CasStore,
    Conflict,
    NoSuchRoom,
    Outcome,
    RoomIsClosed,
    RoomRecord,
    Told,
    as_kept,
    fresh_state,
    told,
)
from watchparty.store.locks import Locks
from watchparty.store.records import Note, Record, about

SWEEP_EVERY: Final = 1024
"""After so many draws the full, hence forgettable, buckets of persons are dropped."""


class _Live:
    """One live room."""

    def __init__(self, record: RoomRecord, state: RoomState) -> None:
        self.record = record
        self.state = state
        self.events: deque[OrderedEvent] = deque(maxlen=HELD_EVENTS)
        self.ledger: Ledger[Told] = Ledger()


class MemoryStore(CasStore):
    """Rooms of this process. What a SIGKILL may cost is what the archive has not written yet."""

    def __init__(
        self,
        archive: Archive,
        limits: Mapping[str, Limit],
        *,
        boot_id: str,
        new_epoch: Callable[[], str],
        note: Note | None = None,
    ) -> None:
        self._note = note
        """Told of every event, for history."""
        self._archive = archive
        self._limits = limits
        self._boot_id = boot_id
        self._new_epoch = new_epoch
        self._rooms: dict[str, _Live] = {}
        self._locks = Locks()
        self._buckets: dict[tuple[str, str], TokenBucket] = {}
        self._draws = 0

    async def open(self, slug: str, now_ms: float) -> tuple[RoomRecord, RoomState]:
        """A room's record and state, live from now on. Raises NoSuchRoom, RoomIsClosed."""
        live = self._rooms.get(slug) or await self._revive(slug)
        if live.record.closed or live.state.closed:
            raise RoomIsClosed(slug)
        return live.record, live.state

    async def since(self, slug: str, epoch: str, seq: int) -> list[OrderedEvent] | None:
        """The ordered events after `seq`, oldest first; None when not all of them are held."""
        live = self._live(slug)
        if epoch != live.state.epoch or seq > live.state.seq:
            return None
        missed = [event for event in live.events if event.seq > seq]
        return missed if len(missed) == live.state.seq - seq else None

    async def take(self, person: str, action: str, now_ms: float) -> float:
        """Draw on a person's bucket over all sockets: 0 when granted, else ms to wait."""
        return self._draw(person, action, now_ms)

    async def give_back(self, person: str, action: str) -> None:
        """Return what `take` has drawn, at once or later."""
        if (bucket := self._buckets.get((person, action))) is not None:
            bucket.give_back()

    async def attend(
        self,
        slug: str,
        users: Iterable[User],
        gone: Iterable[str],
        now_ms: float,
        *,
        whole: bool = False,
    ) -> int:
        """Nobody needs to be told: there is no other server."""
        return 0

    async def others(self, slug: str, now_ms: float) -> list[User]:
        """Nobody: there is no other server."""
        return []

    async def release(self, slug: str, now_ms: float) -> None:
        """The room is live no more; it is kept in good order."""
        async with self._locks.alone_with(slug):
            live = self._rooms.pop(slug, None)
            if live is not None:
                self._keep(live.state, now_ms, clean=True)
                await self._archive.flush()

    async def close(self, now_ms: float) -> None:
        """Release every room and write everything."""
        for slug in list(self._rooms):
            live = self._rooms.pop(slug)
            self._keep(live.state, now_ms, clean=True)
        await self._archive.flush()

    async def _read(
        self, slug: str, command: Command, now_ms: float
    ) -> tuple[RoomState, Told | None]:
        live = self._live(slug)
        return live.state, self._recall(live, command, now_ms)

    async def _commit(
        self, slug: str, before: RoomState, command: Command, answer: Answer, now_ms: float
    ) -> Outcome | Conflict:
        live = self._live(slug)
        remembered = self._recall(live, command, now_ms)
        if remembered is not None:
            return Outcome(remembered, repeated=True)
        if live.state.seq != before.seq or live.state.epoch != before.epoch:
            return Conflict()
        if command.person is not None and command.action is not None:
            retry_in_ms = self._draw(command.person, command.action, now_ms)
            if retry_in_ms:
                return Outcome(Limited(command.action, retry_in_ms))
        if isinstance(answer, Applied):
            live.state = answer.state
            live.events.append(answer.event)
            self._keep(answer.state, now_ms, clean=False)
            if self._note is not None:
                self._note(Record(about(slug, command, now_ms), answer.event))
        if command.user_id is not None and command.ref is not None:
            live.ledger.remember(command.user_id, command.ref, told(answer), now_ms)
        return Outcome(answer)

    def _live(self, slug: str) -> _Live:
        live = self._rooms.get(slug)
        if live is None:
            raise NoSuchRoom(slug)
        return live

    def _recall(self, live: _Live, command: Command, now_ms: float) -> Told | None:
        if command.user_id is None or command.ref is None:
            return None
        return live.ledger.recall(command.user_id, command.ref, now_ms)

    def _draw(self, person: str, action: str, now_ms: float) -> float:
        limit = self._limits.get(action)
        if limit is None:
            return 0.0
        self._draws += 1
        if self._draws % SWEEP_EVERY == 0:
            self._buckets = {
                key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now_ms)
            }
        bucket = self._buckets.get((person, action))
        if bucket is None:
            bucket = self._buckets[person, action] = TokenBucket(limit, now_ms)
        return bucket.take(now_ms)

    async def _revive(self, slug: str) -> _Live:
        async with self._locks.alone_with(slug):
            if slug in self._rooms:
                return self._rooms[slug]  # somebody was faster
            kept = await self._archive.load(slug)
            epoch = self._new_epoch()
            if kept.saved is None:
                state = fresh_state(kept, epoch)
            else:
                restored = restore(kept.saved, boot_id=self._boot_id, new_epoch=epoch)
                state = as_kept(restored, kept)
            live = _Live(kept.record, state)
            if not live.record.closed:
                self._rooms[slug] = live
            return live

    def _keep(self, state: RoomState, now_ms: float, *, clean: bool) -> None:
        self._archive.keep(
            SavedRoom(state=state, saved_at_ms=now_ms, boot_id=self._boot_id, clean=clean)
        )
