"""Who may do what, by real browsers: roles, asking for control, removal, and the door."""

import pytest

from tests.browser.axe import assert_no_grave_findings
from tests.browser.conftest import NewViewer
from tests.browser.house import PASSWORD, do, may_play, own_room, row, set_room, show_people
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]


def test_hosts_only_ask_and_promotion_decide_who_controls(new_viewer: NewViewer) -> None:
    ada, slug = own_room(new_viewer)
    ben = new_viewer().enter(slug, "Ben")
    assert ben.part("settings-open").is_hidden()
    assert may_play(ben)

    set_room(ada, control="hosts")
    eventually(lambda: not may_play(ben), "a guest's controls are no more")
    ben.press("k")
    eventually(lambda: "Only hosts" in ben.part("toast").inner_text(), "the key says who controls")
    assert ada.paused

    set_room(ada, control="ask")
    eventually(lambda: ben.part("ask-control").is_visible(), "a guest may ask")
    ben.part("ask-control").click()
    show_people(ada)
    eventually(lambda: "Ben asks" in ada.part("asks").inner_text(), "the owner sees who asks")
    ada.part("ask-let").click()
    eventually(lambda: may_play(ben), "control was given")
    ben.press("k")
    eventually(lambda: not ada.paused, "and it is true")

    do(ada, "Ben", "take-control")
    eventually(lambda: not may_play(ben), "control was taken back")
    do(ada, "Ben", "make-host")
    eventually(lambda: may_play(ben), "a host controls")
    show_people(ben)
    eventually(ben.part("settings-open").is_visible, "and has the settings")
    ben.press("k")
    eventually(lambda: ada.paused, "the host paused")


def test_a_room_is_handed_over_and_ended_by_its_new_owner(new_viewer: NewViewer) -> None:
    ada, slug = own_room(new_viewer)
    ben = new_viewer().enter(slug, "Ben")
    do(ada, "Ben", "hand-over")
    assert "Ben" in ada.part("ask-first").inner_text()
    ada.part("ask-first-do").click()
    eventually(lambda: "owner" in row(ben, "Ben").inner_text(), "Ben owns it")
    eventually(lambda: "host" in row(ada, "Ada").inner_text(), "Ada helps")

    ada.part("settings-open").click()
    assert ada.part("end-party").is_hidden()
    ada.press("Escape")
    ben.part("settings-open").click()
    ben.part("end-party").click()
    ben.part("ask-first-do").click()
    for viewer in (ada, ben):
        gone = viewer.part("gone")
        eventually(gone.is_visible, "the party is over")
        assert "ended the party" in gone.inner_text()


def test_who_is_removed_is_told_why_in_all_tabs_and_a_ban_stays(new_viewer: NewViewer) -> None:
    ada, slug = own_room(new_viewer)
    ben = new_viewer().enter(slug, "Ben")
    twin = Viewer(ben.page.context, ben.url).enter(slug, "Ben")
    eventually(lambda: "2 tabs" in row(ada, "Ben").inner_text(), "one person, two tabs")
    do(ada, "Ben", "remove")
    ada.part("ask-first-reason").fill("No spoilers, please.")
    ada.part("ask-first-do").click()
    for tab in (ben, twin):
        eventually(tab.part("gone").is_visible, "both tabs are out")
        assert "No spoilers, please." in tab.part("gone-reason").inner_text()
    eventually(lambda: row(ada, "Ben").count() == 0, "Ben is gone from the list")
    ben.open(f"/rooms/{slug}/?name=Ben")
    eventually(ben.part("gone").is_visible, "a reload does not open the door")
    assert "Come back in" in ben.part("gone").inner_text()

    cleo = new_viewer().enter(slug, "Cleo")
    do(ada, "Cleo", "ban")
    ada.part("ask-first-do").click()
    eventually(cleo.part("gone").is_visible, "Cleo is out")
    cleo.open(f"/rooms/{slug}/?name=Cleo")
    eventually(cleo.part("gone").is_visible, "and stays out")
    assert "come into this room" in cleo.part("gone").inner_text()
    assert cleo.page.get_by_role("button", name="again").is_hidden()

    show_people(ada)
    ada.part("bans").locator("summary").click()
    assert "Cleo" in ada.part("ban").inner_text()
    assert "by Ada" in ada.part("ban").inner_text()
    assert_no_grave_findings(ada.page, "somebody is banned")
    ada.part("unban").click()
    eventually(ada.part("bans").is_hidden, "nobody is banned any more")
    cleo.open(f"/rooms/{slug}/?name=Cleo")
    cleo.await_joined()
    assert cleo.part("bans").is_hidden()


def test_a_door_with_a_password_and_a_lock(new_viewer: NewViewer) -> None:
    ada, slug = own_room(new_viewer)
    set_room(ada, hasPassword=True, password=PASSWORD)
    ben = new_viewer().open(f"/rooms/{slug}/?name=Ben")
    field = ben.part("door-password")
    eventually(field.is_visible, "the door asks for the password")
    assert not ben.part("gone").is_visible()
    field.fill("open barley")
    field.press("Enter")
    eventually(ben.part("door-password-error").is_visible, "it was another one")
    field.fill(PASSWORD)
    field.press("Enter")
    ben.await_joined()

    set_room(ada, locked=True)
    ben.open(f"/rooms/{slug}/?name=Ben")
    ben.await_joined()  # the ticket of this tab readmits, past password and lock
    cleo = new_viewer().open(f"/rooms/{slug}/?name=Cleo")
    eventually(cleo.part("gone").is_visible, "nobody new comes in")
    assert "locked" in cleo.part("gone").inner_text()
    set_room(ada, locked=False, hasPassword=False)
    cleo.page.get_by_role("button", name="Try again").click()
    cleo.await_joined()
