"""The dashboard in real browsers: what it says of its time, zones, the others, everybody."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.browser.axe import DESKTOP, PHONE, assert_no_grave_findings, overflow_px
from tests.browser.conftest import NewViewer
from tests.browser.dashboard import BERLIN, SIX, reading, visit
from tests.browser.relay import Relay
from tests.browser.server import Server
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]


@pytest.fixture
def visitor(new_viewer: NewViewer) -> Viewer:
    """Somebody in Berlin whose clock is set."""
    return visit(new_viewer(browser=0, **BERLIN))


@pytest.fixture
def relay(server: Server) -> Iterator[Relay]:
    relay = Relay(server.port)
    relay.start()
    yield relay
    relay.stop()


def zones(viewer: Viewer) -> list[str]:
    names: list[str] = viewer.page.eval_on_selector_all(
        "[data-zone]", "cards => cards.map(card => card.dataset.zone)"
    )
    return names


def add_zone(viewer: Viewer, words: str) -> None:
    viewer.part("zone-name").fill(words)
    viewer.press("Enter")


def rows(viewer: Viewer) -> list[str]:
    """The people as they stand there, one line each."""
    return [" ".join(text.split()) for text in viewer.part("member").all_inner_texts()]


def stands_first(viewer: Viewer, own: str, other: str) -> bool:
    seen = rows(viewer)
    return len(seen) == 2 and f"{own} (you)" in seen[0] and other in seen[1]


def local_times(timezone: str) -> set[str]:
    """What a clock there shows now, or showed half a minute ago: 9:05."""
    now = datetime.now(UTC)
    times = (now - timedelta(seconds=30), now)
    local = [time.astimezone(ZoneInfo(timezone)) for time in times]
    return {f"{time.hour}:{time:%M}" for time in local}


# -- The time


def test_without_the_server_the_clock_runs_on_and_says_that_it_is_less_sure(
    new_viewer: NewViewer, relay: Relay
) -> None:
    ada = visit(new_viewer(browser=0, url=relay.url, **BERLIN))
    relay.cut()
    ada.page.wait_for_selector("#true-clock[data-trust=alone]")
    before = ada.part("true-time").inner_text()
    bound_ms = reading(ada)["boundMs"]
    eventually(lambda: ada.part("true-time").inner_text() != before, "the clock runs on")
    eventually(lambda: reading(ada)["boundMs"] > bound_ms, "the bound grows")
    eventually(lambda: ada.part("quality").inner_text() == "Running on", "the panel says so")
    notice = ada.part("here-notice")
    eventually(lambda: "This is who was here" in notice.inner_text(), "the list says so")
    assert_no_grave_findings(ada.page, "the dashboard without its server")
    relay.heal()
    ada.page.wait_for_selector("#true-clock[data-trust=right]")


def test_who_looks_again_is_told_what_came_of_it(visitor: Viewer) -> None:
    look = visitor.part("look-again")
    look.click()
    assert look.get_attribute("aria-disabled") == "true"
    eventually(
        lambda: re.search(
            r"\d+ answers?\. The bound is ±", visitor.part("sync-panel").inner_text()
        ),
        "the answers are counted",
    )
    eventually(lambda: look.get_attribute("aria-disabled") is None, "it may be asked again")


# -- The zones


def test_an_unknown_zone_is_refused_with_words_beside_the_field(visitor: Viewer) -> None:
    add_zone(visitor, "Atlantis")
    error = visitor.part("zone-error")
    assert error.is_visible()
    assert "knows no time zone “Atlantis”" in error.inner_text()
    assert visitor.part("zone-name").get_attribute("aria-invalid") == "true"
    assert zones(visitor) == ["Europe/Berlin", *SIX]
    assert_no_grave_findings(visitor.page, "the dashboard with a refused zone")
    visitor.part("zone-name").fill("Lima")
    assert not error.is_visible()


def test_an_added_zone_is_remembered_and_a_removed_one_too(visitor: Viewer) -> None:
    add_zone(visitor, "lima")
    assert zones(visitor) == ["Europe/Berlin", *SIX, "America/Lima"]
    visitor.page.get_by_role("button", name="Remove Dubai").click()
    visit(visitor)
    kept = [zone for zone in SIX if zone != "Asia/Dubai"]
    assert zones(visitor) == ["Europe/Berlin", *kept, "America/Lima"]
    visitor.page.get_by_role("button", name="Bring the six cities back").click()
    assert set(zones(visitor)) == {"Europe/Berlin", *SIX, "America/Lima"}


def test_after_a_removed_zone_the_keyboard_goes_on_with_the_next_one(visitor: Viewer) -> None:
    def remove(city: str) -> str:
        visitor.page.get_by_role("button", name=f"Remove {city}").focus()
        visitor.press("Enter")
        name: str = visitor.page.evaluate("document.activeElement.ariaLabel ?? ''")
        return name or visitor.page.evaluate("document.activeElement.dataset.testid ?? ''")

    assert remove("Dubai") == "Remove London"
    assert remove("Los Angeles") == "zone-name"
    assert zones(visitor) == [
        "Europe/Berlin",
        "Asia/Tokyo",
        "Australia/Sydney",
        "Europe/London",
        "America/New_York",
    ]


# -- The others


def test_two_visitors_see_each_other_with_their_local_times(new_viewer: NewViewer) -> None:
    ada = visit(new_viewer(timezone_id="Asia/Tokyo", locale="en-GB"))
    ben = visit(new_viewer(timezone_id="America/New_York", locale="en-GB"))
    for viewer, name in ((ada, "Ada"), (ben, "Ben")):
        viewer.part("here-name").fill(name)
        viewer.press("Enter")
    eventually(lambda: stands_first(ada, "Ada", "Ben"), "Ada is first and Ben is there")
    eventually(lambda: stands_first(ben, "Ben", "Ada"), "Ben is first and Ada is there")
    by_name = {"Ada": rows(ben)[1], "Ben": rows(ada)[1]}
    assert "🇯🇵 Tokyo" in by_name["Ada"]
    assert "🇺🇸 New York" in by_name["Ben"]
    assert by_name["Ada"].split()[-1] in local_times("Asia/Tokyo")
    assert by_name["Ben"].split()[-1] in local_times("America/New_York")


def test_who_does_not_share_the_city_is_here_without_one_and_stays_so(
    new_viewer: NewViewer,
) -> None:
    ada = visit(new_viewer(timezone_id="Asia/Tokyo", locale="en-GB"))
    ben = visit(new_viewer(timezone_id="America/New_York", locale="en-GB"))
    eventually(lambda: any("Tokyo" in row for row in rows(ben)), "Ben sees where Ada is")
    ada.part("here-city").uncheck()
    eventually(
        lambda: len(rows(ben)) == 2 and not any("Tokyo" in row for row in rows(ben)),
        "Ben sees Ada without her city",
    )
    visit(ada)
    assert not ada.part("here-city").is_checked()
    eventually(
        lambda: len(rows(ben)) == 2 and not any("Tokyo" in row for row in rows(ben)),
        "both are there, and still without it",
    )


# -- For everybody


def test_the_dashboard_has_no_grave_findings_and_fits(visitor: Viewer) -> None:
    assert_no_grave_findings(visitor.page, "the dashboard")
    for size in (DESKTOP, {"width": 768, "height": 1024}, PHONE):
        visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
        assert overflow_px(visitor.page) <= 0, size
    visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert overflow_px(visitor.page) <= 0


def test_everything_is_reached_by_tab(visitor: Viewer) -> None:
    wanted = {"look-again", "zone-name", "zone-add", "here-name", "here-save", "here-city"}
    reached: set[str] = set()
    for _ in range(40):
        visitor.press("Tab")
        reached.add(visitor.page.evaluate("document.activeElement.dataset.testid ?? ''"))
    assert wanted <= reached


def test_home_leads_to_the_clocks_with_the_right_time(new_viewer: NewViewer) -> None:
    ada = new_viewer(browser=0, **BERLIN).open("/")
    ada.part("home-clocks").scroll_into_view_if_needed()
    time = ada.part("home-time")
    time.wait_for(state="visible")
    eventually(
        lambda: time.inner_text()[:-3].removeprefix("0") in local_times("Europe/Berlin"),
        "the right time in Berlin",
    )
    ada.part("home-clocks").click()
    ada.page.wait_for_selector("#true-clock")
