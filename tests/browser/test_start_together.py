"""Starting in one instant: 3-2-1, who is late is named, and the room that waits for everyone."""

import re

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.server import Server
from tests.browser.steps import assert_in_step, pass_time, watching
from tests.browser.viewer import Skew, Viewer, eventually

pytestmark = pytest.mark.browser

BENT_MS = 9_000.0
WITHIN_MS = 50.0
# The element has no more of the film than the picture it shows, as far as anybody can tell.
STARVE = """starved => {
    const own = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "readyState");
    const video = document.querySelector("video");
    delete video.readyState;
    delete video.buffered;
    if (starved) Object.defineProperties(video, {
        readyState: {get: () => Math.min(own.get.call(video), 2), configurable: true},
        buffered: {
            get: () => ({length: 1, start: () => 0, end: () => video.currentTime}),
            configurable: true,
        },
    });
}"""


def starve(viewer: Viewer, starved: bool = True) -> None:
    viewer.page.evaluate(STARVE, starved)


def waits_for(viewer: Viewer, title: str) -> None:
    card = viewer.part("waiting")
    eventually(lambda: card.is_visible() and title in card.inner_text(), f"the card says: {title}")


@pytest.fixture
def pair(new_viewer: NewViewer, room: str) -> tuple[Viewer, Viewer]:
    """Two people with clocks seconds apart, at a film that stands."""
    ada = new_viewer().enter(room, "Ada")
    return ada, new_viewer(clock_offset_ms=BENT_MS).enter(room, "Ben")


@pytest.fixture
def late(new_viewer: NewViewer, room: str) -> tuple[Viewer, Viewer]:
    """Ada, and Ben whose film never comes."""
    ada, ben = new_viewer().enter(room, "Ada"), new_viewer()
    ben.page.route("**/media/*.webm", lambda _: None)
    ben.open(f"/rooms/{room}/?name=Ben")
    eventually(lambda: ada.part("member").count() == 2, "both are here")
    return ada, ben


def test_two_count_down_and_start_in_one_instant(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    for viewer in pair:
        viewer.start_ruler()
    ben.press("s")
    for viewer in pair:
        viewer.part("countdown").wait_for(state="visible")
        assert re.fullmatch("[321]", viewer.part("countdown").text_content().strip())
        assert viewer.paused
    eventually(lambda: not ada.paused, "the film starts")
    started_ms = ada.true_now_ms()
    eventually(lambda: ada.true_now_ms() > started_ms + 1400, "a second has passed")
    skew = Skew(list(pair))
    # A busy machine may show no picture just then: the measured moment nearest to it counts.
    moments_ms = sorted(range(600, 1400, 100), key=lambda after_ms: abs(after_ms - 1000))
    skews_ms = [skew.at(started_ms + after_ms) for after_ms in moments_ms]
    skew_ms = next((found_ms for found_ms in skews_ms if found_ms is not None), None)
    print(f"start together: {skew_ms} ms apart after 1 s")
    assert skew_ms is not None, skew.series(started_ms, started_ms + 1200)
    assert skew_ms <= WITHIN_MS, skew.series(started_ms, started_ms + 1200)
    assert not any(viewer.part("countdown").is_visible() for viewer in pair)


@pytest.mark.beside
def test_the_countdown_is_said_once_and_a_pause_ends_it(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ada.part("together").click()
    eventually(lambda: ben.part("countdown").is_visible(), "the countdown is on the picture")
    ben.hears("All start together in 3 seconds.")
    ben.toggle()
    for viewer in pair:
        viewer.part("countdown").wait_for(state="hidden")
    assert ada.paused
    assert ben.paused


@pytest.mark.beside
def test_who_is_late_is_named_and_the_others_can_go_on(late: tuple[Viewer, Viewer]) -> None:
    ada, ben = late
    ada.press("s")
    waits_for(ada, "Waiting for Ben")
    waits_for(ben, "Waiting for you")
    assert ada.paused
    assert ada.part("go-on").inner_text() == "Continue without Ben"
    ada.part("go-on").click()
    eventually(lambda: not ada.paused, "Ada's film goes on without Ben", 20)
    assert not ada.part("waiting").is_visible()


@pytest.mark.beside
def test_a_start_that_is_cancelled_leaves_the_film_standing(late: tuple[Viewer, Viewer]) -> None:
    ada, ben = late
    ada.press("s")
    waits_for(ben, "Waiting for you")
    ben.part("cancel").click()
    eventually(lambda: not ada.part("waiting").is_visible(), "nobody waits any more")
    pass_time(ada, 1)
    assert ada.paused
    assert not ada.part("countdown").is_visible()


def test_a_room_that_waits_for_everyone_stands_and_goes_on(
    server: Server, new_viewer: NewViewer, room: str
) -> None:
    ada, ben = watching(new_viewer, server.url, room)
    for viewer in (ada, ben):
        viewer.part("tab-people").click()
    ada.part("wait-for-all").check()
    eventually(lambda: ben.part("wait-for-all").is_checked(), "Ben sees the setting")
    starve(ben)
    waits_for(ada, "Waiting for Ben")
    eventually(lambda: ada.paused, "Ada's film stands")
    starve(ben, starved=False)
    eventually(lambda: not ada.paused and not ben.paused, "both go on")
    assert not ada.part("waiting").is_visible()
    assert_in_step([ada, ben], settle_s=3.0)


@pytest.mark.beside
def test_a_room_that_does_not_wait_goes_on_without(
    server: Server, new_viewer: NewViewer, room: str
) -> None:
    ada, ben = watching(new_viewer, server.url, room)
    starve(ben)
    eventually(lambda: ada.part("others").is_visible(), "Ben's trouble is told")
    pass_time(ada, 1)
    assert not ada.paused
    assert not ada.part("waiting").is_visible()
