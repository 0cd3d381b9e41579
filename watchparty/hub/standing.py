"""What the room's state says of people, done to who is here: roles, removals, and who follows."""

from collections.abc import Callable
from typing import Final

from msgspec import structs

from sync.core.wire import CloseCode, encode
from watchparty.core.members import bans_of
from watchparty.core.people import People
from watchparty.core.protocol import User
from watchparty.core.state import OwnerBack, OwnerGone, OwnIntent, RoomState
from watchparty.hub.company import Company
from watchparty.hub.connection import Connection

GONE_MS: Final = 60_000.0
"""An owner who has no socket for so long is stood in for."""

_HELPERS_FIRST: Final = {"owner": 0, "host": 0, "guest": 1}


class Standing:
    """Keeps the roster as the state says, and watches whether the owner is there."""

    def __init__(
        self,
        company: Company,
        now_ms: Callable[[], float],
        *,
        submit: Callable[[OwnIntent], object],
        changed: Callable[[], None],
    ) -> None:
        self._company = company
        self._now_ms = now_ms
        self._submit = submit
        self._changed = changed
        self._people: People | None = None
        self._owner_gone_since_ms: float | None = None

    def keep(self, state: RoomState | None) -> None:
        """Make the roster say what the state says; nothing where it says it already."""
        if state is None or state.people == self._people:
            return
        before, self._people = self._people, state.people
        people = state.people
        roster, now_ms = self._company.roster, self._now_ms()
        new_helpers: list[Connection] = []
        for seat in roster.seats():
            user = seat.user
            role = people.role_of(user.person)
            if user.role != role:
                roster.update(structs.replace(user, role=role))
                self._changed()
            if user.role == "guest" != role and seat.socket is not None:
                new_helpers.append(seat.socket)
            if seat.socket is not None and people.is_barred(user.person, now_ms):
                socket = seat.socket
                self._company.leave(socket, user.id)
                socket.user_id = None
                socket.end(CloseCode.REMOVED)
        if before is not None and before.bans != people.bans:
            self._company.tell_hosts(encode(bans_of(people)))
        else:
            for socket in new_helpers:
                socket.tell(bans_of(people))

    @staticmethod
    def greet(connection: Connection, user: User, people: People) -> None:
        """Tell who has just come in what only owner and hosts may know."""
        if user.role != "guest":
            connection.tell(bans_of(people))

    @staticmethod
    def as_of(state: RoomState, users: list[User]) -> list[User]:
        """The users in the roles of a state that may be newer than what was kept."""
        return [structs.replace(one, role=state.people.role_of(one.person)) for one in users]

    def each_second(self) -> None:
        """See whether the owner is there; whoever is to follow or take over is asked for."""
        people = self._people
        if people is None or not people.rightful:
            return
        here = [seat.user for seat in self._company.roster.connected()]
        rightful = [user for user in here if user.person == people.rightful]
        if rightful and people.owner != people.rightful:
            self._submit(OwnerBack(user_id=rightful[0].id, person=people.rightful))
        elif any(user.person == people.owner for user in here):
            self._owner_gone_since_ms = None
        else:
            self._watch_absence(people, here)

    def _watch_absence(self, people: People, here: list[User]) -> None:
        now_ms = self._now_ms()
        if self._owner_gone_since_ms is None:
            self._owner_gone_since_ms = now_ms
        if now_ms - self._owner_gone_since_ms < GONE_MS or not here:
            return
        heir = min(here, key=lambda user: (_HELPERS_FIRST[user.role], user.connected_at, user.id))
        self._submit(OwnerGone(absent=people.owner, user_id=heir.id, person=heir.person))
