"""How a kept room comes back: after good order, after a crash, after another boot."""

import pytest

from tests.rooms import NOW_MS, decide, pause, refused, room, seek, standing_at
from watchparty.core.keeping import LOST_AT_MOST, SavedRoom, restore
from watchparty.core.playhead import Playhead
from watchparty.core.state import RoomState

LATER_MS = NOW_MS + 20_000.0


def back(
    state: RoomState, *, boot: str = "b1", clean: bool = True, saved_at_ms: float = NOW_MS
) -> RoomState:
    """The state after a restart in boot b1, of a room that was kept in `boot`."""
    saved = SavedRoom(state=state, saved_at_ms=saved_at_ms, boot_id=boot, clean=clean)
    return restore(saved, boot_id="b1", new_epoch="e2")


def test_a_room_that_left_in_good_order_comes_back_as_it_was() -> None:
    assert back(room(by="ada", ref="r1")) == room(by="ada", ref="r1")


def test_its_vector_runs_on_within_one_boot() -> None:
    assert back(room()).position_at(LATER_MS) == 51


def test_after_a_crash_the_epoch_is_new_and_the_vector_runs_on() -> None:
    after = back(room(by="ada", ref="r1"), clean=False)
    assert (after.epoch, after.by, after.ref) == ("e2", None, None)
    assert after.seq == 40 + LOST_AT_MOST
    assert after.position_at(LATER_MS) == 51


@pytest.mark.parametrize("base_seq", [40, 41, 500])
def test_after_a_crash_no_position_of_the_lost_history_counts(base_seq: int) -> None:
    after = back(room(), clean=False)
    paused = decide(after, pause(at=NOW_MS, current_time=31.2, base_seq=base_seq))
    assert paused.playhead.position_s == 31


@pytest.mark.parametrize("base_seq", [40, 41, 500])
def test_after_a_crash_no_seek_of_the_lost_history_counts(base_seq: int) -> None:
    assert refused(back(room(), clean=False), seek(5, base_seq=base_seq)) == ("stale", None)


def test_after_another_boot_the_film_stands_where_it_was_last_known_to_be() -> None:
    after = back(room(), boot="b0", saved_at_ms=NOW_MS + 5000)
    assert after.position_at(1.0) == after.position_at(9e15) == 36
    assert not after.playhead.playing


def test_after_another_boot_instants_of_the_old_clock_hold_nothing_back() -> None:
    after = decide(back(room(), boot="b0"), pause(at=1000.0), now_ms=1000.0)
    assert after.last_control_ms == 1000


@pytest.mark.parametrize("clean", [True, False])
def test_another_boot_s_state_is_never_called_as_the_one_before(clean: bool) -> None:
    before = room()
    after = back(before, boot="b0", clean=clean)
    assert after.epoch == ("e1" if clean else "e2")
    assert after.seq > before.seq
    assert (after.by, after.ref) == (None, None)


def test_after_another_boot_a_start_that_lay_ahead_never_came() -> None:
    ahead = room(playhead=Playhead(position_s=12, at_ms=NOW_MS + 2000, playing=True))
    assert back(ahead, boot="b0").position_at(NOW_MS + 9000) == 12


def test_an_ended_film_comes_back_ended() -> None:
    assert back(standing_at(90, ended=True), boot="b0", clean=False).ended


def test_a_room_without_a_film_comes_back_without() -> None:
    after = back(RoomState(slug="new", epoch="e1"), clean=False)
    assert (after.source, after.source_seq) == (None, 0)
