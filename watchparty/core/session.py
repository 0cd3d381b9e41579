"""The rules of one party socket: what it may send before and after joining, and how often."""

from collections.abc import Mapping
from typing import Final

from msgspec import UNSET, UnsetType

from sync.core.bucket import Limit
from sync.core.guard import FrameGuard, Refuse
from sync.core.wire import Decoder, ErrorCode, ErrorMessage, Heartbeat, TimeSync
from watchparty.core.protocol import ACTIONS, ClientMessage, RoomJoin, RoomsList

JOIN_WITHIN_S: Final = 15.0
"""A party socket that has not joined by then is closed 4000."""

_BEFORE_JOINING: Final = (RoomJoin, RoomsList, TimeSync, Heartbeat)

_decoder: Final[Decoder[ClientMessage]] = Decoder(ClientMessage)


class Session:
    """Reads one socket's frames. What it lets through is well-formed, in turn and within limits."""

    __slots__ = ("_guard", "joined")

    def __init__(self, limits: Mapping[str, Limit], now_ms: float) -> None:
        self._guard: FrameGuard[ClientMessage] = FrameGuard(_decoder, limits, now_ms)
        self.joined = False

    def read(self, text: str | None, data: bytes | None, now_ms: float) -> ClientMessage | Refuse:
        """The message in a frame, or the refusal that it earns."""
        message = self._guard.read(text, data, now_ms)
        if isinstance(message, Refuse):
            return message
        ref = reference(message)
        excess = self._guard.limit(ACTIONS[type(message)], now_ms, ref)
        if excess is not None:
            return excess
        if self.joined and isinstance(message, RoomJoin):
            return refusal("forbidden", "This socket is in a room already.")
        if not self.joined and not isinstance(message, _BEFORE_JOINING):
            return refusal("not_joined", "Join the room first.", ref)
        return message

    def senseless(self, answer: ErrorMessage, now_ms: float) -> Refuse:
        """Refuse a well-formed frame without sense; it counts as an unreadable one."""
        return self._guard.refuse(answer, now_ms)


def reference(message: ClientMessage) -> str | UnsetType:
    """The `ref` of a message that has one."""
    ref: str | UnsetType = getattr(message, "ref", UNSET)
    return ref


def refusal(code: ErrorCode, message: str, ref: str | UnsetType = UNSET) -> Refuse:
    """A coded no that leaves the connection alone."""
    return Refuse(ErrorMessage(code=code, message=message, ref=ref))
