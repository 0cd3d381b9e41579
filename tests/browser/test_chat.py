"""The chat by two real browsers: written, answered, gone to, muted, removed, and never lost."""

import re

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.axe import PHONE, assert_no_grave_findings, overflow_px
from tests.browser.conftest import NewViewer
from tests.browser.keyboard import comes_to, focused, use
from tests.browser.relay import Relay
from tests.browser.server import Server
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

HOSTILE = "<img src=x onerror=alert(1)> \u202edlrow"
MODELS = "from watchparty.models import Room; "
WITH_KEYBOARD: ViewportSize = {"width": 360, "height": 420}


@pytest.fixture
def pair(new_viewer: NewViewer, room: str) -> tuple[Viewer, Viewer]:
    """Two people in two browsers in one room."""
    return new_viewer().enter(room, "Ada"), new_viewer().enter(room, "Ben")


def write(viewer: Viewer, text: str) -> None:
    """Write by hand and send with Enter."""
    viewer.part("chat-text").fill(text)
    viewer.part("chat-text").press("Enter")


def texts(viewer: Viewer) -> list[str]:
    """All that stands in the list, oldest first."""
    found: list[str] = viewer.part("message-text").all_inner_texts()
    return found


def reads(viewer: Viewer, *wanted: str) -> None:
    """The list is exactly this."""
    eventually(lambda: texts(viewer) == list(wanted), f"the list reads {wanted}")


def test_an_empty_chat_says_so_and_who_joins_finds_what_was_written(
    new_viewer: NewViewer, room: str
) -> None:
    ada = new_viewer().enter(room, "Ada")
    assert "Nobody has written yet." in ada.part("chat-empty").inner_text()
    write(ada, "one")
    write(ada, "two\nlines")
    reads(ada, "one", "two\nlines")
    ben = new_viewer().enter(room, "Ben")
    reads(ben, "one", "two\nlines")
    assert not ben.part("unread").is_visible(), "what was written before is no news"
    ben.page.reload()
    ben.await_joined()
    reads(ben, "one", "two\nlines")


