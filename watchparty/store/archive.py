"""The archive in the database: rooms are read when they open and written behind as they change."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from sync.core.wire import CLOCK_ROOM
from sync.log_ids import context_of
from watchparty.core.keeping import SavedRoom
from watchparty.core.protocol import HIGHEST_MAX_USERS, RoomSettings, Source, SourceRequest
from watchparty.core.sources import make_source
from watchparty.core.state import RoomState
from watchparty.database_thread import DatabaseThread
from watchparty.fresh_connection import with_fresh_connection
from watchparty.models import Room
from watchparty.store.base import Kept, NoSuchRoom, RoomRecord

FLUSH_AFTER_S: Final = 0.25
"""A change reaches the database within this time: what a SIGKILL may cost (DESIGN section 7)."""

RETRY_AFTER_S: Final = 1.0
"""Pause after a database that did not answer; meanwhile the newest state of each room is kept."""

CLOCK_ROOM_DEFAULTS: Final = {"title": "The clocks", "max_users": HIGHEST_MAX_USERS}
"""The room in which visitors of the clock pages see each other: opened by the first of them."""

A = TypeVar("A")
R = TypeVar("R")

logger = logging.getLogger(__name__)


class DatabaseArchive:
    """Write-behind over the Room table, on one thread of its own: no request waits for it."""

    def __init__(self) -> None:
        self._thread = DatabaseThread("archive")
        self._pending: dict[str, SavedRoom] = {}
        self._writing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """Rooms whose newest state is not in the database yet."""
        return len(self._pending)

    async def load(self, slug: str) -> Kept:
        """A room as it was last kept, marked as live from now on. Raises NoSuchRoom."""
        async with self._writing:
            await self._write([slug] if slug in self._pending else [])
            return await self._in_thread(_load_and_mark, slug)

    def keep(self, saved: SavedRoom) -> None:
        """Note a state to be written soon; the latest of a room wins."""
        self._pending[saved.state.slug] = saved
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(FLUSH_AFTER_S, self._flush_behind)

    async def flush(self) -> None:
        """Write everything noted; raises what the database raises, and keeps it for another try."""
        async with self._writing:
            await self._write(list(self._pending))

    async def _write(self, slugs: list[str]) -> None:
        """Write these rooms. One that cannot be written does not hold up the others."""
        batch = {slug: self._pending.pop(slug) for slug in slugs}
        if not batch:
            return
        problems = await self._in_thread(_write_each, list(batch.values()))
        for slug in problems:
            self._pending.setdefault(slug, batch[slug])
        for problem in problems.values():
            raise problem

    def _flush_behind(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._flush_or_retry(), context=context_of(None))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush_or_retry(self) -> None:
        try:
            await self.flush()
        except Exception:
            logger.exception("rooms are not written; trying again")
            if self._timer is None:
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(RETRY_AFTER_S, self._flush_behind)

    async def _in_thread(self, function: Callable[[A], R], argument: A) -> R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, with_fresh_connection, function, argument)


def _load_and_mark(slug: str) -> Kept:
    """A room, and before anything happens in it the note that it did not leave in good order.

    Only so can a process that dies before its first write not pass for one that left cleanly.
    """
    row = Room.objects.filter(slug=slug).first()
    if row is None:
        if slug != CLOCK_ROOM:
            raise NoSuchRoom(slug)
        row, _ = Room.objects.get_or_create(slug=CLOCK_ROOM, defaults=CLOCK_ROOM_DEFAULTS)
    if row.left_cleanly:
        Room.objects.filter(slug=slug).update(left_cleanly=False)
    return Kept(
        record=RoomRecord(
            slug=row.slug,
            title=row.title,
            created_by=row.owner_person,
            created_at_ms=row.created_at.timestamp() * 1000,
            max_users=row.max_users,
            is_public=row.is_public,
            closed=row.closed_at is not None,
        ),
        settings=_settings(row),
        source=_source(row),
        saved=_saved(row),
    )


def _saved(row: Room) -> SavedRoom | None:
    """What was kept, or None where nothing was or where it cannot be read by this version."""
    if row.state is None:
        return None
    try:
        return SavedRoom(
            state=msgspec.convert(row.state["room"], RoomState),
            saved_at_ms=float(row.state["saved_at_ms"]),
            boot_id=row.boot_id,
            clean=row.left_cleanly,
        )
    except (msgspec.ValidationError, KeyError, TypeError, ValueError):
        logger.exception("room %s: its kept state cannot be read; it starts anew", row.slug)
        return None


def _settings(row: Room) -> RoomSettings:
    """As they were set, or the usual ones where an administrator mistyped them."""
    try:
        return msgspec.convert(row.settings, RoomSettings)
    except msgspec.ValidationError:
        logger.exception("room %s: its settings cannot be read; it has the usual ones", row.slug)
        return RoomSettings()


def _source(row: Room) -> Source | None:
    """The first film, or None where there is none that could be played."""
    if row.source is None:
        return None
    try:
        return make_source(msgspec.convert(row.source, SourceRequest), source_id="s0")
    except msgspec.ValidationError:
        logger.exception("room %s: its first film cannot be read; it has none", row.slug)
        return None


def _write_each(batch: list[SavedRoom]) -> dict[str, Exception]:
    """Write rooms one by one; returns what went wrong, by slug."""
    problems: dict[str, Exception] = {}
    for saved in batch:
        try:
            _write(saved)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the others are written
            problems[saved.state.slug] = problem
    return problems


def _write(saved: SavedRoom) -> None:
    changes: dict[str, Any] = {
        "state": {"room": msgspec.to_builtins(saved.state), "saved_at_ms": saved.saved_at_ms},
        "epoch": saved.state.epoch,
        "seq": saved.state.seq,
        "left_cleanly": saved.clean,
        "boot_id": saved.boot_id,
        "updated_at": datetime.now(UTC),
    }
    settings = saved.state.settings
    if settings.title:  # a state of before rooms knew their titles says nothing of them
        changes |= {
            "title": settings.title,
            "is_public": settings.public,
            "max_users": settings.max_users,
        }
    # Several servers write one room, each when it comes to it: what is older stays unwritten.
    newer = {"epoch": saved.state.epoch, "seq__gt": saved.state.seq}
    Room.objects.filter(slug=saved.state.slug).exclude(**newer).update(**changes)
    if saved.state.closed:
        open_rows = Room.objects.filter(slug=saved.state.slug, closed_at__isnull=True)
        open_rows.update(closed_at=datetime.now(UTC))
