"""Who is in a room: one member per tab, its newest socket, and the grace before it is gone."""

import heapq
import zlib
from collections.abc import Collection, Iterable
from typing import Final, Generic, TypeVar

from msgspec import structs

from watchparty.core.protocol import (
    USERS_IN_FULL,
    USERS_IN_PART,
    Status,
    StatusSummary,
    User,
)

GRACE_MS: Final = 5_000.0
"""`user:left` follows this long without a socket, so that a reload is not a farewell."""

WORST_SHOWN: Final = 5
_ROLE_ORDER: Final = {"owner": 0, "host": 1, "guest": 2}

S = TypeVar("S")


class Seat(Generic[S]):
    """A member's place: the user, its socket, and since when it has none.

    Neither a socket nor such an instant: another server holds the socket.
    """

    __slots__ = ("gone_at_ms", "socket", "status", "user")

    def __init__(self, user: User, socket: S | None) -> None:
        self.user = user
        self.socket: S | None = socket
        self.gone_at_ms: float | None = None
        self.status: Status | None = None


class Roster(Generic[S]):
    """The members of a room as one server sees them. `S` is whatever stands for a socket."""

    def __init__(self) -> None:
        self._seats: dict[str, Seat[S]] = {}
        self._sockets: dict[str, S] = {}
        self._first: list[str] | None = None
        """Ids of the cut list, until somebody comes, changes or goes who belongs into it."""

    def __len__(self) -> int:
        return len(self._seats)

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._seats

    @property
    def sockets(self) -> Collection[S]:
        """The living sockets, in order of arrival."""
        return self._sockets.values()

    @property
    def deserted(self) -> bool:
        """Whether no socket is left."""
        return not self._sockets

    def user(self, user_id: str) -> User | None:
        """A member by id."""
        seat = self._seats.get(user_id)
        return seat.user if seat else None

    def socket(self, user_id: str) -> S | None:
        """The socket of a member, if it has one now."""
        return self._sockets.get(user_id)

    def users(self) -> list[User]:
        """Everybody, or above USERS_IN_FULL the first USERS_IN_PART, controllers first."""
        users = (seat.user for seat in self._seats.values())
        if len(self._seats) <= USERS_IN_FULL:
            return list(users)
        if (
            self._first is None
        ):  # not for every newcomer: they would cost the square of their number
            self._first = [user.id for user in heapq.nsmallest(USERS_IN_PART, users, key=rank)]
        return [self._seats[user_id].user for user_id in self._first]

    def seat(self, user: User, socket: S) -> tuple[User, S | None, bool]:
        """Give a user a place. Returns (user, the socket it replaces, whether the user is new).

        A returning tab keeps the instant at which it first came.
        """
        self._recut(user)
        seat = self._seats.get(user.id)
        if seat is None:
            self._seats[user.id] = Seat(user, socket)
            self._sockets[user.id] = socket
            return user, None, True
        replaced = seat.socket
        seat.user = structs.replace(user, connected_at=seat.user.connected_at)
        seat.socket = socket
        seat.gone_at_ms = None
        self._sockets.pop(user.id, None)
        self._sockets[user.id] = socket
        return seat.user, replaced, False

    def here(self) -> list[User]:
        """The members of this server, those in their grace too."""
        return [seat.user for seat in self.seats_here()]

    def seats_here(self) -> list[Seat[S]]:
        """The places of the members of this server, those in their grace too."""
        return [seat for seat in self._seats.values() if not _is_elsewhere(seat)]

    def count_here(self) -> int:
        """How many of them there are."""
        if len(self._sockets) == len(self._seats):
            return len(self._seats)
        return sum(not _is_elsewhere(seat) for seat in self._seats.values())

    def elsewhere(self) -> set[str]:
        """Ids of the members whose sockets other servers hold."""
        if len(self._sockets) == len(self._seats):
            return set()
        return {user_id for user_id, seat in self._seats.items() if _is_elsewhere(seat)}

    def is_elsewhere(self, user_id: str) -> bool:
        """Whether another server holds this member's socket."""
        seat = self._seats.get(user_id)
        return seat is not None and _is_elsewhere(seat)

    def move(self, user: User) -> tuple[S | None, bool]:
        """Another server holds a member's newest socket now.

        Returns (the socket that ends here, whether the user is new).
        """
        self._recut(user)
        seat = self._seats.get(user.id)
        if seat is None:
            self._seats[user.id] = Seat(user, None)
            return None, True
        replaced, seat.socket = seat.socket, None
        seat.user = user
        seat.gone_at_ms = None
        self._sockets.pop(user.id, None)
        return replaced, False

    def update(self, user: User) -> None:
        """Replace what is known of a member."""
        self._recut(user)
        self._seats[user.id].user = user

    def unseat(self, user_id: str, socket: S, now_ms: float) -> bool:
        """A socket has ended. False when it was not this member's newest and nothing changes."""
        seat = self._seats.get(user_id)
        if seat is None or seat.socket is not socket:
            return False
        seat.socket = None
        seat.status = None
        seat.gone_at_ms = now_ms
        self._sockets.pop(user_id, None)
        return True

    def remove(self, user_id: str) -> bool:
        """Take a member off at once, as one who has said goodbye."""
        self._sockets.pop(user_id, None)
        seat = self._seats.pop(user_id, None)
        if seat is not None:
            self._recut(seat.user)
        return seat is not None

    def expire(self, now_ms: float) -> list[str]:
        """Take off everybody whose grace is over; returns their ids."""
        if len(self._sockets) == len(self._seats):
            return []
        gone = [
            user_id
            for user_id, seat in self._seats.items()
            if seat.gone_at_ms is not None and now_ms - seat.gone_at_ms >= GRACE_MS
        ]
        for user_id in gone:
            self.remove(user_id)
        return gone

    def seats(self) -> list[Seat[S]]:
        """The places of all members."""
        return list(self._seats.values())

    def connected(self) -> list[Seat[S]]:
        """The places of all members but those in their grace."""
        return [seat for seat in self._seats.values() if seat.gone_at_ms is None]

    def report(self, user_id: str, status: Status) -> Status | None:
        """Keep a member's latest status; returns the one before it."""
        seat = self._seats.get(user_id)
        if seat is None:
            return None
        before, seat.status = seat.status, status
        return before

    def statuses(self) -> dict[str, Status]:
        """The latest status of every member who gave one."""
        return {
            user_id: seat.status for user_id, seat in self._seats.items() if seat.status is not None
        }

    def _recut(self, user: User) -> None:
        """Forget the cut list, if this member is in it or belongs into it now."""
        first = self._first
        if first and (user.id in first or rank(user) < rank(self._seats[first[-1]].user)):
            self._first = None

    def digest(self) -> tuple[int, int | None]:
        """Count and hash of the members; no hash above USERS_IN_FULL."""
        users = [seat.user for seat in self._seats.values()]
        return len(users), users_hash(users) if len(users) <= USERS_IN_FULL else None


