"""The room as a pure state machine: `apply(state, command, now_ms)` decides every control.

PROTOCOL.md, "Controls, decided once", is the specification; rule numbers below refer to it. The
same JSON vectors (tests/vectors/controls.json) hold this module and static/js/playback/controls.js.
"""

from typing import Final

from msgspec import UNSET, UnsetType, structs

from watchparty.core import chat, members
from watchparty.core.permissions import may_control, refusal
from watchparty.core.playhead import clamp
from watchparty.core.protocol import (
    ChangeSettings,
    ChatRemove,
    ChatSend,
    EndRoom,
    GiveRole,
    MemberAnswer,
    RemoveMember,
    RoomClosed,
    RoomSettings,
    SettingsChanged,
    SourceRequest,
    UnbanMember,
    VideoPause,
    VideoPlay,
    VideoRate,
    VideoReady,
    VideoSeek,
    VideoSource,
)
from watchparty.core.sources import make_source, source_problem
from watchparty.core.state import (
    Applied,
    CloseRoom,
    Command,
    Decision,
    FilmEnded,
    Freeze,
    Moot,
    NameLaggards,
    OwnerBack,
    OwnerGone,
    Refusal,
    RoomEmptied,
    RoomState,
    StartTogether,
    moved,
    stamp,
)
from watchparty.core.text import has_visible, without_tricks
from watchparty.core.waiting import (
    asked_lead_ms,
    freeze,
    go_on_without,
    name_laggards,
    open_gate,
    renewed,
    start_together,
)

SPOKEN_PAST_MS: Final = 1000.0
SPOKEN_FUTURE_MS: Final = 100.0
"""Rule 1: how far a control's own instant may lie from the room's now."""

POSITION_TOLERANCE_S: Final = 0.25
"""Rule 2: how far a control's own position may lie from the room's playhead."""


def apply(  # noqa: C901, PLR0911, PLR0912 - one line for each intent is the table of contents
    state: RoomState, command: Command, now_ms: float
) -> Decision:
    """Decide one command. Pure: the same arguments give the same decision on every server."""
    intent = command.intent
    if state.closed:
        return Moot() if command.user_id is None else Refusal("no_such_room", "This room is over.")
    if command.person is not None and state.people.is_barred(command.person, now_ms):
        return Refusal("banned", "You were removed from this room.")
    forbidden = refusal(state, command)
    if forbidden is not None:
        return forbidden
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
            return _learn_duration(state, command, intent)
        case ChangeSettings():
            return _change_settings(state, command, intent)
        case ChatSend():
            return chat.send(state, command, intent, now_ms)
        case ChatRemove():
            return chat.remove(state, command, intent)
        case MemberAnswer():
            return members.answer(state, command, intent, now_ms)
        case GiveRole():
            return members.give_role(state, command, intent, now_ms)
        case RemoveMember():
            return members.remove(state, command, intent, now_ms)
        case UnbanMember():
            return members.unban(state, command, intent, now_ms)
        case EndRoom():
            return _close(state, command, reason="The owner has ended the party.")
        case OwnerGone():
            return members.succeed(state, intent, now_ms)
        case OwnerBack():
            return members.take_back(state, intent)
        case StartTogether():
            return start_together(state, intent, now_ms)
        case NameLaggards():
            return name_laggards(state, intent)
        case Freeze():
            return freeze(state, intent, now_ms)
        case FilmEnded():
            return _end(state, intent, now_ms)
        case RoomEmptied():
            return _empty(state, intent, now_ms)
        case CloseRoom():
            return _close(state, command, reason=intent.reason)


def _play(state: RoomState, command: Command, intent: VideoPlay, now_ms: float) -> Decision:
    if state.waiting is not None:
        return go_on_without(state, state.waiting, command, intent, now_ms)
    at_ms, position_s = _spoken(state, intent, now_ms)
    playhead = state.playhead
    if state.is_over_at(at_ms):
        position_s = 0.0
    elif playhead.playing:
        return moved(state, command, playhead, control_ms=at_ms)
    if asked_lead_ms(intent) > 0:
        return open_gate(state, command, position_s=position_s, at_ms=at_ms, now_ms=now_ms)
    started = playhead.moved(position_s=position_s, at_ms=at_ms, playing=True)
    return moved(state, command, started, control_ms=at_ms, ended=False)


def _pause(state: RoomState, command: Command, intent: VideoPause, now_ms: float) -> Decision:
    at_ms, position_s = _spoken(state, intent, now_ms)
    playhead = state.playhead
    if playhead.playing:
        playhead = playhead.moved(position_s=position_s, at_ms=at_ms, playing=False)
    return moved(_for_nobody(state), command, playhead, control_ms=at_ms)


