"""The watch party by the keyboard alone: whatever happens, it is never lost."""

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.house import PASSWORD, may_play, own_room, row, set_room
from tests.browser.keyboard import comes_to, focused, tab_to, to_people, use
from tests.browser.viewer import eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

SECOND, THIRD = "🔥", "😂"
FULL_SCREEN = "document.fullscreenElement !== null"


def test_who_is_a_host_and_who_is_removed(new_viewer: NewViewer) -> None:
    ada, slug = own_room(new_viewer)
    ben = new_viewer().enter(slug, "Ben")
    to_people(ada)
    use(ada, "member-more")
    use(ada, "make-host")
    ada.hears("You made Ben a host.")
    assert focused(ada) == "member-more"
    ada.press("Enter")
    use(ada, "make-guest")
    ada.hears("You made Ben a guest.")
    assert focused(ada) == "member-more"

    ada.press("Space")
    use(ada, "remove")
    comes_to(ada, "ask-first-reason")
    ada.press("Escape")
    assert not ada.part("ask-first").is_visible()
    assert focused(ada) == "member-more"
    ben.press("f")
    eventually(lambda: ben.page.evaluate(FULL_SCREEN), "Ben watches in full screen")
    ben.press("?")
    ben.part("keys-dialog").wait_for(state="visible")
    assert ada.part("member").count() == 2, "nobody is removed by Escape"

    ada.press("Enter")
    tab_to(ada, "remove")
    ada.press("Escape")
    assert not ada.part("member-menu").last.is_visible()
    assert focused(ada) == "member-more"
    ada.press("Enter")
    use(ada, "remove")
    ada.page.keyboard.type("Bye.")
    ada.press("Enter")
    eventually(ben.part("gone").is_visible, "Ben is out")
    assert "Bye." in ben.part("gone-reason").inner_text()
    comes_to(ben, "gone")
    assert not ben.part("keys-dialog").is_visible(), "nothing stands before it"
    eventually(lambda: not ben.page.evaluate(FULL_SCREEN), "nor around it")
    eventually(lambda: ada.part("member").count() == 1, "Ben's row is gone")
    comes_to(ada, "people-panel")


def test_settings_control_reactions_and_the_end(new_viewer: NewViewer) -> None:
    ada, slug = own_room(new_viewer)
    ben = new_viewer().enter(slug, "Ben")
    to_people(ada)
    use(ada, "settings-open")
    tab_to(ada, "set-control")
    ada.page.keyboard.type("Guests")  # a list is chosen from by its first letters
    tab_to(ada, "set-slow")
    ada.press("ArrowDown")
    tab_to(ada, "set-title", "Shift+Tab")
    ada.press("Delete")  # the whole name is selected
    use(ada, "settings-save")
    comes_to(ada, "set-title")
    assert ada.page.locator("#set-title-error").get_attribute("role") == "alert"
    ada.page.keyboard.type("Cinema")
    use(ada, "settings-save")
    eventually(lambda: not ada.part("settings-dialog").is_visible(), "the room has taken it")
    assert focused(ada) == "settings-open"
    eventually(lambda: "every 5 seconds" in ben.part("chat-foot").inner_text(), "slow mode")

    assert not may_play(ben)
    use(ben, "ask-control")
    ben.hears("You have asked for control.")
    eventually(ada.part("asks").is_visible, "the owner sees who asks")
    ada.hears("Ben asks for control.")
    use(ada, "ask-let")
    eventually(lambda: may_play(ben), "control was given")
    comes_to(ada, "people-panel")
    comes_to(ben, "stage")
    ben.press("l")
    ada.hears("Ben jumped to 0:1")
    eventually(lambda: ada.position_s > 9, "the film is where Ben went")
    ada.press("c")
    ada.press("Escape")
    assert focused(ada) == "stage"
    use(ada, "undo")
    eventually(lambda: ada.position_s < 1, "back where it was")
    comes_to(ada, "stage")
    use(ada, "big-play")
    eventually(lambda: not ben.paused, "everyone's film runs")
    comes_to(ada, "stage")

    ben.press("3")
    eventually(lambda: ada.part("reaction").count() > 0, "a reaction by its key")
    assert THIRD in ada.part("reaction").first.inner_text()
    tab_to(ben, "react")
    ben.press("ArrowRight")
    ben.press("Enter")
    second = ada.part("reaction").filter(has_text=SECOND)
    eventually(lambda: second.count() > 0, "and one from the tray")
    assert focused(ben) == "react"

    to_people(ada)
    use(ada, "member-more")
    use(ada, "hand-over")
    comes_to(ada, "keep")
    use(ada, "ask-first-do", "Shift+Tab")
    eventually(lambda: "owner" in row(ben, "Ben").inner_text(), "Ben owns it")
    comes_to(ada, "people-panel")
    use(ben, "settings-open")
    use(ben, "end-party")
    comes_to(ben, "keep")
    ben.press("Escape")
    assert focused(ben) == "end-party"
    ben.press("Enter")
    use(ben, "ask-first-do", "Shift+Tab")
    for viewer in (ada, ben):
        comes_to(viewer, "gone")


def test_the_door_opens_to_the_second_password(new_viewer: NewViewer) -> None:
    ada, slug = own_room(new_viewer)
    set_room(ada, hasPassword=True, password=PASSWORD)
    cleo = new_viewer().open(f"/rooms/{slug}/?name=Cleo")
    comes_to(cleo, "door-password")
    cleo.page.keyboard.type("open barley")
    cleo.press("Enter")
    error = cleo.part("door-password-error")
    error.wait_for(state="visible")
    assert error.get_attribute("role") == "alert"
    assert "That is not the password." in error.inner_text()
    assert focused(cleo) == "door-password"
    described = cleo.part("door-password").get_attribute("aria-describedby")
    assert described == error.get_attribute("id")
    cleo.page.keyboard.type(PASSWORD)  # the wrong one was selected
    cleo.press("Enter")
    cleo.await_joined()
    assert focused(cleo) == "stage"
