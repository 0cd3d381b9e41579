"""The page Simulate: an experiment by keyboard and by address, its states, access for everybody."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe import DESKTOP, PHONE, assert_no_grave_findings, overflow_px
from tests.browser.conftest import NewViewer
from tests.browser.viewer import eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

PATH = "/clock/simulate/"
TABLET = {"width": 768, "height": 1024}


@pytest.fixture
def opened(new_viewer: NewViewer) -> Any:
    """Opens the page with an experiment in its address."""

    def make(hash_: str = "") -> Page:
        page = new_viewer(browser=0).open(f"{PATH}{hash_}").page
        page.set_viewport_size(DESKTOP)
        eventually(lambda: "Starting" not in words(page, "state"), "the laboratory runs")
        return page

    return make


def words(page: Page, name: str) -> str:
    return page.get_by_test_id(name).inner_text()


def value(page: Page, setting: str) -> str | None:
    return page.get_by_test_id(f"setting-{setting}").get_attribute("aria-valuetext")


def elapsed(page: Page) -> str:
    return page.get_by_test_id("lab-run").locator("[data-part=elapsed]").inner_text()


def press_on(page: Page, name: str, key: str) -> None:
    page.get_by_test_id(name).focus()
    page.keyboard.press(key)


def tells(page: Page, name: str, what: str) -> None:
    eventually(lambda: what in words(page, name), f"{name} says: {what}")


def address(page: Page) -> str:
    return str(page.evaluate("location.hash"))


def test_sliders_and_presets_work_by_keyboard_and_change_what_the_page_says(opened: Any) -> None:
    page = opened()
    tells(page, "clocks-sentence", "It is 30.0 s fast.")
    tells(page, "clocks-sentence", "and it knows: ±")
    press_on(page, "setting-wrongMs", "Home")
    assert value(page, "wrongMs") == "60 s slow"
    tells(page, "clocks-sentence", "It is 60.0 s slow.")
    tells(page, "ladder-sentence", "breaks six-digit codes")
    page.get_by_role("button", name="+150 ms").focus()
    page.keyboard.press("Enter")
    assert value(page, "wrongMs") == "150 ms fast"
    tells(page, "clocks-sentence", "It is 150 ms fast.")
    tells(page, "ladder-sentence", "breaks the last write")
    press_on(page, "setting-therePct", "End")
    tells(page, "contest-sentence", "20 ms of everybody’s error")
    eventually(lambda: address(page) == "#wrong=150&there=100", "the address follows")


def test_a_shared_address_restores_the_experiment(opened: Any) -> None:
    page = opened("#wrong=-2000&drift=80&delay=100&loss=5&upload=1&pace=60&without=jellyfin.ntp")
    assert [value(page, name) for name in ("wrongMs", "driftPpm", "delayMs", "lossPct")] == [
        "2 s slow",
        "+80 ppm",
        "100 ms",
        "5 %",
    ]
    tells(page, "clocks-sentence", "It is 2.00 s slow.")
    assert page.get_by_test_id("setting-upload").is_checked()
    assert page.get_by_role("radio", name="60×").is_checked()
    assert page.get_by_test_id("contest-sendspin").is_visible()
    assert not page.get_by_test_id("contest-jellyfin").is_visible()
    page.get_by_test_id("shown-jellyfin").check()
    assert page.get_by_test_id("contest-jellyfin").is_visible()
    eventually(lambda: address(page).endswith("without=ntp"), "the choice is in the address")
    page.get_by_test_id("reset").click()
    tells(page, "clocks-sentence", "It is 30.0 s fast.")
    eventually(lambda: address(page) == "", "the first experiment needs no address")


def test_nonsense_in_an_address_is_refused_quietly(opened: Any) -> None:
    page = opened("#wrong=1e99&drift=<b>&delay=-1&there=&loss=101&pace=7&without=nobody&x=%zz")
    assert [value(page, name) for name in ("wrongMs", "driftPpm", "delayMs", "lossPct")] == [
        "30 s fast",
        "+20 ppm",
        "40 ms",
        "0 %",
    ]
    tells(page, "clocks-sentence", "It is 30.0 s fast.")
    tells(page, "state", "Running 10 times as fast as real time.")


def test_a_pause_stops_time_and_starting_over_begins_again(opened: Any) -> None:
    page = opened("#pace=60")
    eventually(lambda: elapsed(page) > "0:05", "time passes")
    press_on(page, "pause", "Enter")
    tells(page, "state", "Paused at")
    paused_at = elapsed(page)
    page.wait_for_timeout(500)
    assert elapsed(page) == paused_at
    assert words(page, "pause") == "Go on"
    press_on(page, "pause", "Enter")
    eventually(lambda: elapsed(page) != paused_at, "time passes again")
    press_on(page, "again", "Enter")
    eventually(lambda: elapsed(page) < paused_at, "from the beginning")


def test_steps_sleep_and_silence_are_told(opened: Any) -> None:
    page = opened("#pace=10&loss=0")
    tells(page, "clocks-sentence", "and it knows")
    press_on(page, "step", "Enter")
    tells(page, "state", "The clock was moved by +40 ms")
    tells(page, "announcer", "The clock was moved by +40 ms")
    press_on(page, "sleep", "Enter")
    tells(page, "state", "Asleep for another")
    eventually(
        lambda: page.get_by_test_id("sleep").get_attribute("aria-disabled") == "true",
        "who sleeps cannot be put to sleep",
    )
    press_on(page, "setting-lossPct", "End")
    press_on(page, "again", "Enter")
    tells(page, "state", "Every message is lost. Nobody learns anything")
    tells(page, "contest-sentence", "Nobody has an estimate: every message is lost.")
    tells(page, "ladder-sentence", "Nothing is corrected yet.")


def test_who_asked_for_less_motion_sees_figures_change_once_a_second(opened: Any) -> None:
    page = opened()
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_timeout(1200)
    changes = page.evaluate(
        """() => new Promise((resolve) => {
            let changes = 0;
            const clock = document.querySelector("[data-who=server] [data-part=time]");
            new MutationObserver(() => (changes += 1)).observe(clock, {childList: true});
            setTimeout(() => resolve(changes), 2500);
        })"""
    )
    assert 1 <= changes <= 3


def test_no_state_has_grave_findings(opened: Any) -> None:
    page = opened("#pace=60")
    tells(page, "clocks-sentence", "and it knows")
    assert_no_grave_findings(page, "running")
    press_on(page, "sleep", "Enter")
    press_on(page, "pause", "Enter")
    tells(page, "state", "Paused")
    assert_no_grave_findings(page, "asleep and paused")
    press_on(page, "setting-lossPct", "End")
    press_on(page, "again", "Enter")
    tells(page, "state", "Every message is lost")
    assert_no_grave_findings(page, "nobody learns anything")


def test_every_size_and_text_of_twice_the_size_fit_without_scrolling_sideways(opened: Any) -> None:
    page = opened("#pace=60")
    tells(page, "clocks-sentence", "and it knows")
    for size in (DESKTOP, TABLET, PHONE):
        page.set_viewport_size(size)
        assert overflow_px(page) <= 0, size
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for size in (DESKTOP, TABLET, PHONE):
        page.set_viewport_size(size)
        assert overflow_px(page) <= 0, f"twice the size, {size}"
