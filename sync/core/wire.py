"""What every frame on every socket has in common, and the messages of time itself.

PROTOCOL.md is the source of the names, units and limits. `watchparty.core.protocol` builds the
party's messages on this module; JavaScript, JSON Schema and docs/protocol.md are generated from
both.
"""

import re
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

MAX_FRAME_BYTES: Final = 16 * 1024
"""Longest frame a client may send; a longer one is answered `too_large` and closed with 1009."""

TIMESTAMP_DECIMALS: Final = 3
"""Times are milliseconds with a microsecond's resolution, as float64 (never ns: 2^53)."""

CLOCK_ROOM: Final = "clock"
"""The unlisted room that visitors of the clock pages join, to see who else is there."""

SUBPROTOCOL: Final = "csw.v1"
"""The WebSocket subprotocol of all sockets; who offers others beside it gets this one."""

MS: Final[dict[str, Any]] = {"x-unit": "ms"}
"""The unit of a field whose name does not carry it; the JSON Schema and the reference show it."""

Milliseconds = Annotated[
    float, Meta(description="instant of the media clock", extra_json_schema=MS)
]
DurationMs = Annotated[float, Meta(ge=0, extra_json_schema=MS)]
Reference = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=36,
        pattern=r"^[ -~]+$(?!\n)",
        description="random, unique per tab across reloads; comes back in the answer",
    ),
]

Generation = Annotated[int, Meta(description="identity of the media clock's base")]
ClockError = Annotated[DurationMs, Meta(description="bound of the server's own clock error")]

T = TypeVar("T")

ErrorCode = Literal[
    "malformed",
    "unknown_type",
    "invalid_field",
    "too_large",
    "not_joined",
    "no_such_room",
    "room_full",
    "locked",
    "password_required",
    "wrong_password",
    "forbidden",
    "banned",
    "stale",
    "bad_source",
    "unavailable",
    "unauthorised",
    "internal",
]


class CloseCode:
    """Why a socket ends. 44xx: the client stays away; every other code: it comes back."""

    LEFT: Final = 1000
    PAGE_GONE: Final = 1001
    BINARY: Final = 1003
    ABUSE: Final = 1008
    TOO_LARGE: Final = 1009
    INTERNAL: Final = 1011
    DRAINING: Final = 1012
    DRAINING_DAPHNE: Final = 4012
    NOT_JOINED: Final = 4000
    TOO_SLOW: Final = 4008
    UNAUTHORISED: Final = 4401
    REMOVED: Final = 4403
    NO_SUCH_ROOM: Final = 4404
    OPEN_ELSEWHERE: Final = 4409
    ROOM_CLOSED: Final = 4410
    NOT_ADMITTED: Final = 4423


CLOSE_MEANINGS: Final[dict[int, tuple[str, str]]] = {
    CloseCode.LEFT: ("left", "–"),
    CloseCode.PAGE_GONE: ("page gone", "–"),
    CloseCode.BINARY: ("binary frame", "comes back once"),
    CloseCode.ABUSE: ("abuse of limits", "comes back after 30 s"),
    CloseCode.TOO_LARGE: ("frame too large", "comes back once"),
    CloseCode.INTERNAL: ("fault of ours", "comes back"),
    CloseCode.DRAINING: ("draining", "comes back after `retryIn`"),
    CloseCode.DRAINING_DAPHNE: ("draining, on daphne", "comes back after `retryIn`"),
    CloseCode.NOT_JOINED: ("did not join within 15 s", "the door opens a new one"),
    CloseCode.TOO_SLOW: ("too slow a reader", "comes back, snapshot"),
    CloseCode.UNAUTHORISED: ("unauthorised", "stays away, says why"),
    CloseCode.REMOVED: ("removed or banned", "stays away, says why"),
    CloseCode.NO_SUCH_ROOM: ("no such room", "stays away, says why"),
    CloseCode.OPEN_ELSEWHERE: ("this tab is open elsewhere", "stays away, says why"),
    CloseCode.ROOM_CLOSED: ("room closed", "stays away, says why"),
    CloseCode.NOT_ADMITTED: ("locked, full or password", "stays away, says why"),
}
"""Close code → (meaning, what a client does)."""


