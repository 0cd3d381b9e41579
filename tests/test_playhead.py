"""The playhead: where the film is at an instant, and when it will be somewhere."""

from hypothesis import given
from hypothesis import strategies as st

from watchparty.core.playhead import Playhead, clamp

PLAYING = Playhead(position_s=10.0, at_ms=1000.0, rate=2.0, playing=True)
STANDING = PLAYING.moved(position_s=10.0, at_ms=1000.0, playing=False)

positions = st.floats(0, 7 * 24 * 3600)
instants = st.floats(1.6e12, 1.8e12)
rates = st.floats(0.25, 4)


def test_a_standing_film_never_reaches_anything() -> None:
    assert STANDING.reaches(20) is None


def test_a_film_without_speed_never_reaches_anything() -> None:
    assert PLAYING.moved(position_s=10, at_ms=1000, rate=0).reaches(20) is None


def test_what_stands_does_not_start() -> None:
    assert not STANDING.starts_after(0)


def test_what_has_started_does_not_start_later() -> None:
    assert not PLAYING.starts_after(1000)


def test_before_its_instant_the_position_holds() -> None:
    assert PLAYING.starts_after(999)
    assert PLAYING.position_at(0) == 10


def test_it_moves_with_its_rate() -> None:
    assert PLAYING.position_at(2500) == 13


def test_standing_film_stays() -> None:
    assert STANDING.position_at(9e12) == 10


def test_it_stops_at_the_end() -> None:
    assert PLAYING.position_at(9e12, 90) == 90


def test_what_lies_behind_was_reached_when_it_began() -> None:
    assert PLAYING.reaches(3) == 1000


def test_it_keeps_what_is_not_moved() -> None:
    moved = PLAYING.moved(position_s=1, at_ms=2)
    assert (moved.rate, moved.playing) == (2.0, True)


def test_positions_stay_within_the_film() -> None:
    assert clamp(-1, 90) == 0
    assert clamp(91, 90) == 90
    assert clamp(91, None) == 91
    assert clamp(0, 0) == 0


@given(position_s=positions, rate=rates, at_ms=instants, ahead_s=st.floats(0, 36_000))
def test_it_is_where_it_should_be_when_it_reaches_a_position(
    position_s: float, rate: float, at_ms: float, ahead_s: float
) -> None:
    playhead = Playhead(position_s=position_s, at_ms=at_ms, rate=rate, playing=True)
    instant_ms = playhead.reaches(position_s + ahead_s)
    assert instant_ms is not None
    assert abs(playhead.position_at(instant_ms) - (position_s + ahead_s)) < 1e-5


@given(position_s=positions, rate=rates, at_ms=instants, later_ms=st.floats(0, 1e9))
def test_it_never_runs_backwards(
    position_s: float, rate: float, at_ms: float, later_ms: float
) -> None:
    playhead = Playhead(position_s=position_s, at_ms=at_ms, rate=rate, playing=True)
    assert playhead.position_at(at_ms + later_ms) >= playhead.position_at(at_ms)