def rank(user: User) -> tuple[int, float]:
    """Order of lists that are cut: controllers first, then who came first."""
    return _ROLE_ORDER[user.role], user.connected_at


def _is_elsewhere(seat: Seat[S]) -> bool:
    return seat.socket is None and seat.gone_at_ms is None


def users_hash(users: Iterable[User]) -> int:
    """CRC-32 of the lines `id|name|color|role`, sorted by id and joined by line feeds."""
    ordered = sorted(users, key=lambda user: user.id)
    lines = [f"{user.id}|{user.name}|{user.color}|{user.role}" for user in ordered]
    return zlib.crc32("\n".join(lines).encode())


def summarise(statuses: dict[str, Status]) -> StatusSummary:
    """Percentiles (nearest rank) of the absolute drift in ms, and who is worst."""
    by_drift = sorted(statuses.items(), key=lambda item: abs(item[1].drift_ms))
    drifts = [abs(status.drift_ms) for _, status in by_drift]
    return StatusSummary(
        p50=percentile(drifts, 50),
        p95=percentile(drifts, 95),
        worst=[user_id for user_id, _ in reversed(by_drift[-WORST_SHOWN:])],
    )


def percentile(ordered: list[float], percent: int) -> float:
    """By nearest rank, of figures in order; 0 of none."""
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(rank, 1) - 1]
