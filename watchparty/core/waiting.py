"""How a film comes to stand for some viewers, and goes on: the steps of a gate.

When each is due is judged elsewhere (watchparty/core/gate.py, with what a hub knows).
"""

from collections.abc import Iterable
from typing import Final

from msgspec import UNSET, structs

from watchparty.core.protocol import MAX_NAMED, VideoPlay
from watchparty.core.state import (
    Applied,
    Command,
    Decision,
    Freeze,
    Gate,
    Moot,
    NameLaggards,
    RoomState,
    StartTogether,
    moved,
)

HARD_MS: Final = 8000.0
"""research/sync.md section 3: longer than this a room stands for nobody."""

OVERDUE_MS: Final = 10_000.0
"""Nobody saw to a gate for so long after its deadline: its viewers are gone, the film stands."""

SPARED_MS: Final = 30_000.0
"""A room stops for the same person at most once in this time, so that nobody freezes it for ever.
By person and not by viewer, since anybody can open another tab."""


def open_gate(
    state: RoomState, command: Command, *, position_s: float, at_ms: float, now_ms: float
) -> Applied:
    """A start together was asked for: the film stands until those who count are ready."""
    intent, audience = command.intent, command.audience
    gate = Gate(
        reason="start",
        user_ids=audience.waited_for[:MAX_NAMED],
        since_seq=state.seq + 1,
        opened_ms=now_ms,
        deadline_ms=now_ms + HARD_MS,
        server=audience.server,
        lead_ms=asked_lead_ms(intent) if isinstance(intent, VideoPlay) else 0.0,
        by=command.user_id,
        ref=command.ref,
    )
    standing = state.playhead.moved(position_s=position_s, at_ms=at_ms, playing=False)
    waiting = structs.replace(state, waiting=gate)
    return moved(waiting, command, standing, control_ms=at_ms, ended=False)


def asked_lead_ms(intent: VideoPlay) -> float:
    """The lead of a start together; 0: the play is to hold at once."""
    return intent.lead_ms if isinstance(intent.lead_ms, float | int) else 0.0


def renewed(gate: Gate, state: RoomState, command: Command, now_ms: float) -> Gate:
    """The same gate after a seek: who was ready has to be ready again, with as much time."""
    audience = command.audience
    again = audience.waited_for[:MAX_NAMED] if gate.reason == "start" else gate.user_ids
    return structs.replace(
        gate,
        user_ids=again,
        since_seq=state.seq + 1,
        opened_ms=now_ms,
        deadline_ms=now_ms + HARD_MS,
        server=audience.server or gate.server,
        laggards_named=False,
    )


def go_on_without(
    state: RoomState, gate: Gate, command: Command, intent: VideoPlay, now_ms: float
) -> Applied:
    """A controller waits no longer."""
    audience = command.audience
    lead_ms = max(audience.lead_ms, asked_lead_ms(intent), gate.lead_ms)
    return _started(state, command, lead_ms, audience.laggards, now_ms)


def start_together(state: RoomState, intent: StartTogether, now_ms: float) -> Decision:
    """All are ready, or the time is over."""
    gate = state.waiting
    if gate is None or intent.armed_seq != state.seq:
        return Moot()
    if now_ms > gate.deadline_ms + OVERDUE_MS:
        given_up = structs.replace(state, waiting=None)
        return moved(given_up, Command(intent), state.playhead, control_ms=now_ms)
    ref = UNSET if gate.ref is None else gate.ref
    asked = Command(VideoPlay(ref=ref), user_id=gate.by)  # it is their play that now holds
    return _started(state, asked, max(intent.lead_ms, gate.lead_ms), intent.in_vain, now_ms)


def name_laggards(state: RoomState, intent: NameLaggards) -> Decision:
    """Those who are still waited for, so that screens can say whom."""
    gate = state.waiting
    if gate is None or gate.laggards_named or intent.armed_seq != state.seq:
        return Moot()
    named = structs.replace(gate, user_ids=intent.user_ids[:MAX_NAMED], laggards_named=True)
    waiting = structs.replace(state, waiting=named)
    return moved(waiting, Command(intent), state.playhead, control_ms=state.last_control_ms)


def freeze(state: RoomState, intent: Freeze, now_ms: float) -> Decision:
    """The film stands where it is, for those whom no room has stopped for lately."""
    playhead = state.playhead
    runs = playhead.playing and not playhead.starts_after(now_ms) and not state.is_over_at(now_ms)
    if intent.armed_seq != state.seq or not state.settings.wait_for_all or not runs:
        return Moot()
    due = {
        user_id: person
        for user_id, person in intent.stalled.items()
        if state.spared_until_ms.get(person, 0.0) <= now_ms
    }
    if not due:
        return Moot()
    named = tuple(due)[:MAX_NAMED]
    gate = Gate(
        reason="buffering",
        user_ids=named,
        since_seq=state.seq + 1,
        opened_ms=now_ms,
        deadline_ms=now_ms + HARD_MS,
        server=intent.server,
        laggards_named=True,
    )
    frozen = structs.replace(
        state,
        waiting=gate,
        spared_until_ms=_spared(state, (due[user_id] for user_id in named), now_ms),
    )
    at_ms = max(now_ms, state.last_control_ms)
    standing = playhead.moved(position_s=state.position_at(at_ms), at_ms=at_ms, playing=False)
    return moved(frozen, Command(intent), standing, control_ms=at_ms)


def _started(
    state: RoomState, command: Command, lead_ms: float, in_vain: Iterable[str], now_ms: float
) -> Applied:
    after = structs.replace(state, waiting=None, spared_until_ms=_spared(state, in_vain, now_ms))
    start_ms = max(now_ms + lead_ms, state.last_control_ms)
    started = state.playhead.moved(at_ms=start_ms, playing=True)
    return moved(after, command, started, control_ms=now_ms)


def _spared(state: RoomState, persons: Iterable[str], now_ms: float) -> dict[str, float]:
    still = {one: until for one, until in state.spared_until_ms.items() if until > now_ms}
    return still | dict.fromkeys(persons, now_ms + SPARED_MS)
