"""The page Visualize: its numbers add up, the keyboard leads on, nothing leaves the bounds."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.axe import DESKTOP, PHONE, assert_no_grave_findings, overflow_px
from tests.browser.conftest import NewViewer
from tests.browser.relay import Relay
from tests.browser.server import Server
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

PATH = "/clock/visualize/"
TABLET: ViewportSize = {"width": 768, "height": 1024}
STAMPS = ("t1", "t2", "t3", "t4")
BENT_MS = -2345.678  # the server is so much ahead
SHOWN_FOR_S = 8.0  # longer than a run and its rest
ROUNDED_MS = Decimal("0.051")  # of an offset in a sentence, beyond 10 ms
MUTE = """window.Worker = undefined;
    window.WebSocket = class extends EventTarget { send() {} close() {} };"""
WATCH_MESSAGE = """setInterval(() => {
    const message = document.querySelector('#exchange-drawing [data-part=message]');
    if (message && !message.hasAttribute("hidden")) window.travelled = true;
}, 20)"""

NewReader = Callable[..., Viewer]


@pytest.fixture
def new_reader(new_viewer: NewViewer) -> NewReader:
    """Somebody at a wide window who sees exchanges."""

    def make(**where: float | str) -> Viewer:
        reader = new_viewer(browser=0, **where)
        reader.page.set_viewport_size(DESKTOP)
        reader.open(PATH)
        reader.page.wait_for_selector("html[data-clock=locked]")
        eventually(lambda: number(reader) > 0, "an exchange is shown")
        return reader

    return make


def figure(reader: Viewer, name: str, part: str | None = None) -> Decimal:
    """A number on the page, whose minus is a true one."""
    place = reader.part(name)
    text: str = (place.locator(f"[data-part={part}]") if part else place).inner_text()
    return Decimal(text.replace("−", "-"))


def micros(reader: Viewer, name: str) -> int:
    """Microseconds since midnight of a time of day."""
    text: str = reader.part(name).locator("dd").first.text_content()
    hours, minutes, seconds, fraction = map(int, re.split(r"[:.]", text))
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction


def number(reader: Viewer) -> int:
    """Which exchange is shown; 0: none yet."""
    return place(reader)[0]


def place(reader: Viewer) -> tuple[int, int]:
    """Number of the shown exchange, and how many there are."""
    found = re.match(r"Exchange (\d+) of (\d+)", reader.part("place").inner_text())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def press_on(reader: Viewer, name: str, key: str) -> None:
    reader.part(name).focus()
    reader.press(key)


def stay(reader: Viewer) -> Viewer:
    """The same reader, who keeps looking at one exchange."""
    press_on(reader, "stay", "Enter")
    eventually(lambda: reader.part("stay").inner_text() == "Follow the newest", "it stays")
    return reader


def supposed_offset_ms(reader: Viewer) -> Decimal:
    """The offset that the supposition's sentence names."""
    words: str = reader.part("supposition").inner_text()
    found = re.search(r"clock is ([\d.]+) ms (ahead of|behind) yours", words)
    assert found, words
    return Decimal(found[1]) * (1 if found[2] == "ahead of" else -1)


def test_the_numbers_of_an_exchange_add_up(new_reader: NewReader) -> None:
    ada = stay(new_reader(clock_offset_ms=BENT_MS))
    t1, t2, t3, t4 = (figure(ada, name, "since") for name in STAMPS)
    delay, offset = figure(ada, "delay"), figure(ada, "offset")
    assert delay == (t4 - t1) - (t3 - t2)
    assert offset == ((t2 - t1) + (t3 - t4)) / 2
    assert (figure(ada, "lower"), figure(ada, "upper")) == (t3 - t4, t2 - t1)
    assert figure(ada, "half") == delay / 2
    assert abs(offset + Decimal(str(BENT_MS))) <= delay / 2 + 5, "the clock that was bent"
    day = [micros(ada, name) for name in STAMPS]
    assert [(at - day[0]) / Decimal(1000) for at in day] == [t1, t2, t3, t4]


def test_the_keyboard_leads_back_forth_and_on(new_reader: NewReader) -> None:
    ada = new_reader()
    eventually(lambda: place(ada)[1] > 10, "the first burst is over")
    stay(ada)
    press_on(ada, "next", "Enter")
    first = number(ada)
    press_on(ada, "next", "Space")
    assert number(ada) == first + 1
    assert ada.part("steps").locator("[data-part=number]").inner_text() == f"Exchange {first + 1}"
    press_on(ada, "previous", "Enter")
    press_on(ada, "previous", "Space")
    assert number(ada) == first - 1
    press_on(ada, "stay", "Enter")
    shown, count = place(ada)
    assert shown == count, "the newest is followed again"


def test_who_stays_is_not_carried_on_and_who_follows_is(new_reader: NewReader) -> None:
    ada = stay(new_reader())
    shown, count = place(ada)
    ada.page.wait_for_timeout(SHOWN_FOR_S * 1000)
    assert number(ada) == shown
    assert place(ada)[1] > count
    press_on(ada, "stay", "Space")
    followed = number(ada)
    eventually(lambda: number(ada) > followed, "the next one comes by itself")


def test_the_ends_of_the_row_keep_the_keyboard_s_place(new_reader: NewReader) -> None:
    ada = new_reader()
    while number(ada) > 1:
        press_on(ada, "previous", "Enter")
    press_on(ada, "previous", "Enter")
    previous = ada.part("previous")
    assert previous.get_attribute("aria-disabled") == "true"
    assert previous.evaluate("element => element === document.activeElement")
    assert number(ada) == 1


