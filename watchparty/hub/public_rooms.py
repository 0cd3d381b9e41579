"""The list of public rooms: those held here as they are, those of other servers as was told."""

from typing import Final

import msgspec

from watchparty.core.protocol import RoomSummary
from watchparty.hub.sharing import Sharing
from watchparty.store.base import LEASE_MS
from watchparty.store.board import Board, Pinned

MAX_LISTED: Final = 100
"""The fullest rooms; of each server as well, since none of the others can be among them."""

_read: Final = msgspec.json.Decoder(RoomSummary).decode


class PublicRooms:
    """What one process says of its public rooms, and knows of all others'."""

    def __init__(self, board: Board | None) -> None:
        """Without a board there is no other server."""
        self._board = board
        self._elsewhere: list[RoomSummary] = []
        self._read_ms = 0.0
        self._shared: set[str] = set()
        self._sharing = Sharing("public rooms")

    def listed(self, held: dict[str, RoomSummary | None], now_ms: float) -> list[RoomSummary]:
        """The fullest public rooms of all servers. `held`: None for a room that is not to be shown.

        Of a room that is held here nobody knows better. Safe from any thread.
        """
        elsewhere = self._elsewhere if now_ms - self._read_ms < LEASE_MS else []
        return _fullest([*_shown(held), *(room for room in elsewhere if room.id not in held)])

    def share_soon(self, held: dict[str, RoomSummary | None], now_ms: float) -> None:
        """Tell the others and hear of them; returns at once."""
        board = self._board
        if board is not None and not self._sharing.is_under_way:
            self._sharing.begin(lambda: self._share(board, held, now_ms))

    async def settled(self) -> None:
        """Return when what was begun is done."""
        await self._sharing.ended()

    async def close(self) -> None:
        """Say nothing more: what was said ends by itself."""
        await self._sharing.stop()
        if self._board is not None:
            await self._board.close()

    async def _share(
        self, board: Board, held: dict[str, RoomSummary | None], now_ms: float
    ) -> None:
        here = _fullest(_shown(held))
        shared = {room.id for room in here}
        # A room that was released may go on elsewhere: its entry ends by itself if it does not.
        gone = (self._shared - shared) & held.keys()
        pinned = [Pinned(room.id, room.user_count, msgspec.json.encode(room)) for room in here]
        self._elsewhere = [_read(told) for told in await board.share(pinned, gone, now_ms)]
        self._shared, self._read_ms = shared, now_ms


def _shown(held: dict[str, RoomSummary | None]) -> list[RoomSummary]:
    return [room for room in held.values() if room is not None and room.user_count]


def _fullest(rooms: list[RoomSummary]) -> list[RoomSummary]:
    return sorted(rooms, key=lambda room: -room.user_count)[:MAX_LISTED]
