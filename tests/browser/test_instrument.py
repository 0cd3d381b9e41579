"""The instrument: everyone's figures, the cause in words, and what is set for one device."""

import re
from functools import partial

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.steps import measured, pass_time
from tests.browser.viewer import Skew, Viewer, eventually

pytestmark = pytest.mark.browser

OFFSET_MS = 200
# As far as the page can tell; a real tab behind another one is what test_hidden.py is for.
HIDE = """() => {
    Object.defineProperty(document, "visibilityState", {get: () => "hidden", configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def pair(new_viewer: NewViewer, room: str) -> tuple[Viewer, Viewer]:
    """Two in step, Ada with the instrument open."""
    ada = new_viewer().enter(room, "Ada")
    ben = new_viewer(clock_offset_ms=-20_000.0).enter(room, "Ben")
    ben.toggle()
    eventually(lambda: all(one.position_s > 1 for one in (ada, ben)), "both play")
    open_instrument(ada)
    return ada, ben


def open_instrument(viewer: Viewer) -> None:
    viewer.part("sync-dot").click()
    viewer.part("instrument").wait_for(state="visible")


def row(viewer: Viewer, name: str) -> str:
    """One viewer's row as it reads, with the cause beneath it."""
    rows = viewer.part("viewer-row").filter(has_text=name)
    return " ".join(str(rows.inner_text()).split()) if rows.count() == 1 else ""


def set_offset(viewer: Viewer, offset_ms: int) -> None:
    viewer.part("own-offset").evaluate(
        """(slider, value) => {
            slider.value = String(value);
            slider.dispatchEvent(new Event("input", {bubbles: true}));
        }""",
        offset_ms,
    )


def ahead_ms(first: Viewer, second: Viewer) -> float | None:
    """How far the first one's picture is ahead of the second's just now."""
    at_ms = first.true_now_ms() - 400
    return Skew([first, second]).at(at_ms)


def test_everyone_s_figures_are_there_with_the_spread_in_a_sentence(
    pair: tuple[Viewer, Viewer],
) -> None:
    ada, _ = pair
    figures = re.compile(r"^Ben [+−]?[\d.]+ ±\d+ \d+ [\d.]+× \d+ s \d+")
    eventually(lambda: figures.match(row(ada, "Ben")), f"Ben's row; saw {row(ada, 'Ben')}")
    assert row(ada, "You")
    eventually(
        lambda: re.fullmatch(r"Everyone within \d+ ms\.", ada.part("skew-sentence").inner_text()),
        "the spread",
    )
    eventually(lambda: ada.part("skew-dot").count() == 2, "a dot for each")
    ada.part("skew-dot").first.focus()
    assert ada.part("skew-dot").first.locator("[data-part=name]").is_visible()


def test_why_somebody_is_not_in_step_is_said_in_words(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ben.page.evaluate(HIDE)
    eventually(lambda: "Ben’s tab is in the background." in row(ada, "Ben"), "the cause is told")
    eventually(
        lambda: (
            "1 not in step" in ada.part("skew-sentence").inner_text()
            or "No two films" in ada.part("skew-sentence").inner_text()
        ),
        "he is not counted",
    )


def test_an_offset_shifts_only_the_own_film_and_is_remembered(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    set_offset(ada, OFFSET_MS)
    assert ada.part("own-offset-figure").inner_text() == f"+{OFFSET_MS} ms"
    for viewer in pair:
        viewer.start_ruler()
    pass_time(ada, 8)
    measured(ada, partial(assert_ahead, ada, ben))
    ada.page.reload()
    ada.await_joined()
    open_instrument(ada)
    assert ada.part("own-offset-figure").inner_text() == f"+{OFFSET_MS} ms"


def assert_ahead(ada: Viewer, ben: Viewer) -> None:
    """Ada's picture is ahead of Ben's as it was set, and his is in step."""
    skew_ms = ahead_ms(ada, ben)
    print(f"offset {OFFSET_MS} ms: pictures {skew_ms} ms apart")
    assert skew_ms is not None
    assert abs(skew_ms - OFFSET_MS) <= 40
    assert ada.position_s > ben.position_s
    assert ben.page.locator("html").get_attribute("data-sync") == "synced"


def test_who_wants_no_speed_changes_gets_none_and_that_is_remembered(
    pair: tuple[Viewer, Viewer],
) -> None:
    ada, _ = pair
    ada.part("own-speed").uncheck()
    pass_time(ada, 2)
    assert ada.page.evaluate("document.querySelector('video').playbackRate") == 1
    ada.page.reload()
    ada.await_joined()
    open_instrument(ada)
    assert not ada.part("own-speed").is_checked()
