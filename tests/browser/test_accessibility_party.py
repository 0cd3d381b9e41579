"""Roles, settings and the door for everybody: axe-core in every state, the keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import DESKTOP, assert_no_grave_findings
from tests.browser.conftest import Browsers, NewViewer
from tests.browser.server import Server, production_settings
from tests.browser.test_roles import PASSWORD, do, may_play, own_room, row, set_room, show_people
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

MOST_STEPS = 60
FOCUSED = """() => {
    const {id, dataset} = document.activeElement;
    return dataset.action || dataset.testid || dataset.part || id;
}"""


@pytest.fixture
def party(new_viewer: NewViewer) -> tuple[Viewer, Viewer, str]:
    """Ada in a room of hers, Ben as a guest, and the room's address."""
    ada, slug = own_room(new_viewer)
    ben = new_viewer().enter(slug, "Ben")
    for viewer in (ada, ben):
        viewer.page.set_viewport_size(DESKTOP)
    return ada, ben, slug


def focused(viewer: Viewer) -> str:
    """What the keyboard is on: its action, test id, part or id."""
    found: str = viewer.page.evaluate(FOCUSED)
    return found


def tab_to(viewer: Viewer, name: str, key: str = "Tab") -> None:
    """Go on by one key until the keyboard is there; nothing on the way may trap it."""
    for _ in range(MOST_STEPS):
        if focused(viewer) == name:
            return
        viewer.press(key)
    raise AssertionError(f"{name} was not reached by {key}; the keyboard is on {focused(viewer)}")


def use(viewer: Viewer, name: str) -> None:
    """Reach a button by Tab and press it."""
    tab_to(viewer, name)
    viewer.press("Enter")


def to_people(viewer: Viewer) -> None:
    """The tab of people, by its own key and arrows."""
    tab_to(viewer, "tab-chat")
    viewer.press("ArrowRight")
    assert focused(viewer) == "tab-people"


def test_roles_and_their_questions_have_no_grave_findings(
    party: tuple[Viewer, Viewer, str],
) -> None:
    ada, ben, _ = party
    set_room(ada, control="ask")
    eventually(lambda: ben.part("ask-control").is_visible(), "a guest may ask")
    assert_no_grave_findings(ben.page, "controls that are not ours")
    ben.part("ask-control").click()
    show_people(ada)
    eventually(lambda: ada.part("asks").is_visible(), "the owner sees who asks")
    row(ada, "Ben").get_by_test_id("member-more").click()
    assert_no_grave_findings(ada.page, "somebody asks, and a person's menu")
    row(ada, "Ben").locator("[data-action=ban]").click()
    assert_no_grave_findings(ada.page, "the question before a ban")
    ada.press("Escape")
    ada.part("settings-open").click()
    ada.part("set-title").fill(" ")
    ada.part("settings-save").click()
    ada.page.locator("#set-title-error").wait_for(state="visible")
    assert_no_grave_findings(ada.page, "settings with a fault")
    ada.part("end-party").click()
    assert_no_grave_findings(ada.page, "the question before the end")


def test_the_door_and_its_refusals_have_no_grave_findings(
    party: tuple[Viewer, Viewer, str], new_viewer: NewViewer
) -> None:
    ada, ben, slug = party
    set_room(ada, hasPassword=True, password=PASSWORD)
    cleo = new_viewer().open(f"/rooms/{slug}/?name=Cleo")
    cleo.part("door-password").fill("open barley")
    cleo.part("door-password").press("Enter")
    cleo.part("door-password-error").wait_for(state="visible")
    assert_no_grave_findings(cleo.page, "a wrong password")
    set_room(ada, locked=True, hasPassword=False)
    cleo.open(f"/rooms/{slug}/?name=Cleo")
    cleo.part("gone").wait_for(state="visible")
    assert_no_grave_findings(cleo.page, "a locked door")
    do(ada, "Ben", "remove")
    ada.part("ask-first-reason").fill("No spoilers, please.")
    ada.part("ask-first-do").click()
    ben.part("gone-reason").wait_for(state="visible")
    assert_no_grave_findings(ben.page, "removed, with a word")


@pytest.fixture
def members_only(tmp_path: Path, collected: Path) -> Iterator[Server]:
    """A site that lets nobody in who has not signed in."""
    server = Server(tmp_path, **production_settings(collected), WS_AUTH="required")
    server.make_rooms("demo")
    server.start()
    yield server
    server.stop()


def test_the_page_that_asks_to_sign_in_has_no_grave_findings(
    members_only: Server, browsers: Browsers
) -> None:
    browser: Browser = browsers[0]
    page = browser.new_page(viewport=DESKTOP)
    page.goto(f"{members_only.url}/rooms/demo/")
    assert page.get_by_role("link", name="Sign in").is_visible()
    assert_no_grave_findings(page, "sign in first")
    page.close()


def test_the_keyboard_alone_makes_a_host_and_removes_nobody_by_mistake(
    party: tuple[Viewer, Viewer, str],
) -> None:
    ada, ben, _ = party
    to_people(ada)
    use(ada, "member-more")
    use(ada, "make-host")
    eventually(lambda: "host" in row(ben, "Ben").inner_text(), "Ben is a host")
    assert focused(ada) == "member-more", "the keyboard is where it was"
    ada.press("Enter")
    use(ada, "remove")
    eventually(lambda: focused(ada) == "ask-first-reason", "first a question")
    ada.press("Escape")
    assert not ada.part("ask-first").is_visible()
    assert focused(ada) == "member-more", "the keyboard is where it was"
    assert ada.part("member").count() == 2, "Ben is still here"
    ada.press("Enter")
    use(ada, "remove")
    ada.page.keyboard.type("Bye.")
    ada.press("Enter")
    eventually(ben.part("gone").is_visible, "Ben is out")
    assert "Bye." in ben.part("gone-reason").inner_text()


def test_the_keyboard_alone_changes_settings_and_a_guest_asks_for_control(
    party: tuple[Viewer, Viewer, str],
) -> None:
    ada, ben, _ = party
    to_people(ada)
    use(ada, "settings-open")
    tab_to(ada, "set-control")
    ada.page.keyboard.type("Guests")  # a list is chosen from by its first letters
    use(ada, "settings-save")
    eventually(lambda: not ada.part("settings-dialog").is_visible(), "the room has taken it")
    assert focused(ada) == "settings-open", "the keyboard is where it was"
    eventually(lambda: not may_play(ben), "guests ask first")
    use(ben, "ask-control")
    eventually(ada.part("asks").is_visible, "the owner sees who asks")
    use(ada, "ask-let")
    eventually(lambda: may_play(ben), "control was given")
    ben.press("Escape")
    ben.page.evaluate("document.activeElement.blur()")
    ben.press("k")
    eventually(lambda: not ada.paused, "and it is true")


def test_the_keyboard_alone_comes_in_by_the_second_password(
    party: tuple[Viewer, Viewer, str], new_viewer: NewViewer
) -> None:
    ada, _, slug = party
    set_room(ada, hasPassword=True, password=PASSWORD)
    cleo = new_viewer().open(f"/rooms/{slug}/?name=Cleo")
    eventually(lambda: focused(cleo) == "door-password", "the keyboard is in the field")
    cleo.page.keyboard.type("open barley")
    cleo.press("Enter")
    cleo.part("door-password-error").wait_for(state="visible")
    assert cleo.part("door-password-error").get_attribute("role") == "alert"
    assert focused(cleo) == "door-password"
    cleo.page.keyboard.type(PASSWORD)  # the wrong one was selected
    cleo.press("Enter")
    cleo.await_joined()
