"""Live rooms of all servers for who administers them: told only while somebody looks."""

import heapq
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from watchparty.core.live import (
    LiveMember,
    LiveRecord,
    ServerLoad,
    thinned,
)
from watchparty.core.presence import Roster, rank
from watchparty.core.state import RoomState
from watchparty.history.book import FOLLOWING
from watchparty.hub.sharing import SHARE_EVERY_S, Sharing
from watchparty.store.base import LEASE_MS, StoreUnavailable
from watchparty.store.board import Pinned, WatchedBoard

MAX_READ: Final = 200
"""Entries that one look reads: the fullest rooms, each once for every server that it lives on."""

SETTLING_MS: Final = 2 * SHARE_EVERY_S * 1000.0
"""So long after the first look others may not have told anything yet."""

Others = Literal["none", "asked", "heard", "lost"]
"""Other servers: there are none; were asked just now; have told; cannot be asked: Redis is away."""

_read: Final = msgspec.json.Decoder(LiveRecord).decode


class Sight(Struct, frozen=True):
    """What one look sees."""

    records: list[LiveRecord]
    now_ms: float
    """When it was asked for (media clock)."""
    others: Others
    heard_ms: float
    """When other servers were heard of last; 0: never."""


def record_of(
    state: RoomState,
    roster: Roster[Any],
    server: ServerLoad,
    now_ms: float,
    *,
    degraded: bool,
    most: int,
) -> LiveRecord | None:
    """A room as this server has it, with at most so many of its members.

    None where it is over, or nobody is here.
    """
    seats = roster.seats_here()
    if state.closed or not seats:
        return None
    first = heapq.nsmallest(most, seats, key=lambda seat: rank(seat.user))
    statuses = [seat.status for seat in seats if seat.status is not None]
    drifts = sorted(abs(one.drift_ms) for one in statuses if one.state in FOLLOWING)
    gate = state.waiting
    return LiveRecord(
        slug=state.slug,
        title=state.settings.title,
        film=state.source.title if state.source else "",
        at_ms=now_ms,
        server=server,
        members=[LiveMember(one.user, one.status, one.gone_at_ms is not None) for one in first],
        count=len(seats),
        people=len(roster),
        drifts_ms=[round(drift, 3) for drift in thinned(drifts)],
        buffering=sum(one.state == "buffering" for one in statuses),
        playhead=state.playhead,
        epoch=state.epoch,
        seq=state.seq,
        duration_s=state.duration_s,
        ended=state.ended,
        waiting=gate.reason if gate else "",
        waiting_for=gate.user_ids if gate else (),
        locked=state.settings.locked,
        degraded=degraded,
    )


class LiveRooms:
    """What one process says of its live rooms while somebody looks, and hears of all others'."""

    def __init__(self, board: WatchedBoard | None, instance: str) -> None:
        """Without a board there is no other server."""
        self._board = board
        self._instance = instance
        self._elsewhere: list[LiveRecord] = []
        self._heard_ms = 0.0
        self._shared: set[str] = set()
        self._sharing = Sharing("live rooms")

    def share_soon(self, here: Callable[[], list[LiveRecord]], now_ms: float) -> None:
        """Tell who looks, if anybody does; returns at once. `here` is asked for only then."""
        board = self._board
        if board is not None and not self._sharing.is_under_way:
            self._sharing.begin(lambda: self._share(board, here, now_ms))

    async def settled(self) -> None:
        """Return when what was begun is done."""
        await self._sharing.ended()

    async def look(self, here: list[LiveRecord], now_ms: float) -> Sight:
        """Rooms here as they are, those of others as they were told; the others hear that somebody
        looks. A Redis that is away costs its patience, and what was last heard holds for a lease.
        """
        board = self._board
        if board is None:
            return Sight(here, now_ms, "none", now_ms)
        try:
            wanted_since_ms = await board.want(now_ms)
            told = await board.share((), (), now_ms)
        except StoreUnavailable:
            self._elsewhere = [one for one in self._elsewhere if now_ms - one.at_ms < LEASE_MS]
            return Sight([*here, *self._elsewhere], now_ms, "lost", self._heard_ms)
        self._elsewhere = [one for one in _records(told) if one.server.name != self._instance]
        self._heard_ms = now_ms
        settled = now_ms - wanted_since_ms >= SETTLING_MS
        others: Others = "heard" if settled else "asked"
        return Sight([*here, *self._elsewhere], now_ms, others, now_ms)

    async def close(self) -> None:
        """Say nothing more: what was said ends by itself."""
        await self._sharing.stop()
        if self._board is not None:
            await self._board.close()

    async def _share(
        self, board: WatchedBoard, here: Callable[[], list[LiveRecord]], now_ms: float
    ) -> None:
        if not await board.is_wanted():
            self._shared = set()  # what was told has ended, or will in a moment
            return
        pinned = [
            Pinned(f"{record.slug}@{self._instance}", record.people, msgspec.json.encode(record))
            for record in here()
        ]
        ids = {one.id for one in pinned}
        if ids or self._shared:
            await board.pin(pinned, self._shared - ids, now_ms)
        self._shared = ids


def _records(told: Iterable[bytes]) -> list[LiveRecord]:
    """What is understood; a server of another version may say something else."""
    found = []
    for one in told:
        try:
            found.append(_read(one))
        except msgspec.DecodeError:
            continue
    return found
