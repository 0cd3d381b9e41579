"""The steps of a gate: how a film comes to stand for some viewers, and how that ends."""

from typing import Any

import pytest
from msgspec import structs

from tests.rooms import NOW_MS, by_ada, decide, pause, play, refused, room, seek, standing_at
from watchparty.core.keeping import LOST_AT_MOST, SavedRoom, restore
from watchparty.core.protocol import (
    MAX_NAMED,
    ChangeSettings,
    RoomSettings,
    SettingsChanged,
    SourceRequest,
    VideoPlay,
    VideoRate,
    VideoReady,
    VideoSource,
    VideoStateChanged,
    VideoWaiting,
)
from watchparty.core.room import apply
from watchparty.core.state import (
    Applied,
    Audience,
    CloseRoom,
    Command,
    Freeze,
    Moot,
    NameLaggards,
    OwnIntent,
    RoomEmptied,
    RoomState,
    StartTogether,
    waiting_of,
)
from watchparty.core.waiting import HARD_MS, OVERDUE_MS, SPARED_MS

AUDIENCE = Audience(server="s1", lead_ms=450.0, waited_for=("ada", "bo"), laggards=("p-bo",))
WAITS_FOR_ALL = RoomSettings(wait_for_all=True)
STALLED = {"bo": "p-bo"}


def ask(state: RoomState, intent: Any, now_ms: float = NOW_MS, user: str = "ada") -> Applied:
    decision = apply(state, Command(intent, user_id=user, audience=AUDIENCE), now_ms)
    assert isinstance(decision, Applied), decision
    return decision


def own(state: RoomState, intent: OwnIntent, now_ms: float) -> Applied:
    decision = apply(state, Command(intent), now_ms)
    assert isinstance(decision, Applied), decision
    return decision


def opened(**fields: Any) -> RoomState:
    """Ada has asked for a start together of a film that stands at 30 s."""
    return ask(standing_at(30), play("r9", lead_ms=1000.0, **fields)).state


def frozen() -> RoomState:
    """A film that stands at 31 s since Bo has to load."""
    return own(room(settings=WAITS_FOR_ALL), Freeze(40, STALLED, "s1"), NOW_MS).state


# -- Moot: what something has overtaken


@pytest.mark.parametrize("armed_seq", [40, 42])
def test_steps_for_another_state_are_moot(armed_seq: int) -> None:
    steps: list[OwnIntent] = [
        StartTogether(armed_seq, lead_ms=300.0),
        NameLaggards(armed_seq, ("bo",)),
    ]
    for step in steps:
        assert apply(opened(), Command(step), NOW_MS + 5000) == Moot()


def test_a_film_that_stands_by_itself_neither_starts_nor_names_nor_freezes() -> None:
    standing = standing_at(30, settings=WAITS_FOR_ALL)
    for step in (StartTogether(40, 300.0), NameLaggards(40, ("bo",)), Freeze(40, STALLED, "s1")):
        assert apply(standing, Command(step), NOW_MS) == Moot()


def test_laggards_are_named_once() -> None:
    named = own(opened(), NameLaggards(41, ("bo",)), NOW_MS + 3000).state
    assert apply(named, Command(NameLaggards(42, ("bo",))), NOW_MS + 3100) == Moot()


@pytest.mark.parametrize(
    "state",
    [
        room(),
        room(settings=WAITS_FOR_ALL, spared_until_ms={"p-bo": NOW_MS + 1}),
        room(settings=WAITS_FOR_ALL, duration_s=31.0),
        room(settings=WAITS_FOR_ALL, seq=41),
        room(
            settings=WAITS_FOR_ALL,
            playhead=structs.replace(room().playhead, at_ms=NOW_MS + 1),
        ),
    ],
    ids=["it does not wait", "spared", "over", "overtaken", "not begun"],
)
def test_a_room_that_should_not_freeze_does_not(state: RoomState) -> None:
    assert apply(state, Command(Freeze(40, STALLED, "s1")), NOW_MS) == Moot()


# -- Starting together


def test_a_start_together_stands_and_says_for_whom() -> None:
    decision = ask(standing_at(30), play("r9", lead_ms=1000.0, at=NOW_MS - 50))
    assert decision.event == VideoWaiting(
        reason="start",
        user_ids=["ada", "bo"],
        deadline=NOW_MS + HARD_MS,
        current_time=30.0,
        server_timestamp=NOW_MS - 50,
        rate=1.0,
        duration=90.0,
        epoch="e1",
        seq=41,
        by="ada",
        ref="r9",
    )
    assert not decision.state.playhead.playing
    snapshot = waiting_of(decision.state)
    assert not hasattr(snapshot, "seq")
    assert decision.event.user_ids == ["ada", "bo"]


