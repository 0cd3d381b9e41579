"""Live rooms as staff see them: what each server says of a room, put together into one picture."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, Literal

from msgspec import Struct

from watchparty.core.playhead import Playhead
from watchparty.core.presence import percentile, rank
from watchparty.core.protocol import USERS_IN_PART, Status, User

ROOMS_TOLD: Final = 100
"""The fullest rooms of each server; it says how many it has."""

MEMBERS_TOLD: Final = USERS_IN_PART
MEMBERS_IN_ALL: Final = 1500
"""Of each room by each server, controllers first, and of all its rooms (a third of a KB each); it
says how many there are.
"""

DRIFTS_TOLD: Final = 1000
"""Of a larger room every nth drift in their order, which leaves the percentiles where they are."""


class LiveMember(Struct, frozen=True):
    """A member of the server that says so."""

    user: User
    status: Status | None = None
    is_away: bool = False
    """Its socket has ended a moment ago, and it may be back."""


class ServerLoad(Struct, frozen=True):
    """A server, and what it holds in all."""

    name: str
    rooms: int
    members: int


class LiveRecord(Struct, frozen=True):
    """One room as one server has it. Not on the browsers' wire: servers tell it one another."""

    slug: str
    title: str
    film: str
    """Its title; empty: it has none, or nothing plays."""
    at_ms: float
    """When this was so (media clock)."""
    server: ServerLoad
    members: list[LiveMember]
    """The first of them …"""
    count: int
    """… of so many."""
    people: int
    """In the whole room, as far as this server knows: it ranks rooms alike on all servers."""
    drifts_ms: list[float]
    """|drift| of all members here who follow the film."""
    buffering: int
    playhead: Playhead
    epoch: str
    seq: int
    duration_s: float | None = None
    ended: bool = False
    waiting: Literal["", "start", "buffering"] = ""
    """Why the film stands, where it waits for viewers."""
    waiting_for: tuple[str, ...] = ()
    """User ids, as far as they are named."""
    locked: bool = False
    degraded: bool = False
    """This server does not reach the room's memory, so it decides nothing."""


class LiveRoom(Struct, frozen=True):
    """One room over all servers."""

    newest: LiveRecord
    """Whose title, film and playhead hold."""
    members: list[LiveMember]
    """Controllers first. The server of each is its `user.instance`."""
    count: int
    """How many there are; more than `members` where those were cut."""
    servers: dict[str, int]
    """Name → how many members it has, the fullest first."""
    degraded_at: list[str]
    buffering: int
    following: int
    """How many drifts are behind the two percentiles."""
    p50_ms: float
    p95_ms: float


def members_told(rooms: int) -> int:
    """How many members of each room a server tells that tells so many rooms."""
    return min(MEMBERS_TOLD, MEMBERS_IN_ALL // max(rooms, 1))


def merge(records: Iterable[LiveRecord]) -> list[LiveRoom]:
    """Every room once, the fullest first. Of two records of one room and server the later holds."""
    by_room: dict[str, dict[str, LiveRecord]] = {}
    for record in sorted(records, key=lambda one: one.at_ms):
        by_room.setdefault(record.slug, {})[record.server.name] = record
    rooms = [_merged(list(of_room.values())) for of_room in by_room.values()]
    return sorted(rooms, key=lambda room: (-room.count, room.newest.slug))


def servers_of(records: Iterable[LiveRecord]) -> list[ServerLoad]:
    """What each server that told anything holds in all, by name."""
    newest: dict[str, ServerLoad] = {}
    for record in sorted(records, key=lambda one: one.at_ms):
        newest[record.server.name] = record.server
    return sorted(newest.values(), key=lambda server: server.name)


def thinned(ordered: Sequence[float], most: int = DRIFTS_TOLD) -> list[float]:
    """Every nth of figures in order, so that there are at most so many."""
    step = -(-len(ordered) // most) or 1
    return list(ordered[step // 2 :: step])


def _merged(records: list[LiveRecord]) -> LiveRoom:
    members, twice = _members(records)
    drifts = sorted(chain.from_iterable(record.drifts_ms for record in records))
    by_size = sorted(records, key=lambda one: (-one.count, one.server.name))
    return LiveRoom(
        newest=_newest(records),
        members=members,
        count=sum(record.count for record in records) - twice,
        servers={record.server.name: record.count for record in by_size},
        degraded_at=[record.server.name for record in by_size if record.degraded],
        buffering=sum(record.buffering for record in records),
        following=len(drifts),
        p50_ms=percentile(drifts, 50),
        p95_ms=percentile(drifts, 95),
    )


def _newest(records: list[LiveRecord]) -> LiveRecord:
    """Epochs have no order of their own: the last server to speak, of those who reach the room's
    memory, names the one that holds; of it the last event.
    """
    latest = max(records, key=lambda one: (not one.degraded, one.at_ms))
    return max((one for one in records if one.epoch == latest.epoch), key=lambda one: one.seq)


def _members(records: list[LiveRecord]) -> tuple[list[LiveMember], int]:
    """Who is there, and how many were told of twice: who changes servers is a moment at both."""
    found: dict[str, LiveMember] = {}
    twice = 0
    for record in records:  # oldest first
        for member in record.members:
            before = found.get(member.user.id)
            twice += before is not None
            if before is None or before.is_away or not member.is_away:
                found[member.user.id] = member
    return sorted(found.values(), key=lambda member: rank(member.user)), twice
