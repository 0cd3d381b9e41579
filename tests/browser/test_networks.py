"""A bad network between two browsers and the server: both are back within 5 s, and in step.

Each fault once here; NETWORK_REPEATS says how often (`make networks` repeats each 20 times).
"""

import os
import time
from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.relay import Relay
from tests.browser.server import Server
from tests.browser.viewer import Skew, Viewer, eventually

pytestmark = pytest.mark.browser

REPEATS = range(int(os.environ.get("NETWORK_REPEATS", "1")))
FAULT_S = 10.0
BACK_S = 5.0
WITHIN_MS = 50.0
WATCHED_S = 3.0


@pytest.fixture(params=REPEATS)
def relay(server: Server, request: pytest.FixtureRequest) -> Iterator[Relay]:
    relay = Relay(server.port, seed=request.param)
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture
def pair(relay: Relay, new_viewer: NewViewer, room: str) -> tuple[Viewer, Viewer]:
    """Two viewers behind the relay, one with a wrong clock, watching."""
    ada = new_viewer(url=relay.url).enter(room, "Ada")
    ben = new_viewer(clock_offset_ms=-12_345.0, url=relay.url).enter(room, "Ben")
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
    return viewer.page.locator("html").get_attribute("data-phase")


def pass_time(viewer: Viewer, seconds: float) -> None:
    """Let a fault last."""
    viewer.page.wait_for_timeout(seconds * 1000)


def assert_back(pair: tuple[Viewer, Viewer], since_s: float) -> None:
    """Both are members again in time."""
    eventually(lambda: all(phase(v) == "joined" for v in pair), "both are back", BACK_S * 3)
    back_s = time.monotonic() - since_s
    print(f"back after {back_s:.2f} s")
    assert back_s <= BACK_S


def assert_in_step(pair: tuple[Viewer, Viewer]) -> None:
    """By the pictures, over a stretch of time."""
    for viewer in pair:
        viewer.start_ruler()
    since_ms = pair[0].true_now_ms() + 300
    until_ms = since_ms + WATCHED_S * 1000
    eventually(lambda: pair[0].true_now_ms() > until_ms + 200, "the stretch is over")
    skew = Skew(list(pair))
    settled_s = skew.settled_after(since_ms, until_ms, WITHIN_MS)
    print(f"in step: {skew.series(since_ms, until_ms)}")
    assert settled_s is not None, f"never in step: {skew.series(since_ms, until_ms)}"
    assert settled_s <= 1.0, f"too late in step: {skew.series(since_ms, until_ms)}"


def lost_and_found(pair: tuple[Viewer, Viewer], relay: Relay, fault: Callable[[], None]) -> None:
    """A fault of 10 s that both notice, while the film goes on."""
    ada, ben = pair
    fault()
    eventually(lambda: all(phase(v) == "reconnecting" for v in pair), "both notice", 6.0)
    eventually(lambda: ada.part("banner").is_visible(), "the strip says so")
    before_s = [viewer.position_s for viewer in pair]
    ada.press("k")
    assert not ada.paused, "a control without a room is refused"
    pass_time(ada, FAULT_S)
    assert (
        "Next try" in ada.part("banner").inner_text() or "Trying" in ada.part("banner").inner_text()
    )
    moved_s = [viewer.position_s - then_s for viewer, then_s in zip(pair, before_s, strict=True)]
    assert all(s > FAULT_S - 1 for s in moved_s), f"the film went on: {moved_s}"
    relay.heal()
    assert_back(pair, time.monotonic())
    assert_in_step(pair)
    eventually(lambda: not ada.part("banner").is_visible(), "the strip is gone")
    ada.toggle()
    eventually(lambda: ben.paused, "controls work again")


def test_a_network_cut_for_ten_seconds(pair: tuple[Viewer, Viewer], relay: Relay) -> None:
    lost_and_found(pair, relay, relay.cut)


def test_a_connection_that_swallows_everything(pair: tuple[Viewer, Viewer], relay: Relay) -> None:
    lost_and_found(pair, relay, relay.swallow)


def test_a_network_that_stalls_again_and_again(pair: tuple[Viewer, Viewer], relay: Relay) -> None:
    ada, ben = pair
    relay.stall()
    pass_time(ada, FAULT_S / 2)
    assert_in_step(pair)
    ada.seek(40)
    eventually(lambda: ben.position_s >= 40, "a control gets through")
    assert [phase(viewer) for viewer in pair] == ["joined", "joined"]
    relay.heal()
    pass_time(ada, 2)
    assert_in_step(pair)


PUT_AWAY = {
    "frozen": (
        'document.dispatchEvent(new Event("freeze"))',
        'document.dispatchEvent(new Event("resume"))',
    ),
    "cached": (
        'dispatchEvent(new PageTransitionEvent("pagehide", {persisted: true}))',
        'dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true}))',
    ),
}


@pytest.mark.parametrize("how", PUT_AWAY)
def test_a_page_that_was_put_away_comes_back_at_once(pair: tuple[Viewer, Viewer], how: str) -> None:
    """Told by the browser's events alone: under Playwright no page is really frozen or cached."""
    ada, ben = pair
    away, back = PUT_AWAY[how]
    ada.page.evaluate(away)
    eventually(lambda: ben.part("member").count() == 1, "the room notices", 10.0)
    ada.page.evaluate(back)
    assert_back(pair, time.monotonic())
    assert_in_step(pair)
