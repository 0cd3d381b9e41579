"""The store of many servers: live rooms in Redis, changed by scripts, kept in the archive."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sync.core.bucket import Limit
from watchparty.core.idempotence import REMEMBERED_MS
from watchparty.core.keeping import SavedRoom
from watchparty.core.protocol import OrderedEvent, User
from watchparty.core.state import Applied, Command, Limited, RoomState
from watchparty.store import redis_forms as forms
from watchparty.store import redis_scripts as scripts
from watchparty.store.base import (
    HELD_EVENTS,
    LEASE_MS,
    Answer,
    Archive,
    CasStore,
    Conflict,
    NoSuchRoom,
    Outcome,
    RoomIsClosed,
    RoomRecord,
    StoreUnavailable,
    Told,
    told,
)
from watchparty.store.locks import Locks
from watchparty.store.redis_revival import KEPT_MS, Held, known
from watchparty.store.redis_shards import Shards

HISTORY_MOST: Final = 50_000
"""Events that wait in Redis for the database, at most (a little more, as Redis trims by pages)."""

logger = logging.getLogger(__name__)


class RedisStore(CasStore):
    """Rooms that any number of servers hold at once. One object for each server process."""

    def __init__(
        self,
        shards: Shards,
        archive: Archive,
        limits: Mapping[str, Limit],
        *,
        server: str,
        clock_id: Callable[[], str],
        history_most: int = HISTORY_MOST,
    ) -> None:
        self._shards = shards
        self._history_most = history_most
        self._archive = archive
        self._limits = limits
        self._server = server
        self._clock_id = clock_id
        self._locks = Locks()
        self._held: dict[str, Held] = {}

    # -- Loss and return ---------------------------------------------------------------------

    def watch(self, changed: Callable[[], None], now_ms: Callable[[], float]) -> None:
        """Call `changed` whenever Redis was lost or came back, from now on and on this loop."""
        for shard in self._shards.all:
            shard.watch.start(changed, now_ms)

    def away_since(self, slug: str) -> float | None:
        """Since when (media ms) Redis does not answer; None: it does."""
        return self._shards.of(slug).watch.away_since_ms

    @property
    def places_up(self) -> dict[str, bool]:
        """Whether each Redis answers, by the name of its place."""
        return {shard.calls.name: shard.watch.away_since_ms is None for shard in self._shards.all}

    # -- Rooms -------------------------------------------------------------------------------

    async def open(self, slug: str, now_ms: float) -> tuple[RoomRecord, RoomState]:
        """A room's record and state, live and held by this server from now on."""
        async with self._locks.alone_with(slug):
            held = self._held.get(slug)
            revival = self._shards.of(slug).revival
            found = await revival.find(slug, held, now_ms)
            record, state, events = found or await revival.revive(slug, held, now_ms)
            if record.closed or state.closed:
                raise RoomIsClosed(slug)
            if held is None:
                self._held[slug] = Held(state)
            else:
                held.saw(state, events, now_ms)
            return record, state

    async def since(self, slug: str, epoch: str, seq: int) -> list[OrderedEvent] | None:
        """The ordered events after `seq`, oldest first; None when not all of them are held."""
        keys = [forms.room_key(slug), forms.room_key(slug, ":events")]
        found = await self._shards.of(slug).calls.run(scripts.SINCE, keys, seq)
        if not found:
            if slug in self._held:
                return None  # Redis has lost it; opening it again brings it back
            raise NoSuchRoom(slug)
        newest = int(found[1])
        if found[0].decode() != epoch or seq > newest:
            return None
        missed = [forms.read_event(event) for event in found[2:]]
        return missed if len(missed) == newest - seq else None

    async def take(self, person: str, action: str, now_ms: float) -> float:
        """Draw on a person's bucket over all sockets and servers: 0, else ms to wait."""
        limit = self._limits.get(action)
        if limit is None:
            return 0.0
        drawn = await self._shards.of(person).calls.run(
            scripts.TAKE, [forms.bucket_key(person, action)], now_ms, limit.capacity, limit.per_ms
        )
        return float(drawn)

    async def give_back(self, person: str, action: str) -> None:
        """Return what `take` has drawn, at once or later."""
        if (limit := self._limits.get(action)) is not None:
            await self._shards.of(person).calls.run(
                scripts.GIVE_BACK, [forms.bucket_key(person, action)], limit.capacity
            )

    async def release(self, slug: str, now_ms: float) -> None:
        """Hold the room here no more; if nobody does, it is kept in good order."""
        async with self._locks.alone_with(slug):
            state = await self._leave(slug, now_ms)
            if state is not None:
                self._keep(state, now_ms, clean=True)
                await self._archive.flush()
                await self._drop(state, now_ms)

    async def close(self, now_ms: float) -> None:
        """Release every room held here and write everything."""
        for shard in self._shards.all:
            await shard.watch.close()
        unheld = []
        try:
            for slug in list(self._held):
                state = await self._leave(slug, now_ms)
                if state is not None:
                    unheld.append(state)
                    self._keep(state, now_ms, clean=True)
        except StoreUnavailable:
            logger.warning("Redis does not answer; the leases of this server run out by themselves")
        await self._archive.flush()
        try:
            for state in unheld:
                await self._drop(state, now_ms)
        except StoreUnavailable:
            logger.warning("Redis does not answer; it forgets the rooms of this server in a day")
        await self._shards.close()

    # -- Presence ----------------------------------------------------------------------------

    async def attend(
        self,
        slug: str,
        users: Iterable[User],
        gone: Iterable[str],
        now_ms: float,
        *,
        whole: bool = False,
    ) -> int:
        """Say who is here, for LEASE_MS from now; returns how many are at the other servers."""
        said: list[str | bytes] = []
        for user in users:
            said += [user.id, forms.write(user)]
        for user_id in gone:
            said += [user_id, ""]
        keys = [forms.room_key(slug, ":servers"), forms.room_key(slug, f":at:{self._server}")]
        head = (
            forms.room_key(slug, ":at:"),
            self._server,
            now_ms,
            now_ms + LEASE_MS,
            KEPT_MS,
            int(whole),
        )
        return int(await self._shards.of(slug).calls.run(scripts.ATTEND, keys, *head, *said))

    async def others(self, slug: str, now_ms: float) -> list[User]:
        """The members at the other servers whose leases have not run out."""
        keys = [forms.room_key(slug, ":servers")]
        found = await self._shards.of(slug).calls.run(
            scripts.OTHERS, keys, forms.room_key(slug, ":at:"), self._server, now_ms
        )
        return [forms.read_user(user) for user in found]

    # -- Compare and set ---------------------------------------------------------------------

    async def _read(
        self, slug: str, command: Command, now_ms: float
    ) -> tuple[RoomState, Told | None]:
        answer_key = forms.answer_key(slug, command.user_id, command.ref)
        keys = [forms.room_key(slug), answer_key, forms.room_key(slug, ":events")]
        line = self._shards.of(slug).calls
        is_remembered = forms.is_remembered(command.user_id, command.ref)
        asked = (int(is_remembered), now_ms, REMEMBERED_MS)
        held = self._held.get(slug)
        found = await line.run(scripts.READ, keys, *asked, known(held))
        if not found:
            await self._bring_back(slug, now_ms)
            found = await line.run(scripts.READ, keys, *asked, known(held))
            if not found:
                raise StoreUnavailable(f"{slug}: Redis has lost it again")
        told_state, remembered, *events = found
        state = forms.read_state(told_state)
        if held is not None:
            held.saw(state, map(forms.read_event, events), now_ms)
        if remembered and line.is_replicated:  # a repeat is an acknowledgement, too
            await line.run_safely(scripts.TOUCH, [answer_key])
        return state, forms.read_answer(remembered) if remembered else None

    async def _commit(
        self, slug: str, before: RoomState, command: Command, answer: Answer, now_ms: float
    ) -> Outcome | Conflict:
        limit = self._limits.get(command.action or "") if command.person is not None else None
        keys = [
            forms.room_key(slug),
            forms.room_key(slug, ":events"),
            forms.answer_key(slug, command.user_id, command.ref),
            forms.bucket_key(command.person, command.action),
            forms.HISTORY_KEY,
        ]
        verdict, *details = await self._shards.of(slug).calls.run_safely(
            scripts.COMMIT,
            keys,
            *(before.epoch, before.seq, now_ms),
            *(int(forms.is_remembered(command.user_id, command.ref)), REMEMBERED_MS),
            forms.write_answer(told(answer)),
            *((limit.capacity, limit.per_ms) if limit else (0, 0)),
            *forms.change(answer),
            *(HELD_EVENTS, KEPT_MS),
            *(self._history_most, forms.origin(slug, command, now_ms)),
        )
        match verdict:
            case b"done":
                self._note(slug, command, answer, now_ms)
                return Outcome(answer)
            case b"repeat":
                return Outcome(forms.read_answer(details[0]), repeated=True)
            case b"limited":
                return Outcome(Limited(command.action or "", float(details[0])))
            case _:  # a conflict, or Redis has just lost the room: the next reading tells
                return Conflict()

    # -- Going live and back -----------------------------------------------------------------

    def _note(self, slug: str, command: Command, answer: Answer, now_ms: float) -> None:
        """What we have just committed: for the archive, and for a Redis that loses it."""
        held = self._held.get(slug)
        if held is not None:
            held.note(command, answer, now_ms)
        if isinstance(answer, Applied):
            self._keep(answer.state, now_ms, clean=False)

    async def _bring_back(self, slug: str, now_ms: float) -> None:
        """Redis does not know a room: nobody opened it, or Redis was lost while we hold it."""
        if slug not in self._held:
            raise NoSuchRoom(slug)
        await self.open(slug, now_ms)

    async def _leave(self, slug: str, now_ms: float) -> RoomState | None:
        """Give up our hold; the room's state when it was the last one."""
        keys = [
            forms.room_key(slug),
            forms.room_key(slug, ":servers"),
            forms.room_key(slug, f":at:{self._server}"),
        ]
        found = await self._shards.of(slug).calls.run(scripts.LEAVE, keys, self._server, now_ms)
        self._held.pop(slug, None)
        return forms.read_state(found[0]) if found else None

    async def _drop(self, state: RoomState, now_ms: float) -> None:
        slug = state.slug
        keys = [
            forms.room_key(slug),
            forms.room_key(slug, ":servers"),
            forms.room_key(slug, ":events"),
        ]
        await self._shards.of(slug).calls.run(scripts.DROP, keys, state.epoch, state.seq, now_ms)

    def _keep(self, state: RoomState, now_ms: float, *, clean: bool) -> None:
        self._archive.keep(
            SavedRoom(state=state, saved_at_ms=now_ms, boot_id=self._clock_id(), clean=clean)
        )
