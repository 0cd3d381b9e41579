"""The room as a pure state machine: `apply(state, command, now_ms)` decides every control.

PROTOCOL.md, "Controls, decided once", is the specification; rule numbers below refer to it. The
same JSON vectors (tests/vectors/controls.json) hold this module and static/js/playback/controls.js.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import UNSET, Struct, UnsetType, structs

from sync.core.wire import ErrorCode, wire_ms
from watchparty.core.playhead import Playhead, clamp
from watchparty.core.protocol import (
    ChangeSettings,
    Control,
    OrderedEvent,
    RoomClosed,
    RoomSettings,
    SettingsChanged,
    Source,
    SourceRequest,
    VideoPause,
    VideoPlay,
    VideoRate,
    VideoReady,
    VideoSeek,
    VideoSource,
    VideoState,
    VideoStateChanged,
)

SPOKEN_PAST_MS: Final = 1000.0
SPOKEN_FUTURE_MS: Final = 100.0
"""Rule 1: how far a control's own instant may lie from the room's now."""

POSITION_TOLERANCE_S: Final = 0.25
"""Rule 2: how far a control's own position may lie from the room's playhead."""


LOST_AT_MOST: Final = 1000
"""More events than a store can have delivered and not kept when it is stopped uncleanly."""


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
    last_control_ms: float = 0.0
    seek_seq: int = 0
    """seq of the last seek or source: controls based on less keep the room's position (rule 3)."""
    source_seq: int = 0
    """seq of the last source: a seek based on less is `stale` (rule 3)."""
    by: str | None = None
    ref: str | None = None
    closed: bool = False

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


OwnIntent = FilmEnded | RoomEmptied | CloseRoom


class Command(Struct, frozen=True):
    """Something asked of a room, by a user or (`user_id` None) by the room itself."""

    intent: Control | OwnIntent
    user_id: str | None = None
    person: str | None = None
    action: str | None = None
    """The bucket that the person's command draws on; None: unlimited."""

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


class Moot(Struct, frozen=True):
    """An intent of the room itself that events have overtaken: nothing happens, nobody is told."""


Decision = Applied | Refusal | Moot


def apply(  # noqa: C901, PLR0911 - one line for each intent is the table of contents
    state: RoomState, command: Command, now_ms: float
) -> Decision:
    """Decide one command. Pure: the same arguments give the same decision on every server."""
    intent = command.intent
    if state.closed:
        return Moot() if command.user_id is None else Refusal("no_such_room", "This room is over.")
    match intent:
        case VideoPlay():
            return _play(state, command, intent, now_ms)
        case VideoPause():
            return _pause(state, command, intent, now_ms)
        case VideoSeek():
            return _seek(state, command, intent, now_ms)
        case VideoRate():
            return _rate(state, command, intent, now_ms)
        case VideoSource():
            return _change_source(state, command, intent.source, now_ms)
        case VideoReady():
            return _learn_duration(state, intent)
        case ChangeSettings():
            return _change_settings(state, command, intent)
        case FilmEnded():
            return _end(state, intent, now_ms)
        case RoomEmptied():
            return _empty(state, intent, now_ms)
        case CloseRoom():
            return _close(state, intent)


def _play(state: RoomState, command: Command, intent: VideoPlay, now_ms: float) -> Decision:
    at_ms, position_s = _spoken(state, intent, now_ms)
    playhead = state.playhead
    if state.is_over_at(at_ms):
        position_s = 0.0
    elif playhead.playing:
        return _moved(state, command, playhead, control_ms=at_ms)
    start_ms = at_ms
    if not isinstance(intent.lead_ms, UnsetType) and intent.lead_ms > 0:
        start_ms = max(now_ms + intent.lead_ms, at_ms)
    started = playhead.moved(position_s=position_s, at_ms=start_ms, playing=True)
    return _moved(state, command, started, control_ms=at_ms, ended=False)


def _pause(state: RoomState, command: Command, intent: VideoPause, now_ms: float) -> Decision:
    at_ms, position_s = _spoken(state, intent, now_ms)
    playhead = state.playhead
    if playhead.playing:
        playhead = playhead.moved(position_s=position_s, at_ms=at_ms, playing=False)
    return _moved(state, command, playhead, control_ms=at_ms)


def _seek(state: RoomState, command: Command, intent: VideoSeek, now_ms: float) -> Decision:
    base_seq = _base_seq(state, intent.base_seq)
    if base_seq < state.source_seq:
        return Refusal("stale", "The film was changed before this seek.")
    if state.duration_s is not None and intent.time > state.duration_s:
        return Refusal("invalid_field", f"The film ends at {state.duration_s:g} s.", "time")
    at_ms = _instant(state, intent.at, now_ms)
    start_ms = state.playhead.at_ms if state.playhead.starts_after(at_ms) else at_ms
    target = state.playhead.moved(position_s=intent.time, at_ms=start_ms)
    return _moved(state, command, target, control_ms=at_ms, ended=False, seek_seq=state.seq + 1)