def test_of_a_crowd_only_50_are_named() -> None:
    crowd = Audience(waited_for=tuple(f"u{n}" for n in range(200)))
    decision = apply(standing_at(30), Command(play(lead_ms=1.0), audience=crowd), NOW_MS)
    assert isinstance(decision, Applied)
    assert isinstance(decision.event, VideoWaiting)
    assert len(decision.event.user_ids) == MAX_NAMED


def test_play_without_a_lead_is_at_once_and_waits_for_nobody() -> None:
    for intent in (play(), play(lead_ms=0.0)):
        decision = ask(standing_at(30), intent)
        assert isinstance(decision.event, VideoStateChanged)
        assert decision.state.playhead.playing
        assert decision.state.waiting is None


def test_all_start_with_the_lead_asked_or_more_and_it_is_the_play_of_who_asked() -> None:
    later_ms = NOW_MS + 700
    for learned_ms, lead_ms in ((450.0, 1000.0), (1900.0, 1900.0)):
        started = own(opened(), StartTogether(41, learned_ms), later_ms)
        assert isinstance(started.event, VideoStateChanged)
        assert (started.event.by, started.event.ref) == ("ada", "r9")
        assert started.event.is_playing
        assert started.event.server_timestamp == later_ms + lead_ms
        assert started.event.current_time == 30
        assert started.state.waiting is None


def test_naming_laggards_tells_of_them_and_keeps_the_deadline() -> None:
    named = own(opened(), NameLaggards(41, ("bo",)), NOW_MS + 3000)
    assert isinstance(named.event, VideoWaiting)
    assert (named.event.user_ids, named.event.by) == (["bo"], None)
    assert named.event.deadline == NOW_MS + HARD_MS
    assert (named.event.current_time, named.event.server_timestamp) == (30, NOW_MS)


@pytest.mark.parametrize("intent", [VideoPlay(ref="r2"), VideoPlay(ref="r2", lead_ms=500.0)])
def test_a_controllers_play_goes_on_without_the_laggards(intent: VideoPlay) -> None:
    decision = ask(opened(), intent, NOW_MS + 4000, user="bo")
    assert isinstance(decision.event, VideoStateChanged)
    assert (decision.event.by, decision.event.ref) == ("bo", "r2")
    assert decision.event.server_timestamp == NOW_MS + 4000 + 1000
    assert decision.state.spared_until_ms == {"p-bo": NOW_MS + 4000 + SPARED_MS}


def test_pause_calls_it_off() -> None:
    decision = ask(opened(), pause("r2", current_time=5.0, at=NOW_MS + 100), NOW_MS + 100)
    assert isinstance(decision.event, VideoStateChanged)
    assert not decision.event.is_playing
    assert (decision.event.current_time, decision.state.waiting) == (30, None)


def test_another_film_calls_it_off() -> None:
    request = SourceRequest(kind="file", url="/new.webm")
    decision = ask(opened(), VideoSource(source=request), NOW_MS + 100)
    assert isinstance(decision.event, VideoStateChanged)
    assert decision.state.waiting is None


def test_a_seek_waits_anew_at_its_target() -> None:
    named = own(opened(), NameLaggards(41, ("bo",)), NOW_MS + 3000).state
    decision = ask(named, seek(50.0, "r2"), NOW_MS + 4000, user="bo")
    assert isinstance(decision.event, VideoWaiting)
    event = decision.event
    assert (event.current_time, event.by, event.ref) == (50, "bo", "r2")
    assert (event.user_ids, event.deadline) == (["ada", "bo"], NOW_MS + 4000 + HARD_MS)
    gate = decision.state.waiting
    assert gate is not None
    assert (gate.since_seq, gate.laggards_named) == (43, False)
    started = own(decision.state, StartTogether(43, 300.0), NOW_MS + 5000).event
    assert (started.by, started.ref) == ("ada", "r9")


def test_a_seek_past_the_end_is_refused_while_waiting_too() -> None:
    assert refused(opened(), seek(91.0)) == ("invalid_field", "time")


def test_another_rate_and_a_length_learned_leave_it_waiting() -> None:
    unmeasured = structs.replace(opened(), duration_s=None)
    for intent in (VideoRate(rate=2.0), VideoReady(seq=41, duration=60.0)):
        decision = ask(unmeasured, intent, NOW_MS + 100)
        assert isinstance(decision.event, VideoWaiting)
        assert decision.state.waiting == unmeasured.waiting
        assert (decision.event.rate, decision.event.duration) in ((2.0, None), (1.0, 60.0))


def test_a_start_together_after_the_end_stands_at_the_beginning() -> None:
    decision = ask(standing_at(90, ended=True), play(lead_ms=500.0))
    assert isinstance(decision.event, VideoWaiting)
    assert (decision.event.current_time, decision.state.ended) == (0, False)