def _seek(state: RoomState, command: Command, intent: VideoSeek, now_ms: float) -> Decision:
    base_seq = _base_seq(state, intent.base_seq)
    if base_seq < state.source_seq:
        return Refusal("stale", "The film was changed before this seek.")
    if state.duration_s is not None and intent.time > state.duration_s:
        return Refusal("invalid_field", f"The film ends at {state.duration_s:g} s.", "time")
    at_ms = _instant(state, intent.at, now_ms)
    start_ms = state.playhead.at_ms if state.playhead.starts_after(at_ms) else at_ms
    target = state.playhead.moved(position_s=intent.time, at_ms=start_ms)
    if state.waiting is not None:
        gate = renewed(state.waiting, state, command, now_ms)
        state = structs.replace(state, waiting=gate)
    return moved(state, command, target, control_ms=at_ms, ended=False, seek_seq=state.seq + 1)


def _rate(state: RoomState, command: Command, intent: VideoRate, now_ms: float) -> Decision:
    at_ms = _instant(state, intent.at, now_ms)
    playhead = state.playhead
    if playhead.starts_after(at_ms):
        return moved(state, command, playhead.moved(rate=intent.rate), control_ms=at_ms)
    turned = playhead.moved(position_s=state.position_at(at_ms), at_ms=at_ms, rate=intent.rate)
    return moved(state, command, turned, control_ms=at_ms)


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
    return moved(
        structs.replace(_for_nobody(state), chat=chat.without_moments(state.chat)),
        command,
        state.playhead.moved(position_s=0.0, at_ms=at_ms, playing=False),
        control_ms=at_ms,
        ended=False,
        seek_seq=seq,
        source_seq=seq,
        source=source,
    )


def _learn_duration(state: RoomState, command: Command, intent: VideoReady) -> Decision:
    """The first length that a controller tells of this film is everyone's; no other counts."""
    if intent.seq > state.seq:
        return Refusal("stale", "The room has not come so far.", "seq")
    seen = state.source_seq <= intent.seq
    if state.source is None or state.duration_s is not None or not seen:
        return Moot()
    if isinstance(intent.duration, UnsetType):
        return Moot()
    if not may_control(state, command.person or ""):  # it ends the film for all
        return Moot()
    known = structs.replace(
        state,
        duration_s=intent.duration,
        source=structs.replace(state.source, duration=intent.duration),
    )
    own = Command(intent)  # nobody did anything: the room has learned something
    return moved(known, own, state.playhead, control_ms=state.last_control_ms)


def _change_settings(state: RoomState, command: Command, intent: ChangeSettings) -> Decision:
    """What is left out stays; the playhead is not touched, nor who moved it last."""
    asked = {name: getattr(intent, name, UNSET) for name in RoomSettings.__struct_fields__}
    changes = {name: value for name, value in asked.items() if value is not UNSET}
    if isinstance(intent.title, str):
        changes["title"] = " ".join(without_tricks(intent.title).split())
        if not has_visible(changes["title"]):
            return Refusal("invalid_field", "A title needs a visible character.", "title")
    password_hash = state.password_hash
    if isinstance(intent.password, str):
        password_hash = command.password_hash
        if intent.password and not password_hash:  # it was not worth hashing, and now it would be
            return Refusal("unavailable", "The password could not be set. Try again.", "password")
        changes["has_password"] = bool(password_hash)
    settings = structs.replace(state.settings, **changes)
    after = structs.replace(
        state, seq=state.seq + 1, settings=settings, password_hash=password_hash
    )
    return Applied(after, SettingsChanged(**structs.asdict(settings), **stamp(command, after)))


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
        return moved(state, own, again, control_ms=begun_ms, seek_seq=state.seq + 1)
    stopped = state.playhead.moved(position_s=state.duration_s, at_ms=ends_at_ms, playing=False)
    return moved(state, own, stopped, control_ms=ends_at_ms, ended=True)


def _empty(state: RoomState, intent: RoomEmptied, now_ms: float) -> Decision:
    idle = not state.playhead.playing and state.waiting is None
    if intent.armed_seq != state.seq or idle:
        return Moot()
    at_ms = max(min(intent.at_ms, now_ms), state.last_control_ms)
    left = state.playhead.moved(position_s=state.position_at(at_ms), at_ms=at_ms, playing=False)
    return moved(_for_nobody(state), Command(intent=intent), left, control_ms=at_ms)


def _close(state: RoomState, command: Command, reason: str) -> Decision:
    closed = structs.replace(_for_nobody(state), seq=state.seq + 1, closed=True, by=None, ref=None)
    return Applied(closed, RoomClosed(reason=reason, **stamp(command, closed)))


def _for_nobody(state: RoomState) -> RoomState:
    """The same, with nobody waited for."""
    return structs.replace(state, waiting=None)


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
