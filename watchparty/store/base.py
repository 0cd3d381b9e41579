"""The contract of a room store, and the one loop (compare and set, with retry) all stores share.

Guarantees, checked by tests/store_contract.py on every store:

- **Order.** The events of a room are numbered without gap under its epoch; two servers that apply
  commands at once get two different numbers, and each decision was made on the state before it.
- **Atomicity.** State, event, remembered answer and the person's bucket change together or not at
  all. A commit that raises `StoreUnavailable` may have happened: asking again with the same `ref`
  tells, and applies at most once.
- **Idempotence.** One (user, ref) is applied once; within 60 s a repeat gets the first answer.
- **Expiry.** Answers are remembered 60 s, events as long as `since` says, rooms until `release`.
- **Restart.** What survives is what the archive holds; a room that did not leave in good order
  comes back under a new epoch. A shared store (Redis) outlives its servers: a room goes on under
  its epoch as long as the store itself has lost nothing.
- **Presence.** Who is where is leased: what a server says of its members holds for LEASE_MS from
  the instant it gives, and then ends by itself. `attend` and `others` are each one step, so of two
  servers that each claim a place and then count, one at least sees the other. A store of one
  process has nobody to tell: it answers 0 and nobody.
- **Leaving.** A room stays live while any server holds it (from `open` on, renewed by `attend`),
  and is kept in good order by the last one that releases it.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from msgspec import Struct, structs

from sync.tally import TALLY
from watchparty.core.keeping import SavedRoom
from watchparty.core.playhead import Playhead
from watchparty.core.protocol import OrderedEvent, RoomSettings, Source, User
from watchparty.core.room import apply
from watchparty.core.state import Applied, Command, Limited, Moot, Refusal, RoomState

MAX_ATTEMPTS: Final = 32
"""Commits lost in a row to other servers before a command is given up as `unavailable`."""

HELD_EVENTS: Final = 512
"""Events of a room that are held for those who missed some."""

LEASE_MS: Final = 15_000.0
"""So long after a server was last heard of its members are gone (DESIGN section 6)."""


class NoSuchRoom(Exception):  # noqa: N818 - an answer of the store, not an error
    """There is no room of this name."""


class RoomIsClosed(Exception):  # noqa: N818
    """The room is over."""


class StoreUnavailable(Exception):  # noqa: N818
    """The store did not answer in time: the outcome is unknown."""


class RoomRecord(Struct, frozen=True):
    """What is known of a room apart from its playback."""

    slug: str
    title: str
    created_by: str
    created_at_ms: float
    max_users: int
    is_public: bool
    closed: bool = False


class Kept(Struct, frozen=True):
    """A room as the archive holds it: `saved` is None until it was first played in."""

    record: RoomRecord
    settings: RoomSettings
    source: Source | None
    saved: SavedRoom | None


Answer = Applied | Refusal
"""What a command was decided to be."""

Told = OrderedEvent | Refusal
"""What is remembered of an answer and told to a repeat: without the state, and all its chat."""


class Outcome(Struct, frozen=True):
    """The result of a command. `repeated`: it is the remembered answer, for its sender alone."""

    answer: Answer | Told | Limited | Moot
    repeated: bool = False


class Conflict(Struct, frozen=True):
    """Another server was faster; decide again on the state that is there now."""


class Archive(Protocol):
    """Where rooms are kept when they are not live (the database). Never on the hot path."""

    async def load(self, slug: str) -> Kept:
        """A room as it was last kept, durably marked as live before this returns.

        From then on it counts as not having left in good order until a clean state is kept.
        Raises NoSuchRoom.
        """
        ...

    def keep(self, saved: SavedRoom) -> None:
        """Note a state to be written soon; returns at once, the latest of a room wins."""
        ...

    async def flush(self) -> None:
        """Write everything noted; returns when it is safe."""
        ...


class RoomStore(Protocol):
    """Live rooms. Every method is bounded in time; StoreUnavailable: it cannot answer now."""

    def watch(self, changed: Callable[[], None], now_ms: Callable[[], float]) -> None:
        """Call `changed` whenever rooms were lost or came back, from now on and on this loop."""
        ...

    def away_since(self, slug: str) -> float | None:
        """Since when (media ms) this room is known to be out of reach; None: it is not."""
        ...

    async def open(self, slug: str, now_ms: float) -> tuple[RoomRecord, RoomState]:
        """A room's record and state, live from now on. Raises NoSuchRoom, RoomIsClosed."""
        ...

    async def apply(self, slug: str, command: Command, now_ms: float) -> Outcome:
        """Decide one command on the newest state and commit it."""
        ...

    async def since(self, slug: str, epoch: str, seq: int) -> list[OrderedEvent] | None:
        """The ordered events after `seq`, oldest first; None when not all of them are held."""
        ...

    async def take(self, person: str, action: str, now_ms: float) -> float:
        """Draw on a person's bucket over all sockets: 0 when granted, else ms to wait."""
        ...

    async def give_back(self, person: str, action: str) -> None:
        """Return what `take` has drawn, at once or later."""
        ...

    async def attend(
        self,
        slug: str,
        users: Iterable[User],
        gone: Iterable[str],
        now_ms: float,
        *,
        whole: bool = False,
    ) -> int:
        """Say who is here and who has gone, and renew this server's lease.

        `whole`: nobody else is here. Returns how many members the other servers have.
        """
        ...

    async def others(self, slug: str, now_ms: float) -> list[User]:
        """The members at the other servers whose leases have not run out."""
        ...

    async def release(self, slug: str, now_ms: float) -> None:
        """Hold the room here no more. If nobody does, it is kept in good order."""
        ...

    async def close(self, now_ms: float) -> None:
        """Release every room and write everything."""
        ...


