"""What one tick carries: the latest cursor of each member, and the reactions, encoded once."""

from sync.core.wire import Frame, encode
from sync.tally import TALLY
from watchparty.core.protocol import (
    Cursor,
    CursorRemove,
    CursorsBatch,
    Reaction,
    ReactionsBatch,
)


class Batch:
    """Cursors and reactions since the last tick. A later cursor replaces an earlier one."""

    def __init__(self) -> None:
        self._cursors: dict[str, Cursor] = {}
        self._reactions: list[Reaction] = []
        self._shown: set[str] = set()
        self._gone: set[str] = set()

    def move(self, cursor: Cursor) -> None:
        """Note where somebody points now."""
        self._cursors[cursor.user_id] = cursor
        self._gone.discard(cursor.user_id)

    def remove(self, user_id: str) -> bool:
        """Note that somebody points no more. False: nobody has seen that cursor."""
        self._cursors.pop(user_id, None)
        if user_id not in self._shown:
            return False
        self._shown.discard(user_id)
        self._gone.add(user_id)
        return True

    def react(self, reaction: Reaction) -> None:
        """Add a reaction."""
        self._reactions.append(reaction)

    def take(self) -> list[Frame]:
        """The frames of this tick, and a fresh start."""
        frames = []
        if size := len(self._gone) + len(self._cursors) + len(self._reactions):
            TALLY.batches.add(size)
        frames += [encode(CursorRemove(user_id=gone), passing=True) for gone in self._gone]
        self._gone = set()
        if self._cursors:
            self._shown |= self._cursors.keys()
            frames.append(encode(CursorsBatch(cursors=list(self._cursors.values())), passing=True))
            self._cursors = {}
        if self._reactions:
            frames.append(encode(ReactionsBatch(reactions=self._reactions), passing=True))
            self._reactions = []
        return frames
