"""Closing a room from a request's thread: live or not, everybody in it is told."""

from __future__ import annotations

from concurrent.futures import TimeoutError as StillWaiting
from typing import TYPE_CHECKING, cast

from django.apps import apps
from django.utils import timezone

from watchparty.core.state import CloseRoom, Command
from watchparty.models import Room
from watchparty.store.base import NoSuchRoom, RoomIsClosed, StoreUnavailable

if TYPE_CHECKING:
    from watchparty.apps import WatchpartyConfig
    from watchparty.hub.hub import Hub

PATIENCE_S = 5.0


class RoomNotClosed(Exception):  # noqa: N818 - what an administrator is told
    """The room did not answer; it may or may not be closed."""


def close_room(room: Room, reason: str) -> None:
    """Close it for good. In a server process the room itself decides, so its viewers hear of it.

    Raises RoomNotClosed when the room does not answer. Must not run on the event loop's thread.
    """
    hub: Hub | None = cast("WatchpartyConfig", apps.get_app_config("watchparty")).hub
    if hub is None or not hub.is_running:
        Room.objects.filter(pk=room.pk).update(closed_at=timezone.now())
        return
    try:
        hub.command(room.slug, Command(CloseRoom(reason))).result(timeout=PATIENCE_S)
    except (StillWaiting, StoreUnavailable) as problem:
        raise RoomNotClosed(f"{room.title} did not answer. Try again.") from problem
    except (NoSuchRoom, RoomIsClosed):
        return  # somebody was faster
