"""The coded noes that a hub gives."""

from typing import Any, Final

from msgspec import UNSET, Struct

from sync.core.wire import CloseCode, ErrorCode, ErrorMessage, RateLimited, wire_ms
from watchparty.hub.connection import Connection
from watchparty.hub.door import TurnedAway
from watchparty.hub.work import Arrive, Ask, Look, Own, Snapshot, Spend, Work
from watchparty.store.base import NoSuchRoom, RoomIsClosed, StoreUnavailable

UNKNOWN_OUTCOME: Final = "The room did not answer in time: the outcome is unknown."
NO_ANSWER: Final = "The room did not answer. Try again."


def error(
    code: ErrorCode, message: str, ref: str | None = None, field: str | None = None
) -> ErrorMessage:
    """An `error` frame."""
    return ErrorMessage(
        code=code,
        message=message,
        ref=UNSET if ref is None else ref,
        field=UNSET if field is None else field,
    )


def turned_away(turned: TurnedAway) -> ErrorMessage:
    """What somebody hears whom the door turned away."""
    return error(turned.code, turned.message, field=turned.field)


def too_often(action: str, retry_in_ms: float, ref: str | None = None) -> RateLimited:
    """An `error:ratelimit` frame."""
    return RateLimited(
        action=action, retry_in=wire_ms(retry_in_ms), ref=UNSET if ref is None else ref
    )


def fields(value: Struct) -> dict[str, Any]:
    """A value's fields, to spread it into a message."""
    return {name: getattr(value, name) for name in value.__struct_fields__}


def tell_failure(work: Work, problem: Exception) -> None:
    """Answer whoever asked for what could not be done; nobody else is affected."""
    match work:
        case Own(_, done):
            if done is not None:
                done.set_exception(problem)
        case Ask(connection, command):
            _tell(connection, problem, UNKNOWN_OUTCOME, command.ref)
        case Arrive(connection) | Spend(connection) | Look(connection) | Snapshot(connection):
            _tell(connection, problem, NO_ANSWER)
        case _:
            pass  # the room's own business; it is tried again when it is due


def _tell(
    connection: Connection, problem: Exception, unavailable: str, ref: str | None = None
) -> None:
    match problem:
        case StoreUnavailable():
            connection.tell(error("unavailable", unavailable, ref))
        case NoSuchRoom():
            why = error("no_such_room", "There is no such room.", ref)
            connection.end(CloseCode.NO_SUCH_ROOM, why)
        case RoomIsClosed():
            connection.end(CloseCode.ROOM_CLOSED, error("no_such_room", "This room is over.", ref))
        case _:
            connection.end(CloseCode.INTERNAL, error("internal", "A fault of ours.", ref))
