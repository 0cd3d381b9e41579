"""The rules of playback by the same JSON vectors that the browser's tests run."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from watchparty.core.playhead import Playhead
from watchparty.core.protocol import Intent, Source
from watchparty.core.room import apply
from watchparty.core.state import (
    Applied,
    Command,
    Decision,
    FilmEnded,
    Gate,
    Moot,
    OwnIntent,
    Refusal,
    RoomState,
)

VECTORS = Path(__file__).parent / "vectors"
GATE = Gate(
    reason="start", user_ids=(), since_seq=40, opened_ms=980000, deadline_ms=988000, server="s1"
)


def cases(name: str) -> list[Any]:
    text = (VECTORS / f"{name}.json").read_text(encoding="utf-8")
    return [pytest.param(case, id=case["name"]) for case in json.loads(text)["cases"]]


def playhead_of(state: dict[str, Any]) -> Playhead:
    return Playhead(
        position_s=state["currentTime"],
        at_ms=state["serverTimestamp"],
        rate=state["rate"],
        playing=state["isPlaying"],
    )


def room_of(state: dict[str, Any]) -> RoomState:
    duration_s = state["duration"]
    source = Source(id="s", kind="file", url="/f", title="", duration=duration_s, poster=None)
    return RoomState(
        slug="demo",
        epoch=state["epoch"],
        seq=state["seq"],
        playhead=playhead_of(state),
        source=source,
        duration_s=duration_s,
        ended=state["ended"],
        last_control_ms=state["lastControlAtMs"],
        seek_seq=state["seekSeq"],
        source_seq=state["sourceSeq"],
        waiting=GATE if state.get("waiting") else None,
    )


def intent_of(fields: dict[str, Any], state: dict[str, Any]) -> Intent | OwnIntent | None:
    """None where the parser already refuses, which is then the refusal that is expected."""
    fields = dict(fields)
    if fields["type"] == "room:end":
        return FilmEnded(armed_seq=fields["armedSeq"])
    if fields.pop("baseEpoch", state["epoch"]) != state["epoch"]:
        # No field of the wire: `restore` numbers a new epoch so that older bases are foreign to it.
        fields["baseSeq"] = state["seq"] + 1
    if fields.get("currentTime", 0) < 0:
        fields["currentTime"] = 0  # likewise
    try:
        return msgspec.convert(fields, Intent)
    except msgspec.ValidationError:
        return None


def refusal_of(decision: Decision) -> dict[str, str]:
    match decision:
        case Moot():
            return {"code": "stale"}
        case Refusal(code, _, field):
            return {"code": code} | ({} if field is None else {"field": field})
        case _:
            return {}


def state_of(decision: Decision) -> dict[str, Any]:
    assert isinstance(decision, Applied)
    state = decision.state
    return {
        "isPlaying": state.playhead.playing,
        "currentTime": state.playhead.position_s,
        "serverTimestamp": state.playhead.at_ms,
        "rate": state.playhead.rate,
        "duration": state.duration_s,
        "ended": state.ended,
        "epoch": state.epoch,
        "seq": state.seq,
        "lastControlAtMs": state.last_control_ms,
        "seekSeq": state.seek_seq,
        "sourceSeq": state.source_seq,
        "waiting": state.waiting is not None,
    }


@pytest.mark.parametrize("case", cases("playhead"))
def test_playhead(case: dict[str, Any]) -> None:
    state = case["state"]
    position_s = playhead_of(state).position_at(case["nowMs"], state["duration"])
    assert position_s == pytest.approx(case["expect"]["positionS"], abs=1e-6)


@pytest.mark.parametrize("case", cases("controls"))
def test_controls(case: dict[str, Any]) -> None:
    expected = case["expect"]
    intent = intent_of(case["intent"], case["state"])
    if intent is None:
        assert expected["refusal"]["code"] == "invalid_field"
        return
    decision = apply(room_of(case["state"]), Command(intent, user_id="ada"), case["nowMs"])
    assert refusal_of(decision) == expected.get("refusal", {})
    if "state" in expected:
        decided = state_of(decision)
        for field, wanted in expected["state"].items():
            if isinstance(wanted, bool | str | None):
                assert decided[field] == wanted, field
            else:
                assert decided[field] == pytest.approx(wanted, abs=1e-6), field
