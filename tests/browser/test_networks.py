"""A bad network between two browsers and the server: both are back within 5 s, and in step.

Each fault once here; NETWORK_REPEATS says how often (`make networks` repeats each 20 times).
"""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.relay import Relay
from tests.browser.server import Server
from tests.browser.steps import (
    REPEATS,
    Pair,
    assert_back,
    assert_in_step,
    pass_time,
    phase,
    watching,
)
from tests.browser.viewer import eventually

pytestmark = pytest.mark.browser

FAULT_S = 10.0


@pytest.fixture(params=REPEATS)
def relay(server: Server, request: pytest.FixtureRequest) -> Iterator[Relay]:
    relay = Relay(server.port, seed=request.param)
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture
def pair(relay: Relay, new_viewer: NewViewer, room: str) -> Pair:
    """Two viewers behind the relay, one with a wrong clock, watching."""
    return watching(new_viewer, relay.url, room)


def lost_and_found(pair: Pair, relay: Relay, fault: Callable[[], None]) -> None:
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


def test_a_network_cut_for_ten_seconds(pair: Pair, relay: Relay) -> None:
    lost_and_found(pair, relay, relay.cut)


def test_a_connection_that_swallows_everything(pair: Pair, relay: Relay) -> None:
    lost_and_found(pair, relay, relay.swallow)


def test_a_network_that_stalls_again_and_again(pair: Pair, relay: Relay) -> None:
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
def test_a_page_that_was_put_away_comes_back_at_once(pair: Pair, how: str) -> None:
    """Told by the browser's events alone: under Playwright no page is really frozen or cached."""
    ada, ben = pair
    away, back = PUT_AWAY[how]
    ada.page.evaluate(away)
    eventually(lambda: ben.part("member").count() == 1, "the room notices", 10.0)
    ada.page.evaluate(back)
    assert_back(pair, time.monotonic())
    assert_in_step(pair)
