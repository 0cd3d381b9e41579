"""The room's own model, asked whether an event can follow from the one before it."""

from typing import Any

import msgspec

from tests.cluster.ordering import Message
from watchparty.core.playhead import Playhead
from watchparty.core.protocol import Intent
from watchparty.core.room import apply
from watchparty.core.state import Applied, Command, Refusal, RoomState

VECTOR = ("isPlaying", "currentTime", "serverTimestamp", "rate", "ended")
EXACT = 1e-5
"""Positions go over the wire with six decimals."""


def state_of(seen: Message, before: RoomState | None = None) -> RoomState:
    """The state that a snapshot or a `video:state` tells of."""
    video = seen.get("videoState", seen)
    playhead = Playhead(
        position_s=video["currentTime"],
        at_ms=video["serverTimestamp"],
        rate=video["rate"],
        playing=video["isPlaying"],
    )
    last_control_ms = before.last_control_ms if before is not None else 0.0
    return RoomState(
        slug="demo",
        epoch=seen["epoch"],
        seq=seen["seq"],
        playhead=playhead,
        duration_s=video["duration"],
        ended=video["ended"],
        last_control_ms=max(last_control_ms, video["serverTimestamp"]),
    )


def follows(before: RoomState, intent: Message, event: Message) -> bool:
    """Whether the room may have answered this control so. When it decided is not told: any instant
    that makes it right will do.
    """
    command = _command(intent)
    for now_ms in (event["serverTimestamp"], before.last_control_ms):
        decision = apply(before, command, now_ms)
        if isinstance(decision, Applied) and _equal(msgspec.to_builtins(decision.event), event):
            return True
    return False


def refuses(before: RoomState, intent: Message, code: str) -> bool:
    """Whether the room refuses this in that state."""
    decision = apply(before, _command(intent), before.last_control_ms)
    return isinstance(decision, Refusal) and decision.code == code


def _command(intent: Message) -> Command:
    wire: Any = msgspec.convert(intent, Intent)
    return Command(wire, user_id="somebody", person="somebody")


def _equal(told: Message, event: Message) -> bool:
    return all(
        abs(told[name] - event[name]) <= EXACT
        if isinstance(event[name], float)
        else told[name] == event[name]
        for name in VECTOR
    )
