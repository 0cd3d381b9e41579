"""What every client did and saw, as the checker reads it."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from tests.cluster.ordering import Message, Position, is_ordered, position_of
from tests.cluster.timeline import Timeline

CONTROLS = ("video:play", "video:pause", "video:seek", "video:rate")


class Operation(Struct):
    """One intent, from its first sending to its answer; all instants are ns of one clock."""

    client: str
    ref: str
    intent: Message
    invoked_ns: int
    answered_ns: int | None = None
    answer: Message | None = None
    """The event that acknowledges it, or the refusal; None: its outcome is unknown."""

    @property
    def place(self) -> Position | None:
        """Of the event, where it was applied."""
        answer = self.answer
        return position_of(answer) if answer is not None and is_ordered(answer) else None


class Sight(Struct):
    """A client saw the room: an ordered event in its turn, or a snapshot (`is_whole`)."""

    client: str
    at_ns: int
    seen: Message
    is_whole: bool = False
    asked_ns: int = 0
    """Of a snapshot: when it was asked for."""

    @property
    def place(self) -> Position:
        return position_of(self.seen)


class History(Struct):
    """Of one room."""

    operations: list[Operation]
    sights: list[Sight]
    """In the order in which each client had them."""


def history_of(timelines: Iterable[tuple[str, Timeline]]) -> History:
    """What raw viewers have noted."""
    history = History([], [])
    for client, timeline in timelines:
        _read(history, client, timeline)
    return history


def _read(history: History, client: str, timeline: Timeline) -> None:
    under_way: dict[str, Operation] = {}
    connected_ns = 0
    for at_ns, what, ref, seen in timeline.entries:
        match what:
            case "connected":
                connected_ns = at_ns
            case "joined" if "videoState" in seen:
                history.sights.append(Sight(client, at_ns, dict(seen), True, connected_ns))
            case "shown":
                history.sights.append(Sight(client, at_ns, dict(seen), True))
            case "applied":
                history.sights.append(Sight(client, at_ns, dict(seen)))
            case "asked":
                operation = Operation(client, str(ref), dict(seen), at_ns)
                under_way[str(ref)] = operation
                history.operations.append(operation)
            case "acknowledged" | "refused":
                _answer(under_way[str(ref)], at_ns, seen)


def _answer(operation: Operation, at_ns: int, answer: dict[str, Any]) -> None:
    if operation.answer is None:
        operation.answered_ns, operation.answer = at_ns, dict(answer)
