"""Pointers and reactions over the picture: by mouse, finger and key, in windows of any shape."""

import re

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.conftest import NewViewer
from tests.browser.steps import pass_time
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

TALL: ViewportSize = {"width": 520, "height": 900}
BROAD: ViewportSize = {"width": 1300, "height": 520}
NEAR_PERCENT = 1.5
Place = tuple[float, float]

# Faster than any hand, and than the remote control of a browser.
HURRY = """times => {
    for (let i = 0; i < times; i += 1)
        document.dispatchEvent(new KeyboardEvent("keydown", {key: "1", code: "Digit1"}));
    return document.querySelector("#reactions").dataset.rests;
}"""

# The picture within its black bars, in pixels of the window.
PICTURE = """() => {
    const video = document.querySelector("video");
    const {left, top, width, height} = video.getBoundingClientRect();
    const ratio = video.videoWidth / video.videoHeight;
    const [wide, high] = [Math.min(width, height * ratio), Math.min(height, width / ratio)];
    return [left + (width - wide) / 2, top + (height - high) / 2, wide, high];
}"""


@pytest.fixture
def pair(new_viewer: NewViewer, room: str) -> tuple[Viewer, Viewer]:
    """Two people at a film that stands, the second with little love for movement."""
    ada = new_viewer().enter(room, "Ada")
    return ada, new_viewer(reduced_motion="reduce").enter(room, "Ben")


def pixels(viewer: Viewer, place: Place) -> Place:
    """Where in the window a place of the picture is, given in percent."""
    left, top, width, height = viewer.page.evaluate(PICTURE)
    return left + width * place[0] / 100, top + height * place[1] / 100


def point(viewer: Viewer, place: Place) -> None:
    """Move the mouse to a place of the picture, as a hand does: not in one leap."""
    x, y = pixels(viewer, place)
    viewer.page.mouse.move(x - 9, y - 9)
    viewer.page.mouse.move(x, y, steps=3)


def is_at(viewer: Viewer, part: str, place: Place) -> bool:
    """Whether the first of what is drawn over the picture stands at a place of it."""
    box = viewer.part(part).first.bounding_box() if viewer.part(part).count() else None
    if box is None:
        return False
    x, y = pixels(viewer, place)
    _, _, width, height = viewer.page.evaluate(PICTURE)
    off = max(abs(box["x"] - x) / width, abs(box["y"] - y) / height)
    return bool(off * 100 < NEAR_PERCENT)


def sees_pointer(viewer: Viewer, place: Place) -> None:
    eventually(lambda: is_at(viewer, "cursor", place), f"a pointer at {place} percent")


def sees_no_pointer(viewer: Viewer) -> None:
    eventually(lambda: viewer.part("cursor").count() == 0, "no pointer")


def sees_reaction(viewer: Viewer, sign: str, place: Place) -> None:
    """A burst that began there, whatever it has risen since."""
    style = [f"{percent:.0f}" for percent in place]
    found = viewer.page.locator(".burst", has_text=sign)

    def there() -> bool:
        places = found.evaluate_all(
            "bursts => bursts.map(({style}) => [style.left, style.top]"
            ".map(length => parseFloat(length).toFixed(0)))"
        )
        return style in places

    eventually(there, f"{sign} at {place} percent")


def test_a_pointer_is_at_the_same_place_of_the_picture_in_windows_of_any_shape(
    pair: tuple[Viewer, Viewer],
) -> None:
    ada, ben = pair
    ada.page.set_viewport_size(BROAD)
    point(ada, (25, 70))
    sees_pointer(ben, (25, 70))
    assert ben.part("cursor").inner_text().strip() == "Ada"
    assert ada.part("cursor").count() == 0, "nobody sees the own one drawn"
    ben.page.set_viewport_size(TALL)
    point(ada, (80, 20))
    sees_pointer(ben, (80, 20))
    ada.page.mouse.move(pixels(ada, (0, 0))[0] - 20, pixels(ada, (0, 50))[1])
    sees_no_pointer(ben)
    point(ada, (60, 60))
    sees_pointer(ben, (60, 60))
    eventually(
        lambda: ben.part("cursor").evaluate("element => getComputedStyle(element).opacity") == "0",
        "a pointer that rests fades",
    )


