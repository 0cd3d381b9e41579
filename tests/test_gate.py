"""What a room does about viewers who are not ready, and who counts as one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms import NOW_MS, room, standing_at
from tests.viewers import doing, viewer
from watchparty.core.gate import (
    AWAY,
    MAX_LEARNED_LEAD_MS,
    SOFT_MS,
    STALL_MS,
    TAKE_OVER_MS,
    Look,
    Viewer,
    audience,
    lead_ms,
    look,
)
from watchparty.core.protocol import RoomSettings
from watchparty.core.state import (
    MIN_LEAD_MS,
    Freeze,
    Gate,
    NameLaggards,
    RoomState,
    StartTogether,
)
from watchparty.core.waiting import HARD_MS

WAITS_FOR_ALL = RoomSettings(wait_for_all=True)
LEAD_MS = MIN_LEAD_MS


def waiting(seq: int = 41, **fields: Any) -> RoomState:
    """A room that stands since event 41, when Ada asked for a start together."""
    defaults: dict[str, Any] = {
        "reason": "start",
        "user_ids": ("ada", "bo"),
        "since_seq": 41,
        "opened_ms": NOW_MS,
        "deadline_ms": NOW_MS + HARD_MS,
        "server": "s1",
    }
    settings = WAITS_FOR_ALL if fields.get("reason") == "buffering" else RoomSettings()
    return standing_at(30, seq=seq, settings=settings, waiting=Gate(**defaults | fields))


def frozen(**fields: Any) -> RoomState:
    """A room that stands for Bo, who has to load."""
    named: dict[str, Any] = {"user_ids": ("bo",), "laggards_named": True}
    return waiting(reason="buffering", **named | fields)


def seen(state: RoomState, *viewers: Viewer, after_ms: float = 10, server: str = "s1") -> Look:
    return look(state, list(viewers), NOW_MS + after_ms, server=server)


def starts(state: RoomState, *viewers: Viewer, after_ms: float = 10, server: str = "s1") -> bool:
    return isinstance(seen(state, *viewers, after_ms=after_ms, server=server).intent, StartTogether)


READY = viewer("ada", ready_seq=41)


# -- Nothing to do


def test_a_room_that_plays_or_stands_by_itself_waits_for_nobody() -> None:
    loading = viewer("bo", status=doing("buffering"), loading_since_ms=NOW_MS - 60_000)
    for state in (room(), standing_at(3, settings=WAITS_FOR_ALL)):
        assert seen(state, READY, loading) == Look()


def test_a_room_that_is_over_waits_for_nobody() -> None:
    closed = room(closed=True, settings=WAITS_FOR_ALL)
    assert seen(closed, viewer("bo", loading_since_ms=0.0)) == Look()


def test_a_room_that_everybody_has_left_does_not_start() -> None:
    assert seen(waiting(), after_ms=HARD_MS + 60_000) == Look()


# -- Starting together


def test_one_who_is_not_ready_is_waited_for_until_named() -> None:
    assert seen(waiting(), READY, viewer("bo")) == Look(again_at_ms=NOW_MS + SOFT_MS)


def test_all_ready_start_at_once() -> None:
    bo = viewer("bo", ready_seq=41)
    assert seen(waiting(), READY, bo).intent == StartTogether(41, LEAD_MS)


def test_alone_and_ready_is_no_wait() -> None:
    assert starts(waiting(user_ids=("ada",)), READY)


@pytest.mark.parametrize("ready_seq", [None, 40, 44, 2**53])
def test_ready_for_what_was_before_the_gate_or_has_not_been_is_not_ready(
    ready_seq: int | None,
) -> None:
    assert not starts(waiting(seq=43), READY, viewer("bo", ready_seq=ready_seq))


@pytest.mark.parametrize("ready_seq", [41, 42, 43])
def test_ready_for_any_event_since_the_gate_is_ready(ready_seq: int) -> None:
    assert starts(waiting(seq=43), READY, viewer("bo", ready_seq=ready_seq))


@pytest.mark.parametrize("state", sorted(AWAY))
def test_hidden_blocked_and_local_viewers_are_not_waited_for(state: Any) -> None:
    bo = viewer("bo", status=doing(state))
    assert starts(waiting(), READY, bo)
    assert audience(room(), [READY, bo], server="s1").waited_for == ("ada",)


def test_one_who_has_not_told_how_it_does_counts() -> None:
    assert not starts(waiting(), READY, viewer("bo", status=None))


def test_one_who_came_later_does_not_extend_the_wait() -> None:
    assert starts(waiting(), READY, viewer("cy", came_ms=NOW_MS + 1))
    assert not starts(waiting(), READY, viewer("cy", came_ms=NOW_MS))


def test_laggards_are_named_at_the_soft_deadline_and_not_before() -> None:
    bo = viewer("bo")
    assert seen(waiting(), READY, bo, after_ms=SOFT_MS - 1).intent is None
    assert seen(waiting(), READY, bo, after_ms=SOFT_MS).intent == NameLaggards(41, ("bo",))


def test_named_laggards_are_waited_for_until_the_hard_deadline() -> None:
    named = waiting(seq=42, laggards_named=True, user_ids=("bo",))
    assert seen(named, READY, viewer("bo"), after_ms=SOFT_MS + 1) == Look(
        again_at_ms=NOW_MS + HARD_MS
    )
    over = seen(named, READY, viewer("bo"), after_ms=HARD_MS)
    assert over.intent == StartTogether(42, LEAD_MS, in_vain=("p-bo",))


def test_another_server_takes_over_a_second_after_the_deadline() -> None:
    due_ms = HARD_MS + TAKE_OVER_MS
    everybody = (READY, viewer("bo"))
    assert seen(waiting(), *everybody, after_ms=due_ms - 1, server="s2") == Look(
        again_at_ms=NOW_MS + due_ms
    )
    assert starts(waiting(), *everybody, after_ms=due_ms, server="s2")


def test_two_looks_at_one_state_ask_for_the_same_so_that_only_one_holds() -> None:
    one = seen(waiting(), READY, after_ms=20_000).intent
    two = seen(waiting(), READY, after_ms=20_000, server="s2").intent
    assert one == two == StartTogether(41, LEAD_MS)


# -- The lead


def test_the_lead_is_that_of_the_slowest_who_counts() -> None:
    slow = viewer("bo", status=doing(rtt_ms=400.0, start_ms=200.0))
    away = viewer("cy", status=doing("hidden", rtt_ms=900.0))
    assert lead_ms([READY, slow, away]) == 1.5 * 400 + 200 + 150


def test_the_lead_has_bounds() -> None:
    assert lead_ms([]) == lead_ms([READY]) == MIN_LEAD_MS
    assert lead_ms([viewer("bo", status=doing(rtt_ms=1e6))]) == MAX_LEARNED_LEAD_MS


# -- Waiting for everyone


def loading(user_id: str = "bo", since_ms: float = 0.0, **fields: Any) -> Viewer:
    status = doing("buffering", buffer_s=0.1)
    return viewer(user_id, status=status, loading_since_ms=NOW_MS + since_ms, **fields)


PLAYING = room(settings=WAITS_FOR_ALL)


def test_a_stall_shorter_than_1_5_s_stops_nobody() -> None:
    assert seen(PLAYING, READY, loading(), after_ms=STALL_MS - 1) == Look(
        again_at_ms=NOW_MS + STALL_MS
    )


def test_a_stall_of_1_5_s_stops_the_room() -> None:
    assert seen(PLAYING, READY, loading(), after_ms=STALL_MS).intent == Freeze(
        40, {"bo": "p-bo"}, "s1"
    )


def test_a_room_that_does_not_wait_for_everyone_never_stops() -> None:
    assert seen(room(), READY, loading(), after_ms=60_000) == Look()


def test_a_start_or_seek_gives_everybody_time_to_load() -> None:
    bo = loading(since_ms=-10_000)
    assert seen(room(settings=WAITS_FOR_ALL), bo, after_ms=499).intent is None
    assert seen(room(settings=WAITS_FOR_ALL), bo, after_ms=500).intent is not None


def test_one_who_was_waited_for_lately_is_not_waited_for_again() -> None:
    state = room(settings=WAITS_FOR_ALL, spared_until_ms={"p-bo": NOW_MS + 20_000})
    assert seen(state, loading(), after_ms=10_000) == Look(again_at_ms=NOW_MS + 20_000)
    assert seen(state, loading(), after_ms=20_000).intent is not None


def test_each_server_stops_the_room_for_its_own_viewers_and_names_all_that_load() -> None:
    cy = loading("cy", is_here=False)
    assert seen(PLAYING, cy, after_ms=60_000) == Look()
    both = seen(PLAYING, loading(), cy, after_ms=STALL_MS).intent
    assert both == Freeze(40, {"bo": "p-bo", "cy": "p-cy"}, "s1")


def test_a_hidden_viewer_who_loads_stops_nobody() -> None:
    hidden = viewer("bo", status=doing("hidden"), loading_since_ms=NOW_MS)
    assert seen(PLAYING, hidden, after_ms=60_000) == Look()


def test_a_room_that_stands_goes_on_when_its_laggards_are_ready() -> None:
    assert not starts(frozen(), READY, loading())
    assert starts(frozen(), READY, loading(ready_seq=41))
    assert starts(frozen(), READY, viewer("bo", status=doing(buffer_s=2.0)))
    assert not starts(frozen(), READY, viewer("bo", status=doing(buffer_s=1.9)))


def test_a_room_stands_for_those_it_has_named_only() -> None:
    assert starts(frozen(), loading("cy"), viewer("bo", ready_seq=41))


def test_a_room_that_stands_goes_on_when_its_laggard_has_left() -> None:
    assert starts(frozen(), READY)


def test_a_room_that_stands_goes_on_when_it_is_to_wait_no_more() -> None:
    gate = frozen().waiting
    assert starts(standing_at(30, seq=42, waiting=gate), READY, loading())


def test_a_room_stands_for_8_s_at_most() -> None:
    assert not starts(frozen(), READY, loading(), after_ms=HARD_MS - 1)
    over = seen(frozen(), READY, loading(), after_ms=HARD_MS).intent
    assert over == StartTogether(41, LEAD_MS, in_vain=("p-bo",))


# -- Whatever they do

viewers = st.lists(
    st.builds(
        viewer,
        st.sampled_from(["ada", "bo", "cy"]),
        status=st.sampled_from([None, doing(), doing("buffering"), doing("hidden")]),
        ready_seq=st.none() | st.integers(38, 46),
        loading_since_ms=st.none() | st.floats(NOW_MS - 5000, NOW_MS + 5000),
        is_here=st.booleans(),
        came_ms=st.floats(NOW_MS - 100, NOW_MS + 100),
    ),
    min_size=1,
    unique_by=lambda one: one.user_id,
)


@given(
    st.sampled_from([waiting(), waiting(seq=44, laggards_named=True), frozen()]),
    viewers,
    st.floats(0, 20_000),
    st.sampled_from(["s1", "s2"]),
)
def test_a_look_always_leads_on(
    state: RoomState, everybody: list[Viewer], after_ms: float, server: str
) -> None:
    found = seen(state, *everybody, after_ms=after_ms, server=server)
    assert (found.intent is None) != (found.again_at_ms is None)
    if found.again_at_ms is not None:
        assert NOW_MS + after_ms < found.again_at_ms <= NOW_MS + HARD_MS + TAKE_OVER_MS
    if after_ms >= HARD_MS + TAKE_OVER_MS:
        assert isinstance(found.intent, StartTogether)