def _rate(state: RoomState, command: Command, intent: VideoRate, now_ms: float) -> Decision:
    at_ms = _instant(state, intent.at, now_ms)
    playhead = state.playhead
    if playhead.starts_after(at_ms):
        return _moved(state, command, playhead.moved(rate=intent.rate), control_ms=at_ms)
    turned = playhead.moved(position_s=state.position_at(at_ms), at_ms=at_ms, rate=intent.rate)
    return _moved(state, command, turned, control_ms=at_ms)


def _change_source(
    state: RoomState, command: Command, request: SourceRequest, now_ms: float
) -> Decision:
    for field, url in (("url", request.url), ("poster", request.poster)):
        problem = source_problem(url) if isinstance(url, str) else None
        if problem:
            return Refusal("bad_source", problem, f"source.{field}")
    seq = state.seq + 1
    source = make_source(request, source_id=f"s{seq}")
    at_ms = max(now_ms, state.last_control_ms)
    return _moved(
        state,
        command,
        state.playhead.moved(position_s=0.0, at_ms=at_ms, playing=False),
        control_ms=at_ms,
        ended=False,
        seek_seq=seq,
        source_seq=seq,
        source=source,
    )


def _learn_duration(state: RoomState, intent: VideoReady) -> Decision:
    """The first length that anybody tells of this film is everyone's; later ones change nothing."""
    seen = state.source_seq <= intent.seq <= state.seq
    if state.source is None or state.duration_s is not None or not seen:
        return Moot()
    if isinstance(intent.duration, UnsetType):
        return Moot()
    known = structs.replace(
        state,
        duration_s=intent.duration,
        source=structs.replace(state.source, duration=intent.duration),
    )
    own = Command(intent)  # nobody did anything: the room has learned something
    return _moved(known, own, state.playhead, control_ms=state.last_control_ms)


def _change_settings(state: RoomState, command: Command, intent: ChangeSettings) -> Decision:
    """What is left out stays; the playhead is not touched, nor who moved it last."""
    asked = {name: getattr(intent, name, UNSET) for name in RoomSettings.__struct_fields__}
    changes = {name: value for name, value in asked.items() if value is not UNSET}
    settings = structs.replace(state.settings, **changes)
    after = structs.replace(state, seq=state.seq + 1, settings=settings)
    event = SettingsChanged(
        **structs.asdict(settings),
        epoch=after.epoch,
        seq=after.seq,
        by=command.user_id,
        ref=UNSET if command.ref is None else command.ref,
    )
    return Applied(after, event)


def _end(state: RoomState, intent: FilmEnded, now_ms: float) -> Decision:
    ends_at_ms = state.ends_at()
    if intent.armed_seq != state.seq or state.duration_s is None or ends_at_ms is None:
        return Moot()
    if now_ms < ends_at_ms:
        return Moot()  # the timer fired a little early; it will be set again
    own = Command(intent=intent)
    if state.settings.on_end == "loop":
        # All rounds that went by while nobody looked, in one event.
        round_ms = state.duration_s / state.playhead.rate * 1000
        begun_ms = ends_at_ms + (now_ms - ends_at_ms) // round_ms * round_ms
        again = state.playhead.moved(position_s=0.0, at_ms=begun_ms)
        return _moved(state, own, again, control_ms=begun_ms, seek_seq=state.seq + 1)
    stopped = state.playhead.moved(position_s=state.duration_s, at_ms=ends_at_ms, playing=False)
    return _moved(state, own, stopped, control_ms=ends_at_ms, ended=True)


def _empty(state: RoomState, intent: RoomEmptied, now_ms: float) -> Decision:
    if intent.armed_seq != state.seq or not state.playhead.playing:
        return Moot()
    at_ms = max(min(intent.at_ms, now_ms), state.last_control_ms)
    left = state.playhead.moved(position_s=state.position_at(at_ms), at_ms=at_ms, playing=False)
    return _moved(state, Command(intent=intent), left, control_ms=at_ms)


def _close(state: RoomState, intent: CloseRoom) -> Decision:
    closed = structs.replace(state, seq=state.seq + 1, closed=True, by=None, ref=None)
    event = RoomClosed(reason=intent.reason, epoch=closed.epoch, seq=closed.seq, by=None)
    return Applied(closed, event)


