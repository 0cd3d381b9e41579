"""Chat, roles, settings, the door and the ways out before axe-core, in each of their states."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import DESKTOP, assert_no_grave_findings
from tests.browser.conftest import Browsers, NewViewer
from tests.browser.house import PASSWORD, do, open_menu, own_room, set_room, show_people
from tests.browser.server import Server, production_settings
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]


def is_out(viewer: Viewer, words: str) -> None:
    """The page says that the room is not to be had, and why; it has no grave findings."""
    eventually(lambda: words in viewer.part("gone").inner_text(), f"the page says: {words}")
    assert_no_grave_findings(viewer.page, words)


def test_the_room_of_two_in_all_its_states(new_viewer: NewViewer) -> None:
    ada, slug = own_room(new_viewer)
    ben = new_viewer(browser=0).enter(slug, "Ben")

    ben.part("chat-text").fill("Who is that?")
    ben.part("chat-text").press("Enter")
    ada.part("message").hover()
    ada.part("message-reply").click()
    ada.part("chat-text").fill("The uncle.")
    ada.part("chat-text").press("Enter")
    ben.part("quote").last.wait_for()
    ben.part("emoji-open").click()
    ben.part("message").first.hover()
    ben.part("message-reply").first.click()
    ada.seek(20)
    ben.part("toast").get_by_role("button").focus()  # so it stays
    assert_no_grave_findings(ben.page, "messages, an answer, the emoji, and what Ada did")

    set_room(ada, control="ask", slowModeS="5")
    eventually(ben.part("ask-control").is_visible, "a guest may ask")
    ben.part("ask-control").click()
    eventually(lambda: ben.part("ask-control").inner_text() == "Ask again", "Ben has asked")
    assert_no_grave_findings(ben.page, "waiting for an answer")
    show_people(ada)
    eventually(ada.part("asks").is_visible, "the owner sees who asks")
    open_menu(ada, "Ben")
    assert_no_grave_findings(ada.page, "somebody asks, and a person's menu")
    for action in ("remove", "ban", "hand-over"):
        if not ada.part("member-menu").last.is_visible():
            open_menu(ada, "Ben")
        ada.part("member").locator(f"[data-action={action}]:visible").click()
        assert_no_grave_findings(ada.page, f"the question before: {action}")
        ada.press("Escape")

    ada.part("settings-open").click()
    assert_no_grave_findings(ada.page, "settings")
    ada.part("set-title").fill(" ")
    ada.part("set-has-password").check()
    ada.part("settings-save").click()
    ada.page.locator("#set-title-error").wait_for(state="visible")
    assert_no_grave_findings(ada.page, "settings with a fault")
    ada.part("end-party").click()
    assert_no_grave_findings(ada.page, "the question before the end")
    ada.part("ask-first-do").click()
    is_out(ada, "The room is closed.")


def test_the_door_and_each_way_out(new_viewer: NewViewer) -> None:
    ada, slug = own_room(new_viewer)
    set_room(ada, hasPassword=True, password=PASSWORD)
    ben, cleo = (
        new_viewer(browser=0).open(f"/rooms/{slug}/?name={name}") for name in ("Ben", "Cleo")
    )
    password = ben.part("door-password")
    password.wait_for(state="visible")
    assert_no_grave_findings(ben.page, "a door that asks for a password")
    password.fill("open barley")
    password.press("Enter")
    ben.part("door-password-error").wait_for(state="visible")
    assert_no_grave_findings(ben.page, "a wrong password")
    password.fill(PASSWORD)
    password.press("Enter")
    ben.await_joined()

    set_room(ada, locked=True, hasPassword=False)
    cleo.open(f"/rooms/{slug}/?name=Cleo")
    is_out(cleo, "The door is locked.")
    set_room(ada, locked=False, maxUsers="2")
    cleo.page.get_by_role("button", name="Try again").click()
    is_out(cleo, "The room is full.")

    do(ada, "Ben", "remove")
    ada.part("ask-first-reason").fill("No spoilers, please.")
    ada.part("ask-first-do").click()
    is_out(ben, "A host wrote: “No spoilers, please.”")
    cleo.page.get_by_role("button", name="Try again").click()
    cleo.await_joined()
    do(ada, "Cleo", "ban")
    ada.part("ask-first-do").click()
    cleo.part("gone").wait_for(state="visible")
    cleo.open(f"/rooms/{slug}/?name=Cleo")
    is_out(cleo, "You can’t come into this room.")


@pytest.fixture
def members_only(tmp_path: Path, collected: Path) -> Iterator[Server]:
    """A site that lets nobody in who has not signed in."""
    server = Server(tmp_path, **production_settings(collected), WS_AUTH="required")
    server.make_rooms("demo")
    server.start()
    yield server
    server.stop()


def test_the_page_that_asks_to_sign_in(members_only: Server, browsers: Browsers) -> None:
    browser: Browser = browsers[0]
    page = browser.new_page(viewport=DESKTOP)
    page.goto(f"{members_only.url}/rooms/demo/")
    assert page.get_by_role("link", name="Sign in").is_visible()
    assert_no_grave_findings(page, "sign in first")
    page.close()
