"""The media clock: continuous, whatever the host's clock does."""

import time
from pathlib import Path

import pytest

from sync import clock
from sync.core.timebase import FLOOR_ERROR_MS, Course, Timebase, anchor_base_ms
from sync.core.wire import TimeSync
from tests.fakes import NOW_MS, FakeClock


def test_a_step_of_utc_changes_the_civil_offset_only() -> None:
    fake = FakeClock()
    timebase = fake.timebase()
    assert timebase.civil_offset_ms(NOW_MS) == pytest.approx(0, abs=0.001)
    fake.advance(1000)
    utc_after_step_ms = NOW_MS + 1000 - 3_600_000
    assert timebase.now_ms() == pytest.approx(NOW_MS + 1000)
    assert timebase.civil_offset_ms(utc_after_step_ms) == pytest.approx(-3_600_000)


def test_time_passes_exactly_as_the_oscillator_says() -> None:
    fake = FakeClock()
    timebase = fake.timebase()
    fake.advance(0.25)
    assert timebase.now_ms() - NOW_MS == pytest.approx(0.25, abs=0.001)
    fake.advance(7 * 24 * 3_600_000)
    assert timebase.now_ms() - NOW_MS == pytest.approx(7 * 24 * 3_600_000 + 0.25, abs=0.001)


def test_the_stated_error_covers_what_rounding_takes() -> None:
    fake = FakeClock()
    timebase = fake.timebase()
    for _ in range(1000):
        fake.raw_ns += 999_983
        exact_ms = NOW_MS + (fake.raw_ns - 5_000_000_000) / 1_000_000
        stamped_ms = timebase.server_time(0).timestamp
        assert abs(stamped_ms - exact_ms) <= timebase.error_ms == FLOOR_ERROR_MS


def test_server_time_tells_clock_civil_offset_generation_and_error() -> None:
    message = FakeClock().timebase(generation=3, error_ms=0.5).server_time(NOW_MS + 250)
    assert message.timestamp == NOW_MS
    assert message.civil_offset_ms == 250
    assert message.generation == 3
    assert message.error_ms == 0.5


def test_the_answer_to_a_probe_is_stamped_when_it_is_made() -> None:
    fake = FakeClock()
    timebase = fake.timebase()
    t2 = timebase.now_ms()
    fake.advance(2)
    answer = timebase.answer(TimeSync(client_timestamp=-1.5), t2)
    assert answer.client_timestamp == -1.5
    assert answer.server_receive_time == NOW_MS
    assert answer.server_send_time == NOW_MS + 2


def test_anchoring_trusts_the_reading_that_was_interrupted_least() -> None:
    raw_ns = iter([0, 40_000_000, 50_000_000, 50_002_000, 60_000_000, 69_000_000])
    utc_ns = iter([1_000_000_000, 1_050_001_000, 1_099_000_000])
    base_ms = anchor_base_ms(lambda: next(raw_ns), lambda: next(utc_ns), attempts=3)
    assert base_ms == pytest.approx(1000)


def test_the_system_clock_agrees_with_utc_at_its_start() -> None:
    timebase = clock.system_timebase()
    assert abs(timebase.civil_offset_ms(clock.utc_ms())) < 50


def test_the_system_clock_never_runs_backwards() -> None:
    timebase = clock.system_timebase()
    readings = [timebase.now_ms() for _ in range(1000)]
    assert readings == sorted(readings)


def test_a_base_kept_from_the_same_boot_continues_the_clock() -> None:
    before = clock.system_timebase()
    after_restart = clock.system_timebase(before.base_ms)
    assert abs(after_restart.now_ms() - before.now_ms()) < 50
    assert after_restart.base_ms == before.base_ms


def test_the_oscillator_is_not_the_one_that_is_slewed() -> None:
    raw_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
    assert 0 <= clock.raw_ns() - raw_ns < 1_000_000_000


def test_without_a_boot_id_nothing_of_another_process_is_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(clock, "BOOT_ID_FILE", tmp_path / "missing")
    clock.boot_id.cache_clear()
    first = clock.boot_id()
    assert clock.boot_id() == first
    clock.boot_id.cache_clear()
    assert clock.boot_id() != first
    clock.boot_id.cache_clear()


def test_a_course_bends_once_and_then_goes_on_however_late_the_next_one_comes() -> None:
    fake = FakeClock()
    timebase = fake.timebase()
    began_ns = timebase.raw_ns()
    timebase.steer(
        Course(
            from_ns=began_ns,
            media_ms=timebase.now_ms(),
            rate=1.0002,
            until_ns=began_ns + 10_000_000_000,
            rate_after=1.00005,
            error_ms=2.0,
            error_growth=4e-6,
            generation=7,
        )
    )
    assert (timebase.now_ms(), timebase.generation, timebase.error_ms) == (NOW_MS, 7, 2)
    fake.advance(10_000)
    assert timebase.now_ms() - NOW_MS == pytest.approx(10_002, abs=0.001)
    fake.advance(100_000)
    assert timebase.now_ms() - NOW_MS == pytest.approx(110_007, abs=0.001)
    assert timebase.error_ms == pytest.approx(2.44)
    assert timebase.base_ms == pytest.approx(NOW_MS + 7 - 5000, abs=0.001)


@pytest.mark.parametrize(("error_ms", "told_ms"), [(0.001, 0.001), (0.5, 0.5), (0.1201, 0.121)])
def test_an_error_is_never_rounded_down(error_ms: float, told_ms: float) -> None:
    assert FakeClock().timebase(error_ms=error_ms).server_time(0).error_ms == told_ms


def test_generation_is_one_for_a_deployment_of_one_process() -> None:
    assert Timebase(lambda: 0, 0).generation == 1