def told(answer: Answer) -> Told:
    """What a repeat hears of an answer."""
    return answer.event if isinstance(answer, Applied) else answer


class CasStore:
    """`apply` over two primitives: read the newest state, and commit on condition of its seq."""

    def watch(self, changed: Callable[[], None], now_ms: Callable[[], float]) -> None:
        """A store within the process is never lost."""

    def away_since(self, slug: str) -> float | None:
        """Never."""
        return None

    async def _read(
        self, slug: str, command: Command, now_ms: float
    ) -> tuple[RoomState, Told | None]:
        """The newest state, and the answer already given to this command if it is a repeat."""
        raise NotImplementedError

    async def _commit(
        self, slug: str, before: RoomState, command: Command, answer: Answer, now_ms: float
    ) -> Outcome | Conflict:
        """In one step: a repeat → its answer; not `before` → Conflict; bucket empty → Limited."""
        raise NotImplementedError

    async def apply(self, slug: str, command: Command, now_ms: float) -> Outcome:
        """Decide one command on the newest state and commit it."""
        for _ in range(MAX_ATTEMPTS):
            before, remembered = await self._read(slug, command, now_ms)
            if remembered is not None:
                return Outcome(remembered, repeated=True)
            answer = apply(before, command, now_ms)
            if isinstance(answer, Moot | Limited):
                return Outcome(answer)
            committed = await self._commit(slug, before, command, answer, now_ms)
            if not isinstance(committed, Conflict):
                return committed
            TALLY.conflicts += 1
            await asyncio.sleep(0)
        raise StoreUnavailable(f"{slug}: lost {MAX_ATTEMPTS} commits in a row")


def fresh_state(kept: Kept, epoch: str) -> RoomState:
    """The state of a room in which nothing has happened yet: its film stands at 0."""
    state = as_kept(RoomState(slug=kept.record.slug, epoch=epoch, settings=kept.settings), kept)
    if kept.source is None:
        return state
    return structs.replace(
        state,
        source=kept.source,
        duration_s=kept.source.duration,
        playhead=Playhead(position_s=0.0, at_ms=0.0),
    )


def as_kept(state: RoomState, kept: Kept) -> RoomState:
    """The state with what its record says: an administrator may have changed that meanwhile."""
    record = kept.record
    settings = structs.replace(
        state.settings, title=record.title, public=record.is_public, max_users=record.max_users
    )
    people = state.people
    if not people.rightful and record.created_by:
        people = structs.replace(people, rightful=record.created_by, owner=record.created_by)
    return structs.replace(state, settings=settings, people=people)
