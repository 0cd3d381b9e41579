"""Who comes in: one arrival after the other is let in, turned away, or asked for the password."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from msgspec import UnsetType, structs

from sync.core.wire import CloseCode, ErrorMessage, wire_ms
from watchparty.core.protocol import ACTIONS, RoomJoin, User
from watchparty.core.state import RoomState
from watchparty.hub.answers import error, tell_failure, too_often, turned_away
from watchparty.hub.attendance import Attendance
from watchparty.hub.connection import Connection
from watchparty.hub.door import TurnedAway, make_user, readmits, ticket_of
from watchparty.hub.reception import Reception
from watchparty.hub.work import Arrive, HubContext

TRIES: Final = "password"
"""The limit of tries at passwords, for each person and each address."""

IN_ALREADY: Final = error("forbidden", "This socket is in a room already.")

logger = logging.getLogger(__name__)


class Admission:
    """The door of one live room. Every public method belongs to the room's worker."""

    def __init__(
        self,
        slug: str,
        context: HubContext,
        attendance: Attendance,
        reception: Reception,
        *,
        again: Callable[[Arrive], object],
    ) -> None:
        self._slug = slug
        self._context = context
        self._attendance = attendance
        self._reception = reception
        self._again = again
        self._proving: set[asyncio.Task[None]] = set()

    async def admit(self, arrival: Arrive) -> None:
        """Let one in, or say why not."""
        connection, join = arrival.connection, arrival.join
        now_ms = self._context.now_ms()
        if arrival.proven is None and await self._is_too_often(connection, now_ms):
            return
        _, state = await self._reception.open()
        if connection.port.closed:
            return
        if _is_in(connection):  # two joins in one breath
            connection.tell(IN_ALREADY)
            return
        ticket = ticket_of(join, self._slug)
        if ticket is not None and not connection.is_proved:
            connection.person = ticket.person  # browsers may keep cookies from embedded pages
        user = self._user(connection, join, state, now_ms)
        if user is None:
            return
        known = readmits(join, user, self._slug)
        if await self._is_kept_out(arrival, user, state, now_ms, known=known):
            return
        await self._give_place(connection, join, user, state, known=known)

    async def _give_place(
        self, connection: Connection, join: RoomJoin, user: User, state: RoomState, *, known: bool
    ) -> None:
        """Seat one whom nothing bars, if there is a place; claiming it takes its time."""
        most = state.settings.max_users
        if not await self._attendance.claim(user, most, readmitted=known or _owns(user, state)):
            full = f"This room is full: {most} viewers are here."
            connection.end(CloseCode.NOT_ADMITTED, error("room_full", full))
            return
        opened = await self._reception.open_for(join)
        if _has_hung_up(connection):
            self._attendance.withdraw()
        elif _is_in(connection):  # another room was faster
            self._attendance.withdraw()
            connection.tell(IN_ALREADY)
        elif opened[1].people.is_barred(user.person, self._context.now_ms()):
            self._attendance.withdraw()
            _bar(connection, opened[1], user, self._context.now_ms())
        else:
            role = opened[1].people.role_of(user.person)
            self._reception.welcome(connection, structs.replace(user, role=role), opened)

    @property
    def is_proving(self) -> bool:
        """Whether somebody waits at the door while their password is looked at."""
        return bool(self._proving)

    def stop(self) -> None:
        """Nobody's password is looked at any more."""
        for task in self._proving:
            task.cancel()

    async def _is_too_often(self, connection: Connection, now_ms: float) -> bool:
        retry_in_ms = await self._context.store.take(connection.person, ACTIONS[RoomJoin], now_ms)
        if retry_in_ms:
            connection.tell(too_often(ACTIONS[RoomJoin], retry_in_ms))
        return bool(retry_in_ms)

    def _user(
        self, connection: Connection, join: RoomJoin, state: RoomState, now_ms: float
    ) -> User | None:
        try:
            return make_user(
                join,
                state,
                person=connection.person,
                instance=self._context.instance,
                now_ms=wire_ms(now_ms),
            )
        except TurnedAway as turned:
            refused = connection.session.senseless(turned_away(turned), now_ms)
            connection.tell(turned_away(turned))
            if refused.close is not None:
                connection.end(refused.close)
            return None

    async def _is_kept_out(
        self, arrival: Arrive, user: User, state: RoomState, now_ms: float, *, known: bool
    ) -> bool:
        """Whether something bars the way. A ticket opens locks, a role does too; a ban stays."""
        connection = arrival.connection
        if state.people.is_barred(user.person, now_ms):
            _bar(connection, state, user, now_ms)
            return True
        if known or user.role != "guest" or _owns(user, state):
            return False
        if state.settings.locked:
            locked = "This room is locked: nobody new comes in."
            connection.end(CloseCode.NOT_ADMITTED, error("locked", locked))
            return True
        if not state.password_hash or arrival.proven == state.password_hash:
            return False
        password = arrival.join.password
        if isinstance(password, UnsetType) or not password:
            asks = error("password_required", "This room asks for its password.", field="password")
            connection.end(CloseCode.NOT_ADMITTED, asks)
            return True
        await self._prove(arrival, password, state.password_hash, now_ms)
        return True

    async def _prove(
        self, arrival: Arrive, password: str, password_hash: str, now_ms: float
    ) -> None:
        """Compare beside the room's work, then come again; so many wrong tries, then a pause."""
        connection = arrival.connection
        for whose in (connection.person, connection.address):
            retry_in_ms = await self._context.store.take(whose, TRIES, now_ms) if whose else 0.0
            if retry_in_ms:
                connection.end(CloseCode.NOT_ADMITTED, too_often(TRIES, retry_in_ms))
                return
        task = asyncio.create_task(self._compare(arrival, password, password_hash))
        self._proving.add(task)
        task.add_done_callback(self._proving.discard)

    async def _compare(self, arrival: Arrive, password: str, password_hash: str) -> None:
        connection = arrival.connection
        try:
            is_right = await self._context.passwords.is_right(password, password_hash)
            if is_right:
                await self._give_back_tries(connection)
        except Exception as problem:
            logger.exception("room %s: a password could not be compared", self._slug)
            tell_failure(arrival, problem)
            return
        if is_right:
            self._again(Arrive(connection, arrival.join, proven=password_hash))
            return
        wrong = error("wrong_password", "This is not the room's password.", field="password")
        connection.end(CloseCode.NOT_ADMITTED, wrong)

    async def _give_back_tries(self, connection: Connection) -> None:
        """Whole offices and schools come from one address: who knows the password costs nobody."""
        for whose in (connection.person, connection.address):
            if whose:
                await self._context.store.give_back(whose, TRIES)


def _has_hung_up(connection: Connection) -> bool:
    return connection.port.closed


def _is_in(connection: Connection) -> bool:
    return connection.user_id is not None


def _owns(user: User, state: RoomState) -> bool:
    """Whether it is their room: whoever stands in for them shuts no door on them."""
    return user.person == state.people.rightful


def _bar(connection: Connection, state: RoomState, user: User, now_ms: float) -> None:
    removal = state.people.removals[user.person]
    if removal.until_ms is None:
        barred = error("banned", "You may not come into this room any more.")
    else:
        barred = ErrorMessage(
            code="banned",
            message="You were removed from this room. Come back in a minute.",
            retry_in=wire_ms(max(removal.until_ms - now_ms, 0.0)),
        )
    connection.end(CloseCode.REMOVED, barred)
