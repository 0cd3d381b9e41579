"""What pictures did is measured again where the machine stood still, and nowhere else."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.stalls import (
    AGAIN_MOST,
    BACK_IN_PLACE_S,
    STALL_S,
    Stall,
    Witness,
    unless_stalled,
)


def still(from_s: float) -> list[Stall]:
    return [(from_s, from_s + 1)]


def never(_: float) -> Any:
    raise RuntimeError("nobody asks for this")


def failing(times: int) -> Callable[[], int]:
    """Fails so often; then it says which time it is."""
    done = 0

    def measure() -> int:
        nonlocal done
        done += 1
        assert done > times, f"time {done}"
        return done

    return measure


def test_what_fails_on_a_machine_that_went_on_has_failed() -> None:
    with pytest.raises(AssertionError, match="time 1"):
        unless_stalled(failing(1), never, lambda _: [])


def test_what_fails_beside_a_stall_is_measured_again_once_it_is_made_up_for() -> None:
    waited: list[float] = []
    assert unless_stalled(failing(1), waited.append, still) == 2
    assert waited == [BACK_IN_PLACE_S]


def test_it_is_not_measured_for_ever() -> None:
    with pytest.raises(AssertionError, match=f"time {AGAIN_MOST + 1}"):
        unless_stalled(failing(99), lambda _: None, still)


def test_what_holds_is_measured_once() -> None:
    assert unless_stalled(failing(0), never, never) == 1


def test_a_stall_is_seen_and_the_time_before_it_is_not() -> None:
    with Witness() as witness:
        until(lambda: is_looking(witness))
        began_s = time.monotonic()
        witness.process.send_signal(signal.SIGSTOP)
        time.sleep(2 * STALL_S)  # this long it stands still
        witness.process.send_signal(signal.SIGCONT)
        until(lambda: bool(witness.since(began_s)))
        ended_s = time.monotonic()
        for from_s, to_s in witness.since(began_s):
            assert from_s < began_s + 2 * STALL_S
            assert from_s + STALL_S < to_s <= ended_s
        assert witness.since(ended_s) == []


def is_looking(witness: Witness) -> bool:
    """Whether it has begun: it sleeps in more than one thread."""
    return len(list(Path(f"/proc/{witness.process.pid}/task").iterdir())) > 1


def until(such: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 10
    while not such():
        assert time.monotonic() < deadline_s
        time.sleep(0.005)
