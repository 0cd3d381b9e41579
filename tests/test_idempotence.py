"""The ledger: one answer for one (user, ref), as long as it is remembered."""

from hypothesis import given
from hypothesis import strategies as st

from watchparty.core.idempotence import MAX_REMEMBERED, REMEMBERED_MS, Ledger


def test_what_was_never_asked_has_no_answer() -> None:
    assert Ledger[str]().recall("ada", "r1", 0.0) is None


def test_nobody_hears_the_answer_to_another_s_reference() -> None:
    ledger = Ledger[str]()
    ledger.remember("ada", "r1", "yes", 0.0)
    assert ledger.recall("bo", "r1", 1.0) is None
    assert ledger.recall("ada", "r2", 1.0) is None


def test_an_answer_is_remembered_for_a_minute_and_no_longer() -> None:
    ledger = Ledger[str]()
    ledger.remember("ada", "r1", "yes", 0.0)
    assert ledger.recall("ada", "r1", REMEMBERED_MS) == "yes"
    assert ledger.recall("ada", "r1", REMEMBERED_MS + 0.001) is None


def test_user_and_reference_are_not_run_together() -> None:
    ledger = Ledger[str]()
    ledger.remember("ab", "c", "yes", 0.0)
    assert ledger.recall("a", "bc", 0.0) is None


def test_old_answers_leave_memory() -> None:
    ledger = Ledger[int]()
    for number in range(10):
        ledger.remember("ada", f"r{number}", number, float(number))
    ledger.remember("ada", "last", 99, REMEMBERED_MS + 5.0)
    assert len(ledger) == 6
    assert ledger.recall("ada", "r5", REMEMBERED_MS + 5.0) == 5


def test_a_flood_does_not_fill_memory() -> None:
    ledger = Ledger[int]()
    for number in range(MAX_REMEMBERED + 10):
        ledger.remember("ada", f"r{number}", number, 0.0)
    assert len(ledger) == MAX_REMEMBERED
    assert ledger.recall("ada", "r9", 0.0) is None
    assert ledger.recall("ada", "r10", 0.0) == 10


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 30_000)), max_size=30))
def test_it_recalls_exactly_what_is_not_too_old(asked: list[tuple[str, float]]) -> None:
    ledger, now_ms = Ledger[int](), 0.0
    latest: dict[str, tuple[int, float]] = {}
    for number, (ref, pause_ms) in enumerate(asked):
        now_ms += pause_ms
        ledger.remember("ada", ref, number, now_ms)
        latest[ref] = (number, now_ms)
    for ref, (number, at_ms) in latest.items():
        expected = number if now_ms - at_ms <= REMEMBERED_MS else None
        assert ledger.recall("ada", ref, now_ms) == expected
