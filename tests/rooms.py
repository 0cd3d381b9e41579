"""Rooms in the states that tests of the party begin with, and commands for them."""

from typing import Any

from watchparty.core.playhead import Playhead
from watchparty.core.protocol import Intent, Source, VideoPause, VideoPlay, VideoSeek
from watchparty.core.room import apply
from watchparty.core.state import Applied, Command, OwnIntent, Refusal, RoomState

NOW_MS = 1_700_000_000_000.0
FILM_S = 90.0

FILM = Source(id="s1", kind="file", url="/media/f.webm", title="F", duration=FILM_S, poster=None)


def room(**changes: Any) -> RoomState:
    """A film of 90 s that plays since a second ago at 30 s, as event 40 left it."""
    fields: dict[str, Any] = {
        "slug": "demo",
        "epoch": "e1",
        "seq": 40,
        "playhead": Playhead(position_s=30.0, at_ms=NOW_MS - 1000, rate=1.0, playing=True),
        "source": FILM,
        "duration_s": FILM_S,
        "last_control_ms": NOW_MS - 1000,
        "seek_seq": 30,
        "source_seq": 12,
        **changes,
    }
    return RoomState(**fields)


def standing_at(position_s: float, **changes: Any) -> RoomState:
    """The same, paused."""
    return room(playhead=Playhead(position_s=position_s, at_ms=NOW_MS - 1000), **changes)


def by_ada(intent: Intent | OwnIntent) -> Command:
    return Command(intent, user_id="ada", person="p-ada", action="videoControl")


def decide(state: RoomState, intent: Intent | OwnIntent, now_ms: float = NOW_MS) -> RoomState:
    """The state after a control of Ada's that is accepted."""
    decision = apply(state, by_ada(intent), now_ms)
    assert isinstance(decision, Applied), decision
    return decision.state


def refused(state: RoomState, intent: Intent, now_ms: float = NOW_MS) -> tuple[str, str | None]:
    """Code and field of the refusal that a control of Ada's meets."""
    decision = apply(state, by_ada(intent), now_ms)
    assert isinstance(decision, Refusal), decision
    assert decision.message.endswith(".")
    return decision.code, decision.field


def play(ref: str = "r1", **fields: Any) -> VideoPlay:
    return VideoPlay(ref=ref, **fields)


def pause(ref: str = "r1", **fields: Any) -> VideoPause:
    return VideoPause(ref=ref, **fields)


def seek(time: float, ref: str = "r1", **fields: Any) -> VideoSeek:
    return VideoSeek(time=time, ref=ref, **fields)
