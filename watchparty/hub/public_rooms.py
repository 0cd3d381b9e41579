"""The list of public rooms: those held here as they are, those of other servers as was told."""

import asyncio
import logging
from typing import Final

from watchparty.core.protocol import RoomSummary
from watchparty.store.base import LEASE_MS, StoreUnavailable
from watchparty.store.listing import MAX_LISTED, Listing

SHARE_EVERY_S: Final = 2
"""So often servers tell one another: a list is at most twice as old."""

logger = logging.getLogger(__name__)


class PublicRooms:
    """What one process says of its public rooms, and knows of all others'."""

    def __init__(self, listing: Listing | None) -> None:
        """Without a listing there is no other server."""
        self._listing = listing
        self._elsewhere: list[RoomSummary] = []
        self._read_ms = 0.0
        self._shared: set[str] = set()
        self._sharing: asyncio.Task[None] | None = None

    def listed(self, held: dict[str, RoomSummary | None], now_ms: float) -> list[RoomSummary]:
        """The fullest public rooms of all servers. `held`: None for a room that is not to be shown.

        Of a room that is held here nobody knows better. Safe from any thread.
        """
        elsewhere = self._elsewhere if now_ms - self._read_ms < LEASE_MS else []
        return _fullest([*_shown(held), *(room for room in elsewhere if room.id not in held)])

    def share_soon(self, held: dict[str, RoomSummary | None], now_ms: float) -> None:
        """Tell the others and hear of them; returns at once."""
        if self._listing is not None and (self._sharing is None or self._sharing.done()):
            self._sharing = asyncio.create_task(self._share(self._listing, held, now_ms))

    async def close(self) -> None:
        """Say nothing more: what was said ends by itself."""
        if self._sharing is not None:
            self._sharing.cancel()
            await asyncio.gather(self._sharing, return_exceptions=True)
        if self._listing is not None:
            await self._listing.close()

    async def _share(
        self, listing: Listing, held: dict[str, RoomSummary | None], now_ms: float
    ) -> None:
        here = _fullest(_shown(held))
        shared = {room.id for room in here}
        # A room that was released may go on elsewhere: its entry ends by itself if it does not.
        gone = (self._shared - shared) & held.keys()
        try:
            self._elsewhere = await listing.share(here, gone, now_ms)
        except StoreUnavailable:
            return  # who asks is told what was last heard, as long as it may be true
        except Exception:
            logger.exception("the list of public rooms failed")
            return
        self._shared, self._read_ms = shared, now_ms


def _shown(held: dict[str, RoomSummary | None]) -> list[RoomSummary]:
    return [room for room in held.values() if room is not None and room.user_count]


def _fullest(rooms: list[RoomSummary]) -> list[RoomSummary]:
    return sorted(rooms, key=lambda room: -room.user_count)[:MAX_LISTED]