def _base_seq(state: RoomState, base_seq: int | UnsetType) -> int:
    """What the sender had seen (rule 3). None said: trusted. More than there is: another epoch."""
    if isinstance(base_seq, UnsetType):
        return state.seq
    return base_seq if base_seq <= state.seq else -1


def _instant(state: RoomState, at: float | UnsetType, now_ms: float) -> float:
    """The instant at which a control holds (rule 1)."""
    spoken_ms = _counting(at, now_ms)
    return max(now_ms if spoken_ms is None else spoken_ms, state.last_control_ms)


def _counting(at: float | UnsetType, now_ms: float) -> float | None:
    """The sender's own instant, if it lies near enough to the room's now to be believed."""
    if isinstance(at, UnsetType):
        return None
    return at if now_ms - SPOKEN_PAST_MS <= at <= now_ms + SPOKEN_FUTURE_MS else None


def _spoken(state: RoomState, intent: VideoPlay | VideoPause, now_ms: float) -> tuple[float, float]:
    """Instant and position of a play or pause (rules 1, 2 and 3)."""
    at_ms = _instant(state, intent.at, now_ms)
    own_s = state.position_at(at_ms)
    spoken_s = intent.current_time
    if isinstance(spoken_s, UnsetType) or _counting(intent.at, now_ms) is None:
        return at_ms, own_s
    if _base_seq(state, intent.base_seq) < state.seek_seq:
        return at_ms, own_s
    spoken_s = clamp(spoken_s, state.duration_s)
    return at_ms, spoken_s if abs(spoken_s - own_s) <= POSITION_TOLERANCE_S else own_s


def _moved(
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
    return Applied(after, video_event(after))


def video_event(state: RoomState) -> VideoStateChanged:
    """The ordered event that tells of this state's playhead."""
    return VideoStateChanged(**_wire_fields(state))


def video_state(state: RoomState) -> VideoState:
    """The playhead as a snapshot carries it."""
    return VideoState(**_wire_fields(state))


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


def source_problem(url: str) -> str | None:
    """Why a film's address cannot be played, in words; None when it can.

    A path of this site or an http(s) address. Anything else (javascript:, data:, file:, a
    protocol-relative //host) is refused.
    """
    if any(character <= " " or character == "\x7f" for character in url) or "\\" in url:
        return "A film's address has no spaces or control characters."
    try:
        parts = urlsplit(url)
        port_is_sane = parts.port is None or parts.port > 0
    except ValueError:
        return "This is not a web address."
    if parts.scheme in ("http", "https"):
        if not parts.hostname or not port_is_sane or parts.username is not None:
            return "This address names no server that everyone can reach."
        return None
    if parts.scheme or parts.netloc or not url.startswith("/"):
        return "A film's address begins with https://, http:// or, for films of this site, /."
    return None


def make_source(request: SourceRequest, *, source_id: str) -> Source:
    """The source that a request becomes once it is accepted."""
    shown = " ".join("".join(c for c in request.title if c.isprintable()).split())
    title = shown or urlsplit(request.url).path.rsplit("/", 1)[-1] or request.url
    return Source(
        id=source_id,
        kind=request.kind,
        url=request.url,
        title=title[:200],
        duration=None if isinstance(request.duration, UnsetType) else request.duration,
        poster=None if isinstance(request.poster, UnsetType) else request.poster,
    )


class SavedRoom(Struct, frozen=True):
    """A room's state as it was kept, and what is known about how it was kept."""

    state: RoomState
    saved_at_ms: float
    boot_id: str
    clean: bool
    """Every event that was delivered is in it: it left memory in good order."""


def restore(saved: SavedRoom, *, boot_id: str, new_epoch: str) -> RoomState:
    """The state with which a kept room comes back (PROTOCOL.md: Order, and the end of Controls).

    A clean one continues its epoch. After an unclean stop the epoch is new, and its first seq is
    beyond every client's base, so no control repeated from the lost history counts. The vector
    runs on within one boot; after another the film stands where it was last known to be. What
    comes back different has a seq of its own: one (epoch, seq) never names two states.
    """
    state = saved.state
    if saved.boot_id == boot_id and saved.clean:
        return state
    seq = state.seq + (1 if saved.clean else LOST_AT_MOST)
    state = structs.replace(state, seq=seq, seek_seq=seq, by=None, ref=None)
    if saved.boot_id != boot_id:
        state = structs.replace(
            state,
            playhead=state.playhead.moved(
                position_s=state.position_at(saved.saved_at_ms), at_ms=0.0, playing=False
            ),
            last_control_ms=0.0,
        )
    if saved.clean:
        return state
    return structs.replace(state, epoch=new_epoch, source_seq=seq if state.source else 0)
