"""A room's state, what can be asked of it, and the ordered event that tells of a change."""

from typing import Any, Final, Literal

from msgspec import UNSET, Struct, UnsetType, structs

from sync.core.wire import ErrorCode, wire_ms
from watchparty.core.people import People
from watchparty.core.playhead import Playhead, clamp
from watchparty.core.protocol import (
    ChatMessage,
    Intent,
    OrderedEvent,
    RoomSettings,
    Source,
    VideoState,
    VideoStateChanged,
    VideoWaiting,
    Waiting,
)

MIN_LEAD_MS: Final = 300.0
"""research/sync.md section 3: shorter than this no start together reaches everybody in time."""


class Gate(Struct, frozen=True):
    """Why the film stands, for whom, and how long at most. Instants are media-clock ms."""

    reason: Literal["start", "buffering"]
    user_ids: tuple[str, ...]
    """Who is waited for, as far as named: at most MAX_NAMED."""
    since_seq: int
    """Who was ready before this event has to be ready again."""
    opened_ms: float
    deadline_ms: float
    server: str
    """Whose hub sees to it that it ends."""
    lead_ms: float = 0.0
    by: str | None = None
    ref: str | None = None
    """Lead, author and reference of the play that asked for a start together."""
    laggards_named: bool = False


class RoomState(Struct, frozen=True):
    """All that ordered events change. Every instant is media-clock milliseconds."""

    slug: str
    epoch: str
    seq: int = 0
    playhead: Playhead = Playhead(position_s=0.0, at_ms=0.0)
    source: Source | None = None
    duration_s: float | None = None
    ended: bool = False
    settings: RoomSettings = RoomSettings()
    password_hash: str = ""
    """Of what who comes anew has to know; never on the wire. Empty: nothing."""
    people: People = People()
    chat: tuple[ChatMessage, ...] = ()
    """The last CHAT_KEPT messages, oldest first."""
    wrote_ms: dict[str, float] = {}
    """Person → when they last wrote, as long as slow mode needs it."""
    last_control_ms: float = 0.0
    seek_seq: int = 0
    """seq of the last seek or source: controls based on less keep the room's position (rule 3)."""
    source_seq: int = 0
    """seq of the last source: a seek based on less is `stale` (rule 3)."""
    by: str | None = None
    ref: str | None = None
    closed: bool = False
    waiting: Gate | None = None
    """Set while the film stands for some viewers."""
    spared_until_ms: dict[str, float] = {}
    """Person → until when no room stops for them (again)."""

    def position_at(self, now_ms: float) -> float:
        """Film position at an instant, within the film."""
        return self.playhead.position_at(now_ms, self.duration_s)

    def ends_at(self) -> float | None:
        """When the film will end, or None while it stands, is over or has no known end."""
        if self.duration_s is None or self.ended or self.closed:
            return None
        return self.playhead.reaches(self.duration_s)

    def is_over_at(self, now_ms: float) -> bool:
        """Whether the film has run out by an instant, be it before anybody has said so."""
        if self.ended:
            return True
        return self.duration_s is not None and self.position_at(now_ms) >= self.duration_s


class FilmEnded(Struct, frozen=True):
    """The room's own: the film has run out. Valid only while `armed_seq` is still the state's."""

    armed_seq: int


class RoomEmptied(Struct, frozen=True):
    """The room's own: nobody has been here since `at_ms`, so it pauses where the last one left."""

    armed_seq: int
    at_ms: float


class CloseRoom(Struct, frozen=True):
    """An administrator ends the party."""

    reason: str


class StartTogether(Struct, frozen=True):
    """The room's own: it has waited long enough. `in_vain`: persons who were not ready."""

    armed_seq: int
    lead_ms: float
    in_vain: tuple[str, ...] = ()


class NameLaggards(Struct, frozen=True):
    """The room's own: these are still waited for."""

    armed_seq: int
    user_ids: tuple[str, ...]


class Freeze(Struct, frozen=True):
    """The room's own: these viewers (user id → person) have been loading for too long."""

    armed_seq: int
    stalled: dict[str, str]
    server: str


class OwnerGone(Struct, frozen=True):
    """The room's own: `absent`, who owns it, has been gone for a minute; this person follows."""

    absent: str
    user_id: str
    person: str


class OwnerBack(Struct, frozen=True):
    """The room's own: whose room it is has come back, and takes it over again."""

    user_id: str
    person: str


OwnIntent = (
    FilmEnded
    | RoomEmptied
    | CloseRoom
    | StartTogether
    | NameLaggards
    | Freeze
    | OwnerGone
    | OwnerBack
)


class Audience(Struct, frozen=True):
    """What the hub knows of the viewers when a control comes that may open or end a gate."""

    server: str = ""
    lead_ms: float = MIN_LEAD_MS
    """What a start together takes at least."""
    waited_for: tuple[str, ...] = ()
    """User ids of all who count."""
    laggards: tuple[str, ...] = ()
    """Persons who are not ready though they are waited for."""


