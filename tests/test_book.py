"""What passes in a room: visits, reactions and skew, counted, thinned and bounded."""

import pytest
from msgspec import structs

from tests.test_presence import status, user
from watchparty.core.protocol import Status
from watchparty.history import book as book_module
from watchparty.history.book import SAMPLE_MS, SEEN_MS, Book, RoomBook, VisitNow
from watchparty.history.drifts import Drifts

START_MS = 1_000_000.0


class Rig:
    def __init__(self) -> None:
        self.now_ms = START_MS
        self.book = Book("s1", lambda: self.now_ms, unlisted="clock")
        self.room = self.book.room("demo")

    def visits(self) -> list[VisitNow]:
        return self.book.take().visits


@pytest.fixture
def rig() -> Rig:
    return Rig()


def in_step(drift_ms: float, state: str = "synced") -> Status:
    return structs.replace(status(drift_ms), state=state)


# -- Bounds


def test_while_nobody_writes_only_so_much_is_kept_and_the_rest_is_counted(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_VISITS", "MOST_REACTIONS", "MOST_SAMPLES"):
        monkeypatch.setattr(book_module, name, 3)
    for number in range(5):
        rig.room.came(user(f"u{number}"))
        rig.room.reacted("🔥", 10.0 * number)
        rig.room.reported(f"u{number}", in_step(1.0))
    rig.room.reacted("🔥", 0.0)
    rig.now_ms += SAMPLE_MS
    for number in range(5):
        rig.room.reported(f"u{number}", in_step(1.0))
    taken = rig.book.take()
    assert [len(part) for part in (taken.visits, taken.reactions, taken.samples)] == [3, 3, 3]
    assert rig.book.dropped == 6
    assert taken.reactions["demo", "", 0, "🔥"] == 2, "what has a place goes on being counted"


def test_who_is_not_here_is_told_of_in_vain(rig: Rig) -> None:
    rig.room.lost("ada")
    rig.room.left("ada")
    rig.room.reported("ada", in_step(1.0))
    rig.room.saw([user("ada")])
    assert not rig.book.take()


def test_visitors_of_the_clock_pages_are_not_kept(rig: Rig) -> None:
    clock = rig.book.room("clock")
    clock.came(user("ada"))
    clock.left("ada")
    assert not rig.book.take()


# -- Visits


def test_a_visit_lasts_from_the_first_socket_to_the_end_of_the_last(rig: Rig) -> None:
    rig.room.came(user("ada"))
    (visit,) = rig.visits()
    assert (visit.joined_ms, visit.left_ms, visit.seen_ms) == (START_MS, None, START_MS)
    rig.now_ms += 3000
    rig.room.lost("ada")
    rig.now_ms += 2000
    rig.room.came(user("ada"))
    rig.now_ms += 60_000
    rig.room.lost("ada")
    rig.now_ms += 5000
    rig.room.left("ada")
    (visit,) = rig.visits()
    assert (visit.joined_ms, visit.left_ms) == (START_MS, START_MS + 65_000)
    assert visit.reconnects == 1


def test_who_was_back_and_says_goodbye_leaves_then(rig: Rig) -> None:
    rig.room.came(user("ada"))
    rig.room.lost("ada")
    rig.room.came(user("ada"))
    rig.now_ms += 7000
    rig.room.left("ada")
    assert [visit.left_ms for visit in rig.visits()] == [START_MS + 7000]


def test_who_comes_again_after_leaving_visits_anew(rig: Rig) -> None:
    rig.room.came(user("ada"))
    rig.room.left("ada")
    rig.now_ms += 1
    rig.room.came(user("ada"))
    assert [visit.joined_ms for visit in rig.visits()] == [START_MS, START_MS + 1]


def test_a_visit_that_goes_on_is_written_once_a_minute(rig: Rig) -> None:
    rig.room.came(user("ada"))
    rig.visits()
    for _ in range(int(SEEN_MS // 10_000) - 1):
        rig.now_ms += 10_000
        rig.room.saw([user("ada")])
        assert rig.visits() == []
    rig.now_ms += 10_000
    rig.room.saw([user("ada")])
    (visit,) = rig.visits()
    assert visit.seen_ms == START_MS + SEEN_MS


def test_another_name_or_role_is_written_at_the_next_look(rig: Rig) -> None:
    ada = user("ada")
    rig.room.came(ada)
    rig.visits()
    rig.room.saw([structs.replace(ada, role="host")])
    (visit,) = rig.visits()
    assert visit.user.role == "host"


def test_when_the_server_leaves_everybody_has_left_it(rig: Rig) -> None:
    for name in ("ada", "bo"):
        rig.room.came(user(name))
    rig.room.lost("bo")
    rig.now_ms += 1000
    rig.room.close()
    ended = {visit.user.id: visit.left_ms for visit in rig.visits()}
    assert ended == {"ada": START_MS + 1000, "bo": START_MS}


# -- Reactions


def test_reactions_are_counted_by_film_emoji_and_five_seconds(rig: Rig) -> None:
    rig.room.source_id = "s1"
    for moment in (0.0, 4.99, 5.0):
        rig.room.reacted("🔥", moment)
    rig.room.source_id = "s2"
    rig.room.reacted("🔥", 0.0)
    assert rig.book.take().reactions == {
        ("demo", "s1", 0, "🔥"): 2,
        ("demo", "s1", 5, "🔥"): 1,
        ("demo", "s2", 0, "🔥"): 1,
    }
    assert rig.book.take().reactions == {}


# -- Skew


def report_for(rig: Rig, room: RoomBook, seconds: int, drift_ms: float = 2.0) -> None:
    for _ in range(seconds):
        room.reported("ada", in_step(drift_ms))
        rig.now_ms += 1000


def test_a_viewer_s_skew_is_sampled_each_ten_seconds_with_the_worst_of_them(rig: Rig) -> None:
    rig.room.came(user("ada"))
    report_for(rig, rig.room, 5)
    rig.room.reported("ada", in_step(-80.0))
    report_for(rig, rig.room, 6)
    (sample,) = rig.book.take().samples
    assert (sample.room, sample.member) == ("demo", "ada")
    assert (sample.last.drift_ms, sample.worst_ms) == (2, -80)
    report_for(rig, rig.room, 60)
    assert 5 <= len(rig.book.take().samples) <= 6


def test_percentiles_are_of_those_moments_in_which_the_player_follows(rig: Rig) -> None:
    rig.room.came(user("ada"))
    for _ in range(95):
        rig.room.reported("ada", in_step(-2.0))
    for _ in range(5):
        rig.room.reported("ada", in_step(40.0, "adjusting"))
    for state in ("buffering", "seeking", "hidden", "blocked", "local"):
        rig.room.reported("ada", in_step(5000.0, state))
    rig.room.left("ada")
    (visit,) = rig.visits()
    assert visit.statuses == 100
    assert visit.p50_ms == pytest.approx(2, rel=0.05)
    assert visit.p95_ms == pytest.approx(2, rel=0.05)


def test_percentiles_of_a_long_visit_are_right_to_five_percent_in_little_memory() -> None:
    drifts = Drifts()
    assert drifts.percentile(50) is None
    for number in range(1, 10_001):
        drifts.add(number / 100)
    for percent in (1, 25, 50, 95, 99.9):
        assert drifts.percentile(percent) == pytest.approx(percent, rel=0.05)
    drifts.add(0.0)
    drifts.add(-1e12)
    assert len(drifts._steps) < 120