class Value(Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A part of a message: camelCase on the wire, unknown fields refused."""


class Message(
    Struct,
    frozen=True,
    rename="camel",
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="type",
):
    """A whole frame; its class carries the wire's `type` as msgspec tag."""


class Heartbeat(Message, tag="heartbeat"):
    """Sent by a client when it has sent nothing else for 25 s."""


class TimeSync(Message, tag="time:sync"):
    """A probe: asks for T2 and T3 (RFC 5905 section 8)."""

    client_timestamp: Annotated[
        float, Meta(description="T1 by the client's own clock; any finite number")
    ]


class TimeSyncResponse(Message, tag="time:sync:response"):
    """The answer to a probe, given before anything else on that socket."""

    client_timestamp: Annotated[float, Meta(description="T1 as it was sent")]
    server_receive_time: Annotated[Milliseconds, Meta(description="T2, media clock")]
    server_send_time: Annotated[Milliseconds, Meta(description="T3, media clock")]
    generation: Generation
    error_ms: ClockError


class ServerTime(Message, tag="server:time"):
    """The media clock now; each second on `/ws/sync/`, each 15 s and at a change in a party."""

    timestamp: Milliseconds
    civil_offset_ms: Annotated[float, Meta(description="UTC minus media clock; may step")]
    generation: Generation
    error_ms: ClockError


class ErrorMessage(Message, tag="error"):
    """A coded no. The connection lives on, unless a close follows."""

    code: ErrorCode
    message: Annotated[str, Meta(description="a sentence for people")]
    ref: Reference | UnsetType = UNSET
    field: Annotated[str, Meta(description="path of the refused field")] | UnsetType = UNSET
    retry_in: (
        Annotated[
            DurationMs, Meta(description="with `banned`: until the door opens; without: never")
        ]
        | UnsetType
    ) = UNSET


class RateLimited(Message, tag="error:ratelimit"):
    """Too many of one action; `retryIn` milliseconds from now one will be accepted."""

    action: Annotated[str, Meta(description="name of the limit")]
    retry_in: Annotated[DurationMs, Meta(description="until one will be accepted")]
    ref: Reference | UnsetType = UNSET


class ServerDraining(Message, tag="server:draining"):
    """The server is about to stop; close 1012 follows. Come back after `retryIn`."""

    retry_in: Annotated[DurationMs, Meta(description="jittered, so that not all come at once")]


ClockIntent = TimeSync | Heartbeat
"""All that `/ws/sync/` accepts."""


_FINAL_TEXT: Final = 0x81
_LONGEST_SHORT: Final = 125
_LENGTH_IN_2: Final = 126
_LENGTH_IN_8: Final = 127


class Frame:
    """One encoded text frame; encoded once, written to any number of members.

    `passing` frames (cursors, reactions, statuses) may be skipped for a reader who lags.
    """

    __slots__ = ("_wire", "data", "passing", "text")

    def __init__(self, data: bytes, *, passing: bool = False) -> None:
        self.data = data
        self.text = data.decode()
        self.passing = passing
        self._wire: bytes | None = None

    def __len__(self) -> int:
        return len(self.data)

    @property
    def wire(self) -> bytes:
        """The frame as a server sends it (RFC 6455 section 5.2), built once for all members."""
        if self._wire is None:
            self._wire = _header(len(self.data)) + self.data
        return self._wire


def _header(length: int) -> bytes:
    if length <= _LONGEST_SHORT:
        return bytes((_FINAL_TEXT, length))
    if length < 1 << 16:
        return bytes((_FINAL_TEXT, _LENGTH_IN_2)) + length.to_bytes(2)
    return bytes((_FINAL_TEXT, _LENGTH_IN_8)) + length.to_bytes(8)


_encoder = msgspec.json.Encoder()


def encode(message: Struct, *, passing: bool = False) -> Frame:
    """Encode one message (a struct with a `type`) for the wire."""
    return Frame(_encoder.encode(message), passing=passing)


def wire_ms(ms: float) -> float:
    """A time as the wire carries it: milliseconds with three decimals."""
    return round(ms, TIMESTAMP_DECIMALS)


class BadFrame(Exception):  # noqa: N818
    """A frame that cannot be read; `code`, `message` and `field` are what the sender is told."""

    def __init__(self, code: ErrorCode, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message
        self.field = field

    def answer(self) -> ErrorMessage:
        """The `error` frame for the sender."""
        return ErrorMessage(
            code=self.code,
            message=self.message,
            field=UNSET if self.field is None else self.field,
        )


# Characters of a bad frame that its answer may repeat: refusing must not cost more than asking.
# Nobody else's business, so not `Final`, which would publish it in the generated files.
_MAX_QUOTED = 200

_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_MISSING = re.compile(r"(?:missing required|contains unknown) field `(?P<field>[^`]*)`")


class Decoder(Generic[T]):
    """Strict JSON → typed message; whatever does not fit exactly raises `BadFrame`."""

    def __init__(self, intents: Any) -> None:
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(intents)

    def decode(self, text: str | bytes) -> T:
        """Read one frame. Raises BadFrame with the code and field that PROTOCOL.md gives."""
        try:
            return self._decoder.decode(text)
        except msgspec.ValidationError as problem:
            raise _explain(str(problem)) from None
        except (msgspec.DecodeError, UnicodeError, RecursionError) as problem:
            raise BadFrame("malformed", f"This frame is not JSON: {problem}.") from None


def _explain(problem: str) -> BadFrame:
    path = _PATH.search(problem)
    missing = _MISSING.search(problem)
    field = (path["path"] if path else "") or ""
    reason = _shorten(_PATH.sub("", problem))
    if missing:
        field = f"{field}.{missing['field']}" if field else missing["field"]
    field = _shorten(field)
    if not field:
        return BadFrame("malformed", f"This frame is not a message: {reason}.")
    if field == "type":
        return BadFrame("unknown_type", f"There is no such type of message: {reason}.", "type")
    return BadFrame("invalid_field", f"{field}: {reason}.", field)


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…"