class Author(Struct, frozen=True):
    """How the member who asks is called at this moment; a chat message keeps it."""

    name: str = ""
    color: str = ""


class Command(Struct, frozen=True):
    """Something asked of a room, by a user or (`user_id` None) by the room itself."""

    intent: Intent | OwnIntent
    user_id: str | None = None
    person: str | None = None
    action: str | None = None
    """The bucket that the person's command draws on; None: unlimited."""
    audience: Audience = Audience()
    author: Author = Author()
    target: str | None = None
    """The person behind the user that the intent names; None: there is no such member."""
    target_name: str = ""
    """How that user is called at this moment; a ban keeps it."""
    password_hash: str = ""
    """Of the password that the intent sets: hashing takes too long for the room's own turn."""

    @property
    def ref(self) -> str | None:
        """The client's reference, if it asked for an acknowledgement."""
        ref = getattr(self.intent, "ref", UNSET)
        return None if isinstance(ref, UnsetType) else ref


class Refusal(Struct, frozen=True):
    """A coded no."""

    code: ErrorCode
    message: str
    field: str | None = None


class Applied(Struct, frozen=True):
    """A new state and the one ordered event that tells of it."""

    state: RoomState
    event: OrderedEvent


class Limited(Struct, frozen=True):
    """The person has done this too often; ask again in `retry_in_ms`."""

    action: str
    retry_in_ms: float


class Moot(Struct, frozen=True):
    """An intent of the room itself that events have overtaken: nothing happens, nobody is told."""


Decision = Applied | Refusal | Limited | Moot


def stamp(command: Command, after: RoomState) -> dict[str, Any]:
    """What every ordered event carries: its place in the order, who caused it, and their `ref`."""
    return {
        "epoch": after.epoch,
        "seq": after.seq,
        "by": command.user_id,
        "ref": UNSET if command.ref is None else command.ref,
    }


def moved(
    state: RoomState,
    command: Command,
    playhead: Playhead,
    *,
    control_ms: float,
    ended: bool | None = None,
    seek_seq: int | None = None,
    source_seq: int | None = None,
    source: Source | None = None,
) -> Applied:
    """The next state, with its playhead rounded as the wire carries it so that all agree."""
    after = structs.replace(
        state,
        seq=state.seq + 1,
        playhead=playhead.moved(
            position_s=round(clamp(playhead.position_s, state.duration_s), 6),
            at_ms=wire_ms(playhead.at_ms),
        ),
        source=source or state.source,
        duration_s=source.duration if source else state.duration_s,
        ended=state.ended if ended is None else ended,
        last_control_ms=max(wire_ms(control_ms), state.last_control_ms),
        seek_seq=state.seek_seq if seek_seq is None else seek_seq,
        source_seq=state.source_seq if source_seq is None else source_seq,
        by=command.user_id,
        ref=command.ref,
    )
    return Applied(after, waiting_event(after) if after.waiting else video_event(after))


def video_event(state: RoomState) -> VideoStateChanged:
    """The ordered event that tells of this state's playhead."""
    return VideoStateChanged(**_wire_fields(state))


def video_state(state: RoomState) -> VideoState:
    """The playhead as a snapshot carries it."""
    return VideoState(**_wire_fields(state))


def waiting_event(state: RoomState) -> VideoWaiting:
    """The ordered event that tells for whom the film stands."""
    return VideoWaiting(
        **_waiting_fields(state),
        epoch=state.epoch,
        seq=state.seq,
        by=state.by,
        ref=UNSET if state.ref is None else state.ref,
    )


def waiting_of(state: RoomState) -> Waiting | UnsetType:
    """For whom the film stands, as a snapshot carries it."""
    return Waiting(**_waiting_fields(state)) if state.waiting else UNSET


def _waiting_fields(state: RoomState) -> dict[str, Any]:
    gate = state.waiting
    assert gate is not None  # noqa: S101 - callers have looked
    return {
        "reason": gate.reason,
        "user_ids": list(gate.user_ids),
        "deadline": gate.deadline_ms,
        "current_time": state.playhead.position_s,
        "server_timestamp": state.playhead.at_ms,
        "rate": state.playhead.rate,
        "duration": state.duration_s,
    }


def _wire_fields(state: RoomState) -> dict[str, Any]:
    return {
        "is_playing": state.playhead.playing,
        "current_time": state.playhead.position_s,
        "server_timestamp": state.playhead.at_ms,
        "rate": state.playhead.rate,
        "duration": state.duration_s,
        "source": state.source,
        "ended": state.ended,
        "epoch": state.epoch,
        "seq": state.seq,
        "by": state.by,
        "ref": UNSET if state.ref is None else state.ref,
    }
