"""The door of a room: who a join makes of a socket, and whether there is a place."""

import secrets
from typing import Final

from msgspec import UnsetType

from sync.core.wire import ErrorCode
from sync.places import Place, place_of
from watchparty.core.protocol import RoomJoin, User
from watchparty.core.state import RoomState
from watchparty.core.text import has_visible, without_tricks
from watchparty.identity import Ticket, read_ticket, user_id

PALETTE: Final = (
    "#f2a33a",
    "#4cc9f0",
    "#7bd88f",
    "#f27a7d",
    "#b79cf7",
    "#f7c8a8",
    "#5ad1c1",
    "#e38fd0",
)
"""Colours for who chose none: told apart on the dark film, in the order of their ids."""


class TurnedAway(Exception):  # noqa: N818 - what happened, not an error
    """Nobody gets in like this; `code` says why, `field` where."""

    def __init__(self, code: ErrorCode, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message
        self.field = field


def make_user(
    join: RoomJoin, state: RoomState, *, person: str, instance: str, now_ms: float
) -> User:
    """The member a join asks to be. Raises TurnedAway for a name or time zone without sense."""
    tab = secrets.token_urlsafe(12) if isinstance(join.tab, UnsetType) else join.tab
    identity = user_id(state.slug, person, tab)
    where = _place(join)
    return User(
        id=identity,
        person=person,
        name=clean_name(join.name),
        color=_color(join, identity),
        city=where.city if where else None,
        flag=where.flag if where else None,
        timezone=where.timezone if where else None,
        role=state.people.role_of(person),
        connected_at=now_ms,
        instance=instance,
    )


def clean_name(name: str) -> str:
    """A name as it is shown: without invisible characters that could imitate or disturb others."""
    shown = " ".join(without_tricks(name, keep="").split())
    if not has_visible(shown):
        raise TurnedAway("invalid_field", "A name needs a visible character.", "name")
    return shown


def ticket_of(join: RoomJoin, slug: str) -> Ticket | None:
    """The valid ticket for this room that the join brings, if any."""
    ticket = None if isinstance(join.ticket, UnsetType) else read_ticket(join.ticket)
    return ticket if ticket is not None and ticket.room == slug else None


def readmits(join: RoomJoin, user: User, slug: str) -> bool:
    """Whether the join brings the ticket of this very member."""
    ticket = ticket_of(join, slug)
    return ticket is not None and (ticket.user, ticket.person) == (user.id, user.person)


def _place(join: RoomJoin) -> Place | None:
    """Where the viewer seems to be, if that may be shown."""
    if isinstance(join.timezone, UnsetType):
        return None
    # A zone that our tables don't know (yet) is no reason to keep its people out.
    return place_of(join.timezone) if join.share_city else None


def _color(join: RoomJoin, identity: str) -> str:
    if not isinstance(join.color, UnsetType):
        return join.color.lower()
    return PALETTE[int(identity, 16) % len(PALETTE)]