def test_pointers_are_hidden_and_the_own_one_is_withheld_by_choice(
    pair: tuple[Viewer, Viewer],
) -> None:
    ada, ben = pair
    point(ada, (30, 40))
    sees_pointer(ben, (30, 40))
    ben.press("p")
    sees_no_pointer(ben)
    assert "hidden" in ben.part("toast").inner_text()
    point(ada, (50, 40))
    pass_time(ben, 0.3)
    sees_no_pointer(ben)
    ben.press("p")
    point(ada, (30, 40))
    sees_pointer(ben, (30, 40))
    ada.part("sync-dot").click()
    ada.part("share-pointer").uncheck()
    ada.press("Escape")
    sees_no_pointer(ben)
    point(ada, (50, 40))
    pass_time(ben, 0.3)
    assert ben.part("cursor").count() == 0
    ada.page.reload()
    ada.await_joined()
    assert not ada.part("share-pointer").is_checked(), "the device remembers"


def test_a_finger_leaves_a_ring_for_a_moment_and_two_taps_react(
    new_viewer: NewViewer, room: str
) -> None:
    ada = new_viewer(has_touch=True).enter(room, "Ada")
    ben = new_viewer().enter(room, "Ben")
    ada.page.touchscreen.tap(*pixels(ada, (25, 30)))
    sees_pointer(ben, (25, 30))
    assert ben.page.locator(".cursor--tap").inner_text().strip() == "Ada"
    sees_no_pointer(ben)

    def tapped_twice() -> bool:
        for _ in range(2):
            ada.page.touchscreen.tap(*pixels(ada, (70, 30)))
        pass_time(ada, 0.4)
        return ben.part("reaction").count() > 0

    # Two taps take a busy machine longer than a hand, now and then.
    eventually(tapped_twice, "a double tap reacts")
    sees_reaction(ben, "❤️", (70, 30))
    assert ada.paused, "and leaves the film alone"


def test_reactions_by_double_click_and_key_burst_where_the_pointer_is(
    pair: tuple[Viewer, Viewer],
) -> None:
    ada, ben = pair
    ada.page.mouse.dblclick(*pixels(ada, (20, 30)))
    for viewer in pair:
        sees_reaction(viewer, "❤️", (20, 30))
    ada.press("2")
    sees_reaction(ben, "🔥", (20, 30))
    ada.page.mouse.dblclick(*pixels(ada, (80, 60)))
    sees_reaction(ben, "🔥", (80, 60))
    assert ada.paused, "nothing of it was a click on the film"
    burst = "burst => getComputedStyle(burst).animationName"
    assert ada.part("reaction").first.evaluate(burst) == "rise"
    assert ben.part("reaction").first.evaluate(burst) == "appear", "reduced motion only fades"
    said = ben.part("announcer")
    eventually(
        lambda: re.search(r"Ada reacted: .*🔥.*\.$", said.inner_text()), "it is told in a sentence"
    )
    assert "reacted" not in ada.part("announcer").inner_text()


def test_too_many_reactions_let_the_tray_rest(new_viewer: NewViewer, room: str) -> None:
    ada = new_viewer().enter(room, "Ada")
    assert ada.page.evaluate(HURRY, 12) == "true", "the tray rests"
    eventually(lambda: ada.part("reaction").count() == 5, "as many as the limit allows")
    tray = ada.part("reactions")
    eventually(lambda: tray.get_attribute("data-rests") == "false", "it is back")
    ada.hears("rest for a moment")


def test_pointers_and_reactions_are_in_full_screen_too(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ben.part("fullscreen").click()
    eventually(lambda: ben.page.evaluate("document.fullscreenElement?.id"), "full screen")
    point(ada, (25, 70))
    sees_pointer(ben, (25, 70))
    ada.press("3")
    sees_reaction(ben, "😂", (25, 70))
    for shown in (ben.part("cursor"), ben.part("reaction").locator("[data-part=emoji]")):
        assert shown.first.is_visible()
        assert shown.first.evaluate("element => document.fullscreenElement.contains(element)")
    point(ben, (60, 40))
    ben.press("4")
    sees_reaction(ada, "😮", (60, 40))
