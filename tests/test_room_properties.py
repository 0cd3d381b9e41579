"""What no sequence of controls may ever do to a room, whatever it is made of."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, structs

from tests.rooms import NOW_MS, room, standing_at
from watchparty.core.playhead import Playhead
from watchparty.core.protocol import (
    MAX_NAMED,
    ChangeSettings,
    RoomSettings,
    SettingsChanged,
    SourceRequest,
    VideoPause,
    VideoPlay,
    VideoRate,
    VideoSeek,
    VideoSource,
    VideoStateChanged,
    VideoWaiting,
)
from watchparty.core.room import apply
from watchparty.core.state import (
    Applied,
    CloseRoom,
    Command,
    Decision,
    FilmEnded,
    Freeze,
    NameLaggards,
    RoomEmptied,
    RoomState,
    StartTogether,
    video_state,
    waiting_of,
)
from watchparty.core.waiting import HARD_MS, SPARED_MS

seqs = st.integers(30, 60) | st.just(UNSET)
seconds = st.floats(0, 200) | st.integers(0, 3).map(float)
stamps = st.floats(NOW_MS - 5000, NOW_MS + 40_000) | st.just(UNSET)
refs = st.sampled_from(["a", "b", "c"]) | st.just(UNSET)
spoken = {"at": stamps, "base_seq": seqs, "ref": refs}
own_position = {"current_time": seconds | st.just(UNSET)}
sources = st.builds(
    SourceRequest,
    kind=st.just("file"),
    url=st.sampled_from(["/a.webm", "https://b.example/b", "data:,c"]),
    duration=st.floats(0.5, 100) | st.just(UNSET),
)
armed = st.integers(38, 60)
intents = st.one_of(
    st.builds(VideoPlay, lead_ms=st.floats(0, 3000) | st.just(UNSET), **own_position, **spoken),
    st.builds(VideoPause, **own_position, **spoken),
    st.builds(VideoSeek, time=seconds, **spoken),
    st.builds(VideoRate, rate=st.floats(0.25, 4), **spoken),
    st.builds(VideoSource, source=sources, ref=refs),
    st.builds(FilmEnded, armed_seq=armed),
    st.builds(ChangeSettings, wait_for_all=st.booleans() | st.just(UNSET), ref=refs),
    st.builds(StartTogether, armed_seq=armed, lead_ms=st.floats(300, 2000)),
    st.builds(NameLaggards, armed_seq=armed, user_ids=st.just(("bo",))),
    st.builds(
        Freeze,
        armed_seq=armed,
        stalled=st.sampled_from([{"bo": "p-bo"}, {"bo": "p-bo", "cy": "p-cy"}]),
        server=st.just("s1"),
    ),
    st.builds(RoomEmptied, armed_seq=armed, at_ms=st.floats(NOW_MS - 5000, NOW_MS)),
)
commands = st.builds(Command, intents, user_id=st.sampled_from(["ada", "bo", "cy"]))
steps = st.lists(st.tuples(commands, st.floats(0, 3000)), max_size=14)
beginnings = st.sampled_from(
    [
        room(),
        standing_at(90, ended=True),
        room(settings=RoomSettings(on_end="loop")),
        room(settings=RoomSettings(wait_for_all=True)),
        room(playhead=Playhead(position_s=3, at_ms=NOW_MS + 2000, playing=True)),
        RoomState(slug="new", epoch="e1"),
    ]
)


def run(state: RoomState, script: list[tuple[Command, float]]) -> list[tuple[Decision, float]]:
    """Every decision and its instant, one after the other."""
    now_ms, decisions = NOW_MS, []
    for command, pause_ms in script:
        now_ms += pause_ms
        decision = apply(state, command, now_ms)
        decisions.append((decision, now_ms))
        if isinstance(decision, Applied):
            state = decision.state
    return decisions


def applied(state: RoomState, script: list[tuple[Command, float]]) -> list[tuple[Applied, float]]:
    return [(d, at_ms) for d, at_ms in run(state, script) if isinstance(d, Applied)]


@given(beginnings, steps)
def test_events_are_numbered_without_gap_in_one_epoch(state: RoomState, script: Any) -> None:
    events = [decision.event for decision, _ in applied(state, script)]
    assert [event.seq for event in events] == list(
        range(state.seq + 1, state.seq + 1 + len(events))
    )
    assert {event.epoch for event in events} <= {state.epoch}


@given(beginnings, steps)
def test_the_position_stays_within_the_film(state: RoomState, script: Any) -> None:
    for decision, now_ms in applied(state, script):
        after = decision.state
        for at_ms in (now_ms - 2000, now_ms, now_ms + 5000, now_ms + 1e9):
            assert after.position_at(at_ms) >= 0
            assert after.duration_s is None or after.position_at(at_ms) <= after.duration_s


@given(beginnings, steps)
def test_the_same_commands_lead_to_the_same_room(state: RoomState, script: Any) -> None:
    assert run(state, script) == run(state, script)


@given(beginnings, steps)
def test_what_is_told_is_the_state(state: RoomState, script: Any) -> None:
    for decision, _ in applied(state, script):
        event, state = decision.event, decision.state
        if isinstance(event, SettingsChanged):
            told = {name: getattr(event, name) for name in RoomSettings.__struct_fields__}
            assert told == structs.asdict(state.settings)
            continue
        snapshot: Any = video_state(state)
        assert snapshot.current_time == state.playhead.position_s
        if state.waiting is None:
            assert isinstance(event, VideoStateChanged)
            assert waiting_of(state) is UNSET
        else:
            assert isinstance(event, VideoWaiting)
            snapshot = waiting_of(state)
        told = {name: getattr(event, name) for name in snapshot.__struct_fields__}
        assert told == structs.asdict(snapshot)


@given(beginnings, steps)
def test_a_film_that_waits_stands_and_nobody_waits_for_ever(state: RoomState, script: Any) -> None:
    for decision, now_ms in applied(state, script):
        gate = decision.state.waiting
        if gate is not None:
            assert not decision.state.playhead.playing
            assert not decision.state.ended
            assert gate.deadline_ms <= now_ms + HARD_MS
            assert len(gate.user_ids) <= MAX_NAMED
            over = StartTogether(decision.state.seq, lead_ms=300)
            assert isinstance(apply(decision.state, Command(over), gate.deadline_ms), Applied)


@given(beginnings, steps)
def test_no_room_freezes_twice_for_one_person_within_30_s(state: RoomState, script: Any) -> None:
    frozen_ms: dict[str, float] = {}
    for (command, _), (decision, now_ms) in zip(script, run(state, script), strict=True):
        if isinstance(command.intent, Freeze) and isinstance(decision, Applied):
            gate = decision.state.waiting
            assert gate is not None
            for user_id in gate.user_ids:
                assert now_ms >= frozen_ms.get(user_id, 0) + SPARED_MS
                frozen_ms[user_id] = now_ms


@given(beginnings, steps)
def test_controls_never_reach_back_behind_the_one_before(state: RoomState, script: Any) -> None:
    before_ms = state.last_control_ms
    for decision, _ in applied(state, script):
        assert decision.state.last_control_ms >= before_ms
        before_ms = decision.state.last_control_ms


@given(beginnings, steps)
def test_nothing_starts_further_ahead_than_a_lead(state: RoomState, script: Any) -> None:
    for decision, now_ms in applied(state, script):
        assert decision.state.playhead.at_ms <= max(now_ms, state.playhead.at_ms) + 3100.001


@given(beginnings, steps)
def test_nobody_drags_a_playing_film_but_by_seek_or_source(state: RoomState, script: Any) -> None:
    for command, pause_ms in script:
        decision = apply(state, command, NOW_MS + pause_ms)
        if not isinstance(decision, Applied):
            continue
        after, at_ms = decision.state, decision.state.playhead.at_ms
        if isinstance(command.intent, VideoPlay | VideoPause | VideoRate):
            jump_s = abs(after.position_at(at_ms) - state.position_at(at_ms))
            assert jump_s <= 0.2501 or state.is_over_at(at_ms)


@given(beginnings, steps)
def test_a_room_that_is_over_stays_over(state: RoomState, script: Any) -> None:
    closed = apply(state, Command(CloseRoom(reason="")), NOW_MS)
    assert isinstance(closed, Applied)
    assert applied(closed.state, script) == []
