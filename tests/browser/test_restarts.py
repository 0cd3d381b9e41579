"""A server that is stopped or killed and started again: viewers return and no picture jumps.

Each end once here; NETWORK_REPEATS says how often (`make networks` repeats each 20 times).
"""

import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.server import Server, production_settings
from tests.browser.steps import (
    REPEATS,
    WITHIN_MS,
    Pair,
    assert_back,
    assert_in_step,
    measured,
    pass_time,
    phase,
    watching,
)
from tests.browser.viewer import eventually, gaps_ms

pytestmark = pytest.mark.browser

EXIT_S = 10.0
DOWN_S = 3.0
EDGE_S = 1.0
SETTLED_S = 3.0
"""Watched after the return: a picture that has to be brought back into place would have moved."""
NEAR = 3
"""Readings on each side of a place: one alone may be a frame late, their median is not."""


@pytest.fixture(params=REPEATS)
def server(tmp_path: Path, collected: Path) -> Iterator[Server]:
    """A server of this test alone, with a database of its own, that may be ended."""
    server = Server(tmp_path, **production_settings(collected))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def pair(server: Server, new_viewer: NewViewer, room: str) -> Pair:
    """Two viewers of that server, one with a wrong clock, watching."""
    return watching(new_viewer, server.url, room)


def off_the_line_ms(readings: list[tuple[float, float]]) -> list[float]:
    """How far the film was, at each reading, from where true time alone would have brought it."""
    began_ms, first_s = readings[0]
    return [
        (position_s - first_s) * 1000 - (shown_ms - began_ms) for shown_ms, position_s in readings
    ]


def largest_jump_ms(off_ms: list[float]) -> float:
    """The largest step between neighbouring stretches of a few readings each."""
    places = range(NEAR, len(off_ms) - NEAR + 1)
    return max(
        abs(median(off_ms[place : place + NEAR]) - median(off_ms[place - NEAR : place]))
        for place in places
    )


def assert_no_jump(readings: list[tuple[float, float]]) -> None:
    """The picture kept to one line all the while: before against after, and step by step."""
    off_ms = off_the_line_ms(readings)
    pictures = list(zip((at_ms for at_ms, _ in readings), off_ms, strict=True))
    before_ms, after_ms = pictures[0][0] + EDGE_S * 1000, pictures[-1][0] - EDGE_S * 1000
    before = median(off for at_ms, off in pictures if at_ms < before_ms)
    shift_ms = median(off for at_ms, off in pictures if at_ms > after_ms) - before
    jump_ms, gap_ms = largest_jump_ms(off_ms), max(gaps_ms(readings))
    print(f"{len(off_ms)} pictures, {gap_ms:.0f} ms apart at most")
    print(f"shift {shift_ms:+.1f} ms, largest jump {jump_ms:.1f} ms")
    assert abs(shift_ms) <= WITHIN_MS
    assert jump_ms <= WITHIN_MS


def end_and_start(pair: Pair, server: Server, number: signal.Signals, code: int) -> None:
    """The server ends while the film runs, and comes back on the same port."""
    ada, _ = pair
    for viewer in pair:
        viewer.start_ruler()  # it runs on until the end
    pass_time(ada, EDGE_S)
    before_s = [viewer.position_s for viewer in pair]
    began_s = time.monotonic()
    assert server.interrupt(number) == code
    assert time.monotonic() - began_s < EXIT_S
    eventually(lambda: all(phase(v) == "reconnecting" for v in pair), "both notice", 6.0)
    pass_time(ada, DOWN_S)
    server.start()
    answers_s = time.monotonic()
    moved_s = [viewer.position_s - then_s for viewer, then_s in zip(pair, before_s, strict=True)]
    assert all(s > answers_s - began_s - 1 for s in moved_s), f"the film went on: {moved_s}"
    assert_back(pair, answers_s)
    pass_time(ada, SETTLED_S)
    for viewer in pair:
        assert_no_jump(viewer.readings())


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["stopped", "killed"],
)
def test_a_server_comes_back_and_no_picture_jumps(
    pair: Pair,
    server: Server,
    new_viewer: NewViewer,
    room: str,
    number: signal.Signals,
    code: int,
) -> None:
    ada, ben = pair
    assert_in_step(pair)
    measured(ada, partial(end_and_start, pair, server, number, code))
    # Who returned may have been told nothing, having missed nothing; a newcomer is told all, and is
    # compared with one of them: two cores decode two films beside a page that loads, not three.
    ben.leave()
    cleo = new_viewer(url=server.url).enter(room, "Cleo")
    assert_in_step([ada, cleo])
    ada.toggle()
    eventually(lambda: cleo.paused, "controls work again")
