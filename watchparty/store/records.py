"""What a store hands to history: an ordered event, and who asked for it by which intent."""

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from watchparty.core.protocol import (
    ChangeSettings,
    ChatRemove,
    ChatSend,
    EndRoom,
    GiveRole,
    MemberAnswer,
    OrderedEvent,
    RemoveMember,
    RoomSettings,
    UnbanMember,
    VideoPause,
    VideoPlay,
    VideoRate,
    VideoReady,
    VideoSeek,
    VideoSource,
)
from watchparty.core.state import (
    CloseRoom,
    Command,
    FilmEnded,
    Freeze,
    NameLaggards,
    OwnerBack,
    OwnerGone,
    RoomEmptied,
    StartTogether,
)

KINDS: Final[dict[type, str]] = {
    VideoPlay: "play",
    VideoPause: "pause",
    VideoSeek: "seek",
    VideoRate: "rate",
    VideoSource: "source",
    VideoReady: "length",
    FilmEnded: "end",
    RoomEmptied: "emptied",
    StartTogether: "together",
    NameLaggards: "laggards",
    Freeze: "wait",
    ChangeSettings: "settings",
    ChatSend: "message",
    ChatRemove: "unsaid",
    MemberAnswer: "control",
    GiveRole: "role",
    OwnerGone: "succession",
    OwnerBack: "return",
    RemoveMember: "removed",
    UnbanMember: "unbanned",
    EndRoom: "ended",
    CloseRoom: "closed",
}
"""Intent → what history calls the event that it led to."""


class About(Struct, frozen=True):
    """What the event itself does not say of its origin."""

    room: str
    at_ms: float
    """When it was committed, by the media clock."""
    kind: str
    person: str = ""
    """Who asked, and how they were called; empty: the room itself."""
    name: str = ""
    target_person: str = ""
    target_name: str = ""
    """To whom it was done, where the event does not say so."""
    changed: tuple[str, ...] = ()
    """Which settings were asked for."""


class Record(Struct, frozen=True):
    """One ordered event on its way into history."""

    about: About
    event: OrderedEvent


Note = Callable[[Record], object]
"""Takes a record; returns at once."""

read_about: Final = msgspec.json.Decoder(About).decode


def about(slug: str, command: Command, now_ms: float) -> About:
    """The origin of the event to which this command leads."""
    intent = command.intent
    changed: tuple[str, ...] = ()
    if isinstance(intent, ChangeSettings):
        names = (*RoomSettings.__struct_fields__, "password")
        changed = tuple(one for one in names if getattr(intent, one, UNSET) is not UNSET)
    return About(
        room=slug,
        at_ms=now_ms,
        kind=KINDS[type(intent)],
        person=command.person or "",
        name=command.author.name,
        target_person=_target(command),
        target_name=command.target_name,
        changed=changed,
    )


def _target(command: Command) -> str:
    named = getattr(command.intent, "person", UNSET)  # who is let in again is not here
    if isinstance(named, UnsetType):
        return command.target or ""
    return str(named)