def test_a_start_that_nobody_saw_to_for_long_is_given_up() -> None:
    last_ms = NOW_MS + HARD_MS + OVERDUE_MS
    assert own(opened(), StartTogether(41, 300.0), last_ms).state.playhead.playing
    given_up = own(opened(), StartTogether(41, 300.0), last_ms + 1)
    assert isinstance(given_up.event, VideoStateChanged)
    assert not given_up.event.is_playing
    assert given_up.state.waiting is None


def test_an_emptied_room_and_a_closed_one_wait_for_nobody() -> None:
    emptied = own(opened(), RoomEmptied(41, NOW_MS + 5000), NOW_MS + 65_000)
    assert isinstance(emptied.event, VideoStateChanged)
    assert emptied.state.waiting is None
    assert own(opened(), CloseRoom("Good night."), NOW_MS).state.waiting is None


@pytest.mark.parametrize(("clean", "seq"), [(True, 42), (False, 41 + LOST_AT_MOST)])
@pytest.mark.parametrize("boot_id", ["b1", "b2"])
def test_a_room_kept_while_waiting_comes_back_standing(clean: bool, seq: int, boot_id: str) -> None:
    saved = SavedRoom(opened(), saved_at_ms=NOW_MS + 100, boot_id="b1", clean=clean)
    back = restore(saved, boot_id=boot_id, new_epoch="e2")
    assert (back.waiting, back.seq) == (None, seq)
    assert not back.playhead.playing
    assert back.position_at(NOW_MS + 99_000) == 30


# -- Waiting for everyone


def test_a_freeze_stands_where_the_film_is_and_names_who_loads() -> None:
    decision = own(room(settings=WAITS_FOR_ALL), Freeze(40, STALLED, "s1"), NOW_MS + 500)
    assert isinstance(decision.event, VideoWaiting)
    event = decision.event
    assert (event.reason, event.user_ids, event.by) == ("buffering", ["bo"], None)
    assert (event.current_time, event.server_timestamp) == (31.5, NOW_MS + 500)
    assert event.deadline == NOW_MS + 500 + HARD_MS


def test_it_goes_on_as_the_rooms_own_doing() -> None:
    decision = own(frozen(), StartTogether(41, 450.0), NOW_MS + 2000)
    assert isinstance(decision.event, VideoStateChanged)
    event = decision.event
    assert (event.by, event.is_playing, event.current_time) == (None, True, 31)
    assert event.server_timestamp == NOW_MS + 2450


def test_a_room_freezes_for_one_person_once_in_30_s() -> None:
    playing = own(frozen(), StartTogether(41, 300.0), NOW_MS + 2000).state
    again = Command(Freeze(42, STALLED, "s1"))
    assert apply(playing, again, NOW_MS + SPARED_MS - 1) == Moot()
    assert isinstance(apply(playing, again, NOW_MS + SPARED_MS), Applied)


def test_another_tab_of_the_person_freezes_it_no_sooner() -> None:
    playing = own(frozen(), StartTogether(41, 300.0), NOW_MS + 2000).state
    other_tab = Command(Freeze(42, {"bo-too": "p-bo"}, "s1"))
    assert apply(playing, other_tab, NOW_MS + 10_000) == Moot()


def test_who_was_waited_for_in_vain_is_spared_from_then_on() -> None:
    end_ms = NOW_MS + HARD_MS
    playing = own(frozen(), StartTogether(41, 300.0, in_vain=("p-bo",)), end_ms).state
    assert playing.spared_until_ms == {"p-bo": end_ms + SPARED_MS}
    both = Freeze(42, {"bo": "p-bo", "cy": "p-cy"}, "s1")
    event = own(playing, both, end_ms + 5000).event
    assert isinstance(event, VideoWaiting)
    assert event.user_ids == ["cy"]


def test_who_is_spared_no_more_is_forgotten() -> None:
    playing = own(frozen(), StartTogether(41, 300.0), NOW_MS + 2000).state
    after = own(playing, Freeze(42, {"cy": "p-cy"}, "s1"), NOW_MS + SPARED_MS).state
    assert set(after.spared_until_ms) == {"p-cy"}


# -- Settings


def test_a_setting_changes_alone_and_moves_nothing() -> None:
    before = room(by="bo", ref="r0", settings=RoomSettings(on_end="loop"))
    decision = ask(before, ChangeSettings(wait_for_all=True, ref="r1"))
    assert decision.event == SettingsChanged(
        on_end="loop", wait_for_all=True, epoch="e1", seq=41, by="ada", ref="r1"
    )
    assert structs.replace(decision.state, seq=40, settings=before.settings) == before


def test_settings_that_are_left_out_stay() -> None:
    after = decide(room(settings=WAITS_FOR_ALL), ChangeSettings())
    assert after.settings == WAITS_FOR_ALL


def test_nobody_sets_a_closed_room() -> None:
    assert apply(room(closed=True), by_ada(ChangeSettings(wait_for_all=True)), NOW_MS) != Moot()
    assert refused(room(closed=True), ChangeSettings()) == ("no_such_room", None)
