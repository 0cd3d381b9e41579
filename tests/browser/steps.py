"""Steps that several tests have in common: two who watch, a fault that lasts, pictures in step."""

import os
import time
from collections.abc import Callable, Sequence
from functools import partial

from tests.browser.conftest import NewViewer
from tests.browser.stalls import unless_stalled
from tests.browser.viewer import Skew, Viewer, eventually

REPEATS = range(int(os.environ.get("NETWORK_REPEATS", "1")))
BACK_S = 5.0
WITHIN_MS = 50.0
WATCHED_S = 3.0
BENT_MS = -12_345.0

Pair = tuple[Viewer, Viewer]


def watching(new_viewer: NewViewer, url: str, room: str) -> Pair:
    """Two viewers, one with a wrong clock, with the film running and loaded."""
    ada = new_viewer(url=url).enter(room, "Ada")
    ben = new_viewer(clock_offset_ms=BENT_MS, url=url).enter(room, "Ben")
    ada.toggle()
    eventually(lambda: all(v.position_s > 0.5 for v in (ada, ben)), "both play")
    eventually(lambda: loaded(ada) and loaded(ben), "enough of the film is there")
    return ada, ben


def loaded(viewer: Viewer, ahead_s: float = 30.0) -> bool:
    """Whether the film would outlast the fault."""
    return bool(
        viewer.page.evaluate(
            """aheadS => {
                const video = document.querySelector("video");
                const { buffered, currentTime } = video;
                const last = buffered.length - 1;
                return last >= 0 && buffered.end(last) > currentTime + aheadS;
            }""",
            ahead_s,
        )
    )


def phase(viewer: Viewer) -> str | None:
    """What the page says of its membership."""
    return viewer.page.locator("html").get_attribute("data-phase")


def link(viewer: Viewer) -> str | None:
    """Where the page has its socket: in a Worker or in the window."""
    return viewer.page.locator("html").get_attribute("data-link")


def pass_time(viewer: Viewer, seconds: float) -> None:
    """Let a fault last."""
    viewer.page.wait_for_timeout(seconds * 1000)


def measured(viewer: Viewer, measure: Callable[[], None]) -> None:
    """Measure pictures, again where the machine stood still; `viewer` is one of those seen."""
    unless_stalled(measure, partial(pass_time, viewer))


def assert_back(pair: Pair, since_s: float) -> None:
    """Both are members again in time."""
    eventually(lambda: all(phase(v) == "joined" for v in pair), "both are back", BACK_S * 3)
    back_s = time.monotonic() - since_s
    print(f"back after {back_s:.2f} s")
    assert back_s <= BACK_S


def assert_in_step(viewers: Sequence[Viewer], settle_s: float = 1.0, rate: float = 1.0) -> None:
    """The pictures come within 50 ms in time, and stay there for WATCHED_S or to the end."""
    measured(viewers[0], partial(_assert_in_step, viewers, settle_s, rate))


def _assert_in_step(viewers: Sequence[Viewer], settle_s: float, rate: float) -> None:
    since_ms, until_ms = _start_watching(viewers, settle_s)

    def watched() -> tuple[bool, Skew, float, float | None]:
        now_ms = min(viewers[0].true_now_ms() - 200, until_ms)
        skew = Skew(list(viewers), rate)
        settled_s = skew.settled_after(since_ms, now_ms, WITHIN_MS)
        passed_s = (now_ms - since_ms) / 1000
        stayed = settled_s is not None and passed_s - settled_s >= WATCHED_S
        return stayed or now_ms == until_ms, skew, now_ms, settled_s

    pass_time(viewers[0], WATCHED_S - 0.5)
    over, skew, now_ms, settled_s = watched()
    while not over:
        pass_time(viewers[0], 0.5)
        over, skew, now_ms, settled_s = watched()
    print(f"in step: {skew.series(since_ms, now_ms)}")
    assert settled_s is not None, f"never in step: {skew.series(since_ms, now_ms)}"
    assert settled_s <= settle_s, f"too late in step: {skew.series(since_ms, now_ms)}"


def watched_skew(viewers: Sequence[Viewer], settle_s: float) -> list[float]:
    """How far apart the pictures were, ms, ten times a second once they had time to settle."""
    since_ms, until_ms = _start_watching(viewers, settle_s)
    eventually(lambda: viewers[0].true_now_ms() > until_ms + 200, "the stretch is over")
    skew = Skew(list(viewers))
    steps = range(round(settle_s * 10), int((until_ms - since_ms) // 100) + 1)
    apart_ms = [skew.at(since_ms + step * 100) for step in steps]
    known = [apart for apart in apart_ms if apart is not None]
    assert len(known) > len(apart_ms) / 2, f"no pictures: {skew.series(since_ms, until_ms)}"
    return known


def _start_watching(viewers: Sequence[Viewer], settle_s: float) -> tuple[float, float]:
    """Read the pictures from now on; from when to when they are to be looked at, in true ms."""
    for viewer in viewers:
        viewer.start_ruler()
    since_ms = viewers[0].true_now_ms() + 300
    return since_ms, since_ms + (settle_s + WATCHED_S - 1) * 1000