def test_probe_now_shows_what_it_brings_at_once(new_reader: NewReader) -> None:
    ada = stay(new_reader())
    ada.page.wait_for_timeout(1600)  # bursts have a least distance
    count = place(ada)[1]
    press_on(ada, "probe", "Enter")
    eventually(lambda: place(ada)[1] >= count + 6, "a burst")
    assert number(ada) > count
    assert ada.part("stay").inner_text() == "Stay on this one"


def test_no_supposition_leaves_the_bounds_or_changes_a_timestamp(new_reader: NewReader) -> None:
    ada = stay(new_reader(clock_offset_ms=BENT_MS))
    lower, upper = figure(ada, "lower"), figure(ada, "upper")
    stamps = [micros(ada, name) for name in STAMPS]
    seen = []
    for key in ("Home", "ArrowRight", "PageUp", "End", "ArrowLeft", "PageDown", "ArrowRight"):
        press_on(ada, "suppose", key)
        seen.append(supposed_offset_ms(ada))
        assert ada.part("suppose").get_attribute("aria-valuetext").endswith("yours.")
        assert [micros(ada, name) for name in STAMPS] == stamps
    assert all(lower - ROUNDED_MS <= offset <= upper + ROUNDED_MS for offset in seen), seen
    assert abs(max(seen) - upper) <= ROUNDED_MS, "the way there took no time"
    assert abs(min(seen) - lower) <= ROUNDED_MS, "the way back took no time"


def test_a_supposition_returns_from_the_literal_view_to_one_clock(new_reader: NewReader) -> None:
    ada = stay(new_reader(clock_offset_ms=BENT_MS))
    ada.part("literal").check()
    assert "read literally" in ada.part("exchange-sentence").inner_text()
    assert "would have come before it was sent" in ada.part("exchange-sentence").inner_text()
    press_on(ada, "suppose", "ArrowRight")
    assert "as you suppose" in ada.part("exchange-sentence").inner_text()
    assert not ada.part("literal").is_checked()


def test_the_drawings_say_in_words_what_they_show(new_reader: NewReader) -> None:
    ada = stay(new_reader())
    drawing = ada.part("exchange-drawing")
    assert drawing.get_attribute("aria-label") == ada.part("exchange-sentence").inner_text()
    assert drawing.get_attribute("role") == "img"
    # What is out of view is drawn every 2 s only.
    wedge = ada.part("wedge-drawing")
    eventually(
        lambda: re.match(r"\d+ exchanges?: the quickest", wedge.get_attribute("aria-label")),
        "the wedge says what it shows",
    )
    assert ada.part("verdict").inner_text() in {"Accepted", "Dropped", "Quarantined", "Stepped"}


def test_with_reduced_motion_nothing_travels(new_viewer: NewViewer) -> None:
    ada = new_viewer(browser=0)
    ada.page.emulate_media(reduced_motion="reduce")
    ada.page.add_init_script(WATCH_MESSAGE)
    ada.open(PATH)
    eventually(lambda: number(ada) > 0, "an exchange is shown")
    ada.page.wait_for_timeout(1000)
    assert not ada.page.evaluate("window.travelled")
    ada.page.emulate_media(reduced_motion="no-preference")
    press_on(ada, "previous" if number(ada) > 1 else "next", "Enter")
    eventually(lambda: ada.page.evaluate("window.travelled"), "otherwise it does")


def test_before_the_first_exchange_an_example_is_drawn(new_viewer: NewViewer) -> None:
    ada = new_viewer(browser=0)
    ada.page.add_init_script(MUTE)
    ada.page.set_viewport_size(DESKTOP)
    ada.open(PATH)
    drawing = ada.part("exchange-drawing")
    assert drawing.get_attribute("data-state") == "waiting"
    assert drawing.locator("[data-part=there]").get_attribute("d")
    assert "Waiting for the first exchange" in ada.part("exchange-sentence").inner_text()
    assert_no_grave_findings(ada.page, "no exchange yet")


def test_the_last_exchange_outlives_the_connection(server: Server, new_reader: NewReader) -> None:
    relay = Relay(server.port)
    relay.start()
    try:
        ada = new_reader(url=relay.url)
        relay.cut()
        lost = ada.page.locator("#exchange [data-part=lost]")
        lost.wait_for(state="visible")
        assert number(ada) > 0
        assert ada.part("exchange-drawing").get_attribute("data-state") == "used"
        assert ada.part("probe").get_attribute("aria-disabled") == "true"
        assert_no_grave_findings(ada.page, "reconnecting")
    finally:
        relay.stop()


def test_the_page_has_no_grave_findings_and_fits_every_window(new_reader: NewReader) -> None:
    ada = stay(new_reader())
    assert_no_grave_findings(ada.page, "on one clock")
    ada.part("literal").check()
    assert_no_grave_findings(ada.page, "as the two clocks say")
    press_on(ada, "suppose", "End")
    assert_no_grave_findings(ada.page, "a supposition")
    for size in (DESKTOP, TABLET, PHONE):
        ada.page.set_viewport_size(size)
        assert overflow_px(ada.page) <= 0, size
    ada.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert overflow_px(ada.page) <= 0, "text of twice the size on a phone"
