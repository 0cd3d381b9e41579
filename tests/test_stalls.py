"""What pictures did is measured again where the machine stood still, and nowhere else."""

import signal
import time
from collections.abc import Callable
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
from tests.browser.viewer import eventually


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


def test_a_stall_is_seen_by_whoever_asks_for_its_time() -> None:
    with Witness() as witness:
        began_s = time.monotonic()
        witness.process.send_signal(signal.SIGSTOP)
        time.sleep(2 * STALL_S)  # this long it stands still
        ended_s = time.monotonic()
        witness.process.send_signal(signal.SIGCONT)

        # A busy machine may stand still once more, before or after.
        def planted() -> list[Stall]:
            seen = witness.since(began_s)
            return [(a, b) for a, b in seen if a < began_s + STALL_S and b > ended_s]

        stall = eventually(planted, "the stall is seen")[0]
        assert stall[1] <= time.monotonic()
        assert stall not in witness.since(stall[1])
