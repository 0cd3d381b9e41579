"""An archive without a database, and the rooms that tests put into it."""

import asyncio

from msgspec import structs

from tests.rooms import FILM
from watchparty.core.keeping import SavedRoom
from watchparty.core.protocol import RoomSettings, Source
from watchparty.store.base import Kept, NoSuchRoom, RoomRecord


def kept(slug: str = "demo", *, source: Source | None = FILM, **record: object) -> Kept:
    """A room in which nothing has happened yet."""
    fields = {
        "title": slug.title(),
        "created_by": "",
        "created_at_ms": 0.0,
        "max_users": 100,
        "is_public": True,
    } | record
    return Kept(
        record=RoomRecord(slug=slug, **fields),  # type: ignore[arg-type]
        settings=RoomSettings(),
        source=source,
        saved=None,
    )


class DictArchive:
    """Rooms in a dict; what is noted is written by `flush`, the latest of a room wins."""

    def __init__(self, *rooms: Kept) -> None:
        self.rooms = {room.record.slug: room for room in rooms}
        self.pending: dict[str, SavedRoom] = {}
        self.problem: Exception | None = None
        self.turns = 0
        """How many turns of the event loop a database's answer takes."""

    async def load(self, slug: str) -> Kept:
        await self.flush()
        room = self.rooms.get(slug)
        await self._answer()
        if room is None:
            raise NoSuchRoom(slug)
        return room

    def keep(self, saved: SavedRoom) -> None:
        self.pending[saved.state.slug] = saved

    async def flush(self) -> None:
        await self._answer()
        pending, self.pending = self.pending, {}
        for slug, saved in pending.items():
            before = self.rooms[slug]
            record = structs.replace(
                before.record, closed=before.record.closed or saved.state.closed
            )
            self.rooms[slug] = structs.replace(before, record=record, saved=saved)

    async def _answer(self) -> None:
        for _ in range(self.turns):
            await asyncio.sleep(0)
        if self.problem is not None:
            raise self.problem
