"""What one tick carries: the latest cursor of each member, and the reactions, encoded once."""

from sync.core.wire import Frame, encode
from watchparty.core.protocol import Cursor, CursorsBatch, Reaction, ReactionsBatch


class Batch:
    """Cursors and reactions since the last tick. A later cursor replaces an earlier one."""

    def __init__(self) -> None:
        self._cursors: dict[str, Cursor] = {}
        self._reactions: list[Reaction] = []

    def move(self, cursor: Cursor) -> None:
        """Note where somebody points now."""
        self._cursors[cursor.user_id] = cursor

    def drop_cursor(self, user_id: str) -> None:
        """Forget a cursor that has left before its tick."""
        self._cursors.pop(user_id, None)

    def react(self, reaction: Reaction) -> None:
        """Add a reaction."""
        self._reactions.append(reaction)

    def take(self) -> list[Frame]:
        """The frames of this tick, and a fresh start."""
        frames = []
        if self._cursors:
            frames.append(encode(CursorsBatch(cursors=list(self._cursors.values())), passing=True))
            self._cursors = {}
        if self._reactions:
            frames.append(encode(ReactionsBatch(reactions=self._reactions), passing=True))
            self._reactions = []
        return frames
