"""The pages for everybody: axe-core in every state, the keyboard alone, words heard, a phone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.axe import DESKTOP, PHONE, assert_no_grave_findings, overflow_px
from tests.browser.conftest import NewViewer
from tests.browser.relay import Relay
from tests.browser.server import Server
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

TARGET_PX = 44
MOST_TABS = 40
DEMO = "demo"  # for tests that leave the room as it is
CLOSE = "from watchparty.models import Room; from django.utils import timezone; "
FOCUS = """() => {
    const element = document.activeElement;
    const {outlineStyle, outlineWidth} = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const shown = element.checkVisibility({checkOpacity: true}) && box.bottom <= innerHeight;
    return {id: element.id, seen: shown && outlineStyle !== "none" && outlineWidth !== "0px"};
}"""

NewPerson = Callable[..., Viewer]


@pytest.fixture
def new_person(new_viewer: NewViewer) -> NewPerson:
    """Somebody at a wide window; one browser is enough, as nothing here is measured."""

    def make(**where: str) -> Viewer:
        person = new_viewer(browser=0, **where)
        person.page.set_viewport_size(DESKTOP)
        return person

    return make


def playing(person: Viewer) -> Viewer:
    """The same person, with the film running."""
    eventually(lambda: person.ready, "the film is ready")
    person.toggle()
    eventually(lambda: not person.paused, "the film runs")
    return person


def open_by_keyboard_help(person: Viewer) -> None:
    person.press("?")
    person.part("keys-dialog").wait_for(state="visible")


def focused(person: Viewer) -> dict[str, Any]:
    found: dict[str, Any] = person.page.evaluate(FOCUS)
    return found


def spoken(person: Viewer, name: str) -> str | None:
    words: str | None = person.part(name).get_attribute("aria-valuetext")
    return words


def theatre_is_on(person: Viewer) -> bool:
    return person.part("theatre").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("path", ["/", "/rooms/no-such-room/"])
def test_a_plain_page_has_no_grave_findings(new_person: NewPerson, path: str) -> None:
    assert_no_grave_findings(new_person().open(path).page, path)


def test_the_door_has_no_grave_findings_even_when_it_complains(new_person: NewPerson) -> None:
    ada = new_person().open(f"/rooms/{DEMO}/")
    assert_no_grave_findings(ada.page, "the door")
    ada.part("door-join").click()
    ada.page.locator("#door-error").wait_for(state="visible")
    assert_no_grave_findings(ada.page, "the door that asks for a name")


def test_a_closed_room_has_no_grave_findings(
    server: Server, new_person: NewPerson, room: str
) -> None:
    close = f"Room.objects.filter(slug={room!r}).update(closed_at=timezone.now())"
    server.manage("shell", "--command", CLOSE + close)
    ada = new_person().open(f"/rooms/{room}/")
    ada.part("gone").wait_for(state="visible")
    assert_no_grave_findings(ada.page, "the closed room")


def test_a_lost_connection_has_no_grave_findings_and_is_announced_once(
    server: Server, new_person: NewPerson, room: str
) -> None:
    relay = Relay(server.port)
    relay.start()
    try:
        ada = playing(new_person(url=relay.url).enter(room, "Ada"))
        relay.cut()
        ada.part("banner").wait_for(state="visible")
        ada.hears("Connection lost.")
        assert ada.part("banner").get_attribute("role") is None, "its seconds are not read out"
        assert_no_grave_findings(ada.page, "reconnecting")
    finally:
        relay.stop()


def test_the_room_has_no_grave_findings_in_any_of_its_states(
    new_person: NewPerson, room: str
) -> None:
    ada = playing(new_person().enter(room, "Ada"))
    assert_no_grave_findings(ada.page, "playing")
    ada.press("t")
    assert theatre_is_on(ada)
    assert_no_grave_findings(ada.page, "theatre")
    ada.part("sync-dot").click()
    ada.part("instrument").wait_for(state="visible")
    assert_no_grave_findings(ada.page, "the instrument")
    ada.press("Escape")
    open_by_keyboard_help(ada)
    assert_no_grave_findings(ada.page, "the help with keys")
    ada.press("Escape")
    ada.part("source-open").click()
    assert_no_grave_findings(ada.page, "changing the film")
    ada.part("source-url").fill("https://127.0.0.1:9/no-film.mp4")
    ada.part("source-save").click()
    ada.page.locator("#film-state[data-kind=failed]").wait_for(state="visible")
    assert_no_grave_findings(ada.page, "a film that can't be played")


def test_a_room_that_waits_and_counts_down_has_no_grave_findings(
    new_person: NewPerson, room: str
) -> None:
    ada, ben = new_person().enter(room, "Ada"), new_person()
    ben.page.route("**/media/*.webm", lambda _: None)  # it never comes
    ben.open(f"/rooms/{room}/?name=Ben")
    eventually(lambda: ada.part("member").count() == 2, "both are here")
    ada.press("s")
    eventually(lambda: "Ben" in ada.part("waiting").inner_text(), "the card names Ben")
    ada.hears("Waiting for Ben.")
    assert_no_grave_findings(ada.page, "the card of who is late")


def test_the_instrument_with_company_has_no_grave_findings(
    new_person: NewPerson, room: str
) -> None:
    ada = new_person().enter(room, "Ada")
    ben = playing(new_person().enter(room, "Ben"))
    ada.part("sync-dot").click()
    eventually(lambda: ada.part("skew-dot").count() == 2, "both are placed")
    assert_no_grave_findings(ada.page, "the instrument with company")
    assert not ben.paused


def test_a_closed_dialog_gives_the_keyboard_back(new_person: NewPerson) -> None:
    ada = new_person().enter(DEMO, "Ada")
    for opener, dialog in (("source-open", "source-dialog"), ("invite", "invite-dialog")):
        ada.part(opener).focus()
        ada.press("Enter")
        ada.part(dialog).wait_for(state="visible")
        ada.press("Escape")
        ada.part(dialog).wait_for(state="hidden")
        assert ada.part(opener).evaluate("element => element === document.activeElement")


def test_every_control_is_reached_by_tab_and_shows_that_it_is(new_person: NewPerson) -> None:
    ada = new_person().enter(DEMO, "Ada")
    reached: dict[str, bool] = {}
    for _ in range(MOST_TABS):
        ada.press("Tab")
        place = focused(ada)
        reached[place["id"]] = place["seen"]
    wanted = {
        "seek",
        "play",
        "together",
        "back",
        "forward",
        "mute",
        "volume",
        "rate",
        "theatre",
        "fullscreen",
    }
    assert wanted <= reached.keys()
    assert all(reached[name] for name in wanted), reached


def test_sliders_say_their_value_in_words(new_person: NewPerson) -> None:
    ada = new_person().enter(DEMO, "Ada")
    eventually(
        lambda: spoken(ada, "seek") == "beginning of 1 minute 30 seconds",
        "the position is spoken",
    )
    assert spoken(ada, "volume") == "100 percent"
    ada.part("volume").focus()
    ada.press("ArrowLeft")
    eventually(lambda: spoken(ada, "volume") == "95 percent", "the loudness is spoken")
    ada.page.reload()
    ada.await_joined()
    assert spoken(ada, "volume") == "95 percent"


def test_the_theatre_is_left_and_entered_by_t_and_survives_a_reload(new_person: NewPerson) -> None:
    ada = new_person().enter(DEMO, "Ada")
    assert not theatre_is_on(ada)
    ada.press("t")
    assert theatre_is_on(ada)
    film = ada.part("film").bounding_box()
    assert film is not None
    assert film["width"] == DESKTOP["width"]
    ada.page.reload()
    ada.await_joined()
    assert theatre_is_on(ada)
    ada.press("t")
    assert not theatre_is_on(ada)
    ada.page.set_viewport_size(PHONE)
    assert not ada.part("theatre").is_visible(), "a phone has no other layout to offer"
    ada.press("t")
    assert not theatre_is_on(ada)


def test_full_screen_takes_along_all_that_lies_over_the_film(new_person: NewPerson) -> None:
    ada = new_person().enter(DEMO, "Ada")
    ada.part("fullscreen").click()
    eventually(lambda: ada.page.evaluate("document.fullscreenElement?.id"), "full screen")
    over = ("cursors", "bursts", "chat-over", "moment", "controls", "banner", "reactions")
    for name in (*over, "announcer"):
        assert ada.page.evaluate("id => document.fullscreenElement.querySelector('#' + id)", name)
    open_by_keyboard_help(ada)


def test_what_others_do_is_announced(new_person: NewPerson, room: str) -> None:
    ada = new_person().enter(room, "Ada")
    ben = new_person().enter(room, "Ben")
    ada.hears("Ben came in.")
    playing(ben)
    ada.hears("Ben pressed play at 0:00.")
    ben.toggle()
    ada.hears("Ben paused at 0:")
    assert "Ben" not in ben.part("announcer").inner_text(), (
        "nobody is told what they did themselves"
    )


def test_a_phone_shows_film_and_tabs_with_targets_for_thumbs(
    new_person: NewPerson, room: str
) -> None:
    ada = new_person()
    ada.page.set_viewport_size(PHONE)
    ada.enter(room, "Ada")
    ada.part("chat-text").fill("A thumb answers this.")
    ada.part("chat-send").click()
    ada.part("message").last.wait_for(state="visible")
    for tab, panel in (("tab-chat", "chat"), ("tab-people", "people")):
        ada.part(tab).click()
        film, beneath = ada.part("film").bounding_box(), ada.part(panel).bounding_box()
        assert film is not None
        assert beneath is not None
        assert film["width"] == PHONE["width"]
        assert beneath["y"] >= film["y"] + film["height"]
        buttons = ada.page.locator(
            "#controls button:visible, #controls select:visible, #rail button:visible"
        )
        for box in (button.bounding_box() for button in buttons.all()):
            assert box is not None
            assert min(box["width"], box["height"]) >= TARGET_PX
        assert overflow_px(ada.page) <= 0


@pytest.mark.parametrize("path", ["/", "/rooms/no-such-room/", "room"])
def test_text_of_twice_the_size_fits_a_phone(new_person: NewPerson, path: str) -> None:
    ada = new_person()
    ada.page.set_viewport_size(PHONE)
    if path == "room":
        ada.enter(DEMO, "Ada")
    else:
        ada.open(path)
    ada.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert overflow_px(ada.page) <= 0
