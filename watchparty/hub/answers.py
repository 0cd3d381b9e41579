"""The coded noes that a hub gives."""

from typing import Any

from msgspec import UNSET, Struct

from sync.core.wire import ErrorCode, ErrorMessage, RateLimited, wire_ms
from watchparty.hub.door import TurnedAway


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
