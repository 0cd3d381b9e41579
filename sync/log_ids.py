"""Whose business a log line is: the ids that every line carries while a socket is served.

Set once where a socket begins; what it becomes later (a member of a room) is read when a line is
written. Tasks inherit what was set where they are made: those that serve a whole room are started
in `context_of` it, or their lines would name whoever happened to be first.
"""

from contextvars import Context, ContextVar, copy_context
from typing import Final, Protocol


class Speaker(Protocol):
    """A socket, as `Connection` of the party is one."""

    number: int
    room: str | None
    user_id: str | None


SPEAKER: Final[ContextVar[Speaker | None]] = ContextVar("speaker", default=None)
"""The socket that is served just now."""

ROOM: Final[ContextVar[str | None]] = ContextVar("room", default=None)
"""The room whose own work is done just now."""


def log_ids() -> dict[str, str | int]:
    """`connection`, `room` and `member`, as far as there are any. Never a name or an address."""
    speaker, room = SPEAKER.get(), ROOM.get()
    ids: dict[str, str | int | None] = {"room": room}
    if speaker is not None:
        ids |= {"connection": speaker.number, "member": speaker.user_id}
        ids["room"] = room or speaker.room
    return {name: value for name, value in ids.items() if value is not None}


def context_of(room: str | None) -> Context:
    """A context for a task that serves a whole room (None: or the process), and nobody in it."""
    context = copy_context()
    context.run(SPEAKER.set, None)
    context.run(ROOM.set, room)
    return context
