"""What a request's thread asks of live rooms, and does to one: everybody in it is told."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import TimeoutError as StillWaiting
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.utils import timezone

from watchparty.core.protocol import ChangeSettings, RemoveMember
from watchparty.core.state import CloseRoom, Command
from watchparty.models import Room, Visit
from watchparty.store.base import NoSuchRoom, RoomIsClosed, StoreUnavailable

if TYPE_CHECKING:
    from watchparty.apps import WatchpartyConfig
    from watchparty.hub.hub import Hub
    from watchparty.hub.live_rooms import Sight

PATIENCE_S = 5.0


class RoomNotReached(Exception):  # noqa: N818 - what an administrator is told
    """The room did not answer; it may or may not have done what it was asked."""


def close_room(room: Room, reason: str) -> None:
    """Close it for good. In a server process the room itself decides, so its viewers hear of it.

    Raises RoomNotReached when the room does not answer. Not from the event loop's thread.
    """
    if not _told(room, Command(CloseRoom(reason))):
        Room.objects.filter(pk=room.pk).update(closed_at=timezone.now())


def set_room(room: Room, changes: Mapping[str, Any]) -> None:
    """Change what a live room is set to, by the names of `room:settings`. Its row says it already.

    Raises RoomNotReached when the room does not answer. Not from the event loop's thread.
    """
    _told(room, Command(ChangeSettings(**changes)))


def lock_room(room: Room, *, locked: bool) -> None:
    """Let nobody new in, or again. Raises RoomNotReached. Not from the event loop's thread."""
    if not _told(room, Command(ChangeSettings(locked=locked))):
        raise RoomNotReached(f"{room.title}: no server runs here that could tell it.")


def remove_person(visit: Visit, *, ban: bool) -> None:
    """Send the person of a visit out of its room, for a minute or for its life, on all servers.

    Raises RoomNotReached when the room does not answer. Not from the event loop's thread.
    """
    intent = RemoveMember(user_id=visit.member, ban=ban)
    command = Command(intent, target=visit.person, target_name=visit.name)
    if not _told(visit.room, command):
        raise RoomNotReached(f"{visit.room.title}: no server runs here that could tell it.")


def live_rooms() -> Sight | None:
    """Rooms of all servers as they are now; None: no server runs in this process.

    Raises TimeoutError where our own event loop does not answer. Not from its thread.
    """
    hub = _hub()
    return None if hub is None else hub.look().result(timeout=PATIENCE_S)


def _told(room: Room, command: Command) -> bool:
    """Whether there is a server in this process whose rooms can be told."""
    hub = _hub()
    if hub is None:
        return False
    try:
        hub.command(room.slug, command).result(timeout=PATIENCE_S)
    except (StillWaiting, StoreUnavailable) as problem:
        raise RoomNotReached(f"{room.title} did not answer. Try again.") from problem
    except (NoSuchRoom, RoomIsClosed):
        pass  # somebody was faster
    return True


def _hub() -> Hub | None:
    """Of the server that this process is, if it is one."""
    hub: Hub | None = cast("WatchpartyConfig", apps.get_app_config("watchparty")).hub
    return hub if hub is not None and hub.is_running else None
