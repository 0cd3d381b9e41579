"""The rules every frame of a socket passes before anybody acts on it: kind, size, rate, sense."""

from collections import deque
from collections.abc import Mapping
from typing import Final, Generic, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sync.core.bucket import AbuseWatch, Limit, TokenBucket
from sync.core.limits import ALL_FRAMES
from sync.core.wire import (
    MAX_FRAME_BYTES,
    BadFrame,
    CloseCode,
    Decoder,
    ErrorMessage,
    RateLimited,
    Reference,
    wire_ms,
)

MAX_ERRORS: Final = 10
"""So many unreadable frames …"""

ERROR_WINDOW_MS: Final = 10_000.0
"""… within so long a time close the socket: such a client is broken or hostile."""

MAX_UTF8_BYTES_PER_CHARACTER: Final = 4

T = TypeVar("T")


class Refuse(Struct, frozen=True):
    """What a frame gets that is not acted on: an answer, a close code, or both in this order."""

    answer: ErrorMessage | RateLimited | None
    close: int | None = None


class Limiter:
    """Token buckets by name, each with its watch for abuse.

    Both are made when first needed, so that an idle socket costs little. A name without a limit
    raises KeyError.
    """

    __slots__ = ("_buckets", "_limits", "_watches")

    def __init__(self, limits: Mapping[str, Limit]) -> None:
        self._limits = limits
        self._buckets: dict[str, TokenBucket] = {}
        self._watches: dict[str, AbuseWatch] = {}

    def open(self, action: str, now_ms: float) -> TokenBucket:
        """The bucket of an action; a new one is full."""
        bucket = self._buckets.get(action)
        if bucket is None:
            bucket = self._buckets[action] = TokenBucket(self._limits[action], now_ms)
        return bucket

    def take(self, action: str, now_ms: float, ref: str | UnsetType = UNSET) -> Refuse | None:
        """Draw on one limit; None: granted. Who goes on asking far too often is closed 1008."""
        retry_in_ms = self.open(action, now_ms).take(now_ms)
        if not retry_in_ms:
            return None
        watch = self._watches.get(action)
        if watch is None:
            watch = self._watches[action] = AbuseWatch(self._limits[action])
        answer = RateLimited(action=action, retry_in=wire_ms(retry_in_ms), ref=ref)
        return Refuse(answer, CloseCode.ABUSE if watch.refused(now_ms) else None)


class FrameGuard(Generic[T]):
    """One socket's frames: reads them strictly and says no as PROTOCOL.md does.

    `read` draws on the limit of all frames; `limit` draws on an action's own. Behind `read` the
    types can be trusted.
    """

    __slots__ = ("_decoder", "_error_times_ms", "_limiter")

    def __init__(self, decoder: Decoder[T], limits: Mapping[str, Limit], now_ms: float) -> None:
        self._decoder = decoder
        self._limiter = Limiter(limits)
        self._limiter.open(ALL_FRAMES, now_ms)
        self._error_times_ms: deque[float] | None = None

    def read(self, text: str | None, data: bytes | None, now_ms: float) -> T | Refuse:
        """The message in a frame, or the refusal that it earns."""
        if text is None or data is not None:
            return Refuse(None, CloseCode.BINARY)
        if is_too_large(text):
            return Refuse(_TOO_LARGE, CloseCode.TOO_LARGE)
        # A frame too many is read all the same: its refusal owes the sender its `ref`.
        refusal = self._limiter.take(ALL_FRAMES, now_ms)
        try:
            message = self._decoder.decode(text)
        except BadFrame as problem:
            return self.refuse(_with_ref(problem.answer(), text), now_ms)
        if refusal is None:
            return message
        return _with_ref_of(refusal, message)

    def limit(self, action: str, now_ms: float, ref: str | UnsetType = UNSET) -> Refuse | None:
        """Draw on the limit of one action; None: granted. All frames' own is drawn by `read`."""
        return None if action == ALL_FRAMES else self._limiter.take(action, now_ms, ref)

    def refuse(self, answer: ErrorMessage, now_ms: float) -> Refuse:
        """Count one frame without sense; MAX_ERRORS of them in ERROR_WINDOW_MS close the socket.

        Also for callers whose own checks find a well-formed frame senseless (no such time zone).
        """
        times_ms = self._error_times_ms
        if times_ms is None:
            times_ms = self._error_times_ms = deque(maxlen=MAX_ERRORS)
        times_ms.append(now_ms)
        too_many = len(times_ms) == MAX_ERRORS and now_ms - times_ms[0] <= ERROR_WINDOW_MS
        return Refuse(answer, CloseCode.ABUSE if too_many else None)


def is_too_large(text: str) -> bool:
    """Whether a text frame is longer than MAX_FRAME_BYTES in UTF-8; short ones are not encoded."""
    characters = len(text)
    if characters * MAX_UTF8_BYTES_PER_CHARACTER <= MAX_FRAME_BYTES:
        return False
    return characters > MAX_FRAME_BYTES or len(text.encode(errors="replace")) > MAX_FRAME_BYTES


_TOO_LARGE: Final = ErrorMessage(
    code="too_large", message=f"A frame may have {MAX_FRAME_BYTES} bytes at most."
)


class _Referenced(Struct):
    ref: Reference | UnsetType = UNSET


_reference = msgspec.json.Decoder(_Referenced)


def _with_ref(answer: ErrorMessage, text: str) -> ErrorMessage:
    """The answer with the refused frame's `ref` where one can be made out: its sender waits."""
    try:
        ref = _reference.decode(text).ref
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return answer
    return msgspec.structs.replace(answer, ref=ref)


def _with_ref_of(refusal: Refuse, message: object) -> Refuse:
    ref = getattr(message, "ref", UNSET)
    if ref is UNSET or refusal.answer is None:
        return refusal
    return Refuse(msgspec.structs.replace(refusal.answer, ref=ref), refusal.close)