def test_hostile_text_stays_text_and_links_are_safe(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    write(ada, f"{HOSTILE} https://a.example/x). javascript:alert(1)")
    eventually(lambda: len(texts(ben)) == 1, "it arrives")
    assert "<img src=x onerror=alert(1)>" in texts(ben)[0]
    assert "\u202e" not in texts(ben)[0]
    assert ben.page.locator("img[src=x]").count() == 0
    link = ben.part("message-text").locator("a")
    assert link.count() == 1
    assert link.get_attribute("href") == "https://a.example/x"
    assert link.get_attribute("rel") == "noopener noreferrer nofollow ugc"
    assert link.get_attribute("target") == "_blank"


def test_an_answer_quotes_and_leads_to_what_it_answers(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    write(ada, "Who is that?\nThe one in red.")
    ben.part("message").hover()
    ben.part("message-reply").click()
    assert "Who is that?" in ben.part("reply-to").inner_text()
    assert focused(ben) == "chat-text"
    write(ben, "The uncle.")
    quote = ada.part("quote").last
    eventually(quote.is_visible, "the answer is there")
    assert quote.inner_text().split() == ["Answer", "to", "Ada", "Who", "is", "that?"]
    quote.click()
    assert focused(ada) == "message"


def test_a_time_stamp_leads_everybody_to_its_moment(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ada.seek(42.5)
    eventually(lambda: ben.position_s == pytest.approx(42.5, abs=0.1), "both stand there")
    write(ada, "Look!")
    stamp = ben.part("message-time")
    eventually(lambda: stamp.is_visible() and stamp.inner_text() == "0:42", "the moment is told")
    ada.seek(10)
    eventually(lambda: ben.position_s < 11, "both are elsewhere")
    stamp.click()
    eventually(lambda: all(abs(v.position_s - 42.5) < 0.2 for v in pair), "both are back there")


def test_what_is_unread_is_counted_until_it_is_looked_at(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ben.part("tab-people").click()
    write(ada, "one")
    write(ada, "two")
    eventually(lambda: ben.part("unread").inner_text() == "2", "two are marked on the tab")
    ben.page.locator("#rail-toggle").click()
    assert ben.page.locator("#rail-toggle[data-unread]").count() == 1
    ben.page.locator("#rail-toggle").click()
    ben.part("tab-chat").click()
    eventually(lambda: not ben.part("unread").is_visible(), "read")
    ben.page.reload()
    ben.await_joined()
    assert ben.part("tab-chat").get_attribute("aria-selected") == "true", "the tab is remembered"


def test_in_full_screen_the_last_three_stand_over_the_film_for_a_while(
    pair: tuple[Viewer, Viewer],
) -> None:
    ada, ben = pair
    ben.part("fullscreen").click()
    eventually(lambda: ben.page.evaluate("document.fullscreenElement?.id"), "full screen")
    for text in ("one", "two", "three", "four"):
        write(ada, text)
    over = ben.part("chat-over-one")
    last_three = ["Ada two", "Ada three", "Ada four"]
    eventually(lambda: over.all_inner_texts() == last_three, "the last three of them")
    assert over.last.is_visible()
    box, controls = over.last.bounding_box(), ben.part("seek").bounding_box()
    assert box is not None
    assert controls is not None
    assert box["y"] + box["height"] <= controls["y"], "above the controls"
    assert ben.page.locator("#chat-open[data-unread]").count() == 1
    eventually(lambda: over.count() == 0, "they leave")
    ben.press("c")
    assert focused(ben) == "chat-text"
    ben.page.keyboard.type("f five")
    ben.press("Enter")
    reads(ada, "one", "two", "three", "four", "f five")
    assert ben.page.evaluate("document.fullscreenElement?.id") == "stage", "still full screen"
    eventually(over.last.is_visible, "over the film, too")
    ben.press("Enter")  # nothing more to say
    assert focused(ben) == "stage"
    ben.press("f")
    eventually(lambda: not ben.page.evaluate("document.fullscreenElement"), "the key is the room's")
    eventually(lambda: not ben.part("unread").is_visible(), "all is read")
    assert ben.part("chat").locator("textarea").is_visible(), "the box is back beside the messages"


def test_a_muted_person_is_folded_up_also_after_a_reload(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    write(ada, "one")
    write(ada, "two")
    reads(ben, "one", "two")
    ben.part("message").first.hover()
    ben.part("message-more").first.click()
    ben.part("menu-mute").first.click()
    assert "2 messages of Ada" in ben.part("muted").inner_text()
    ben.page.reload()
    ben.await_joined()
    eventually(lambda: ben.part("muted").count() == 1, "remembered")
    ben.part("unmute").click()
    reads(ben, "one", "two")


def test_what_its_author_removes_vanishes_everywhere(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    write(ada, "oops")
    reads(ben, "oops")
    ben.part("message").hover()
    ben.part("message-more").click()
    assert not ben.part("menu-remove").is_visible(), "a guest removes nobody's but their own"
    ada.part("message").hover()
    ada.part("message-more").click()
    ada.part("menu-remove").click()
    for viewer in pair:
        reads(viewer)


def test_slow_mode_gives_the_text_back_and_counts_down(
    server: Server, new_viewer: NewViewer, room: str
) -> None:
    slow = f"Room.objects.filter(slug={room!r}).update(settings={{'slowModeS': 30}})"
    server.manage("shell", "--command", MODELS + slow)
    ada = new_viewer().enter(room, "Ada")
    assert "every 30 seconds" in ada.part("chat-foot").inner_text()
    write(ada, "one")
    reads(ada, "one")
    write(ada, "two")
    assert ada.part("chat-text").input_value() == "two"
    eventually(
        lambda: re.search(r"again in 2\d seconds", ada.part("chat-foot").inner_text()),
        "the wait is told in words",
    )
    reads(ada, "one")


def test_while_the_connection_is_lost_what_is_typed_stays(
    server: Server, new_viewer: NewViewer, room: str
) -> None:
    relay = Relay(server.port)
    relay.start()
    try:
        ada = new_viewer(url=relay.url).enter(room, "Ada")
        relay.cut()
        ada.part("banner").wait_for(state="visible")
        write(ada, "still here")
        assert ada.part("chat-text").input_value() == "still here"
        assert "can’t be reached" in ada.part("chat-foot").inner_text()
        assert_no_grave_findings(ada.page, "writing while reconnecting")
    finally:
        relay.stop()


def test_the_keyboard_alone_writes_answers_and_leaves(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    ada.press("c")
    assert focused(ada) == "chat-text"
    ada.page.keyboard.type("k m f space")
    assert ada.paused, "typing never reaches the room's keys"
    assert not ada.page.evaluate("document.fullscreenElement")
    ada.press("Enter")
    reads(ben, "k m f space")
    ben.press("c")
    ben.press("Shift+Tab")  # emoji
    ben.press("Enter")
    ben.press("ArrowRight")
    ben.press("Enter")
    ben.press("Escape")
    assert focused(ben) == "chat-text"
    assert ben.part("chat-text").input_value() == "🔥"
    ben.part("message").focus()
    ben.press("Tab")  # its time
    ben.press("Tab")  # reply
    ben.press("Enter")
    assert ben.part("reply-to").is_visible()
    ben.press("Enter")
    reads(ada, "k m f space", "🔥")
    ben.press("Escape")
    assert focused(ben) == "stage", "the room's keys are the room's again"
    ada.part("message").last.focus()
    ada.press("ArrowUp")  # to her own
    use(ada, "message-more")
    use(ada, "menu-remove")
    reads(ada, "🔥")
    comes_to(ada, "chat-scroll")


def test_the_chat_with_everything_in_it_has_no_grave_findings(pair: tuple[Viewer, Viewer]) -> None:
    ada, ben = pair
    write(ada, "https://a.example/ and a text that is long enough to need a second line")
    ben.part("message").hover()
    ben.part("message-more").click()
    assert_no_grave_findings(ben.page, "the menu of a message")
    ben.part("menu-reply").click()
    write(ben, "😂")
    ben.part("emoji-open").click()
    ben.part("chat-text").fill("x" * 505)
    assert "5 too many" in ben.part("chat-length").inner_text()
    assert_no_grave_findings(ben.page, "answering, emoji, and too long a text")


def test_on_a_phone_the_film_stays_on_top_while_somebody_writes(
    new_viewer: NewViewer, room: str
) -> None:
    ada = new_viewer(has_touch=True, is_mobile=True)
    ada.page.set_viewport_size(PHONE)
    ada.enter(room, "Ada")
    for number in range(4):
        write(ada, f"message {number}")
    ada.part("chat-text").focus()
    ada.page.set_viewport_size(WITH_KEYBOARD)  # as a keyboard leaves it
    film, text = ada.part("film").bounding_box(), ada.part("chat-text").bounding_box()
    assert film is not None
    assert text is not None
    assert film["y"] >= 0
    assert text["y"] >= film["y"] + film["height"], "the box is beneath the film"
    assert text["y"] + text["height"] <= WITH_KEYBOARD["height"], "and above the keyboard"
    assert ada.part("message").last.is_visible()
    assert overflow_px(ada.page) <= 0
