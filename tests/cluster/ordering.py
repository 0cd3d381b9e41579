"""What a viewer may apply, and when only a snapshot helps: (epoch, seq), as PROTOCOL says."""

from collections.abc import Iterable
from typing import Any

Message = dict[str, Any]
Position = tuple[str, int]
"""Epoch and seq of the last ordered event applied."""

KEPT_EVENTS = 64
"""As many as a browser keeps to lay them over a snapshot."""


def is_ordered(message: Message) -> bool:
    """Whether it changes the room's state, in its turn."""
    return "epoch" in message and message["type"] != "room:joined"


def position_of(message: Message) -> Position:
    """Where an ordered event or a snapshot stands."""
    return message["epoch"], message["seq"]


class Ordering:
    """The rules of static/js/room/ordering.js, written down a second time."""

    def __init__(self) -> None:
        self.position: Position | None = None
        self.is_behind = False
        """Whether an event was missed, so that only a snapshot helps."""
        self._kept: dict[Position, Message] = {}

    def offer(self, event: Message) -> list[Message]:
        """What may be applied now: the event, if it is next, and those that waited for it."""
        if not self._is_old(position_of(event)):
            self._kept[position_of(event)] = event
            while len(self._kept) > KEPT_EVENTS:
                del self._kept[next(iter(self._kept))]
        return self._advance()

    def replace(self, position: Position) -> list[Message]:
        """A snapshot was taken over; newer events that are here already may follow it."""
        self.position = position
        self._drop(place for place in self._kept if place[0] != position[0])
        return self._advance()

    def forget_events(self) -> None:
        """A new connection: only what it brings may be laid over its snapshot."""
        self._kept.clear()
        self.is_behind = False

    def _is_old(self, place: Position) -> bool:
        position = self.position
        return position is not None and place[0] == position[0] and place[1] <= position[1]

    def _advance(self) -> list[Message]:
        ready = []
        while self.position is not None:
            after = self.position[0], self.position[1] + 1
            if after not in self._kept:
                break
            ready.append(self._kept[after])
            self.position = after
        self._drop(place for place in self._kept if self._is_old(place))
        self.is_behind = self.position is not None and bool(self._kept)
        return ready

    def _drop(self, places: Iterable[Position]) -> None:
        for place in list(places):
            del self._kept[place]
