"""Steps about whose room it is: started, its people looked at, roles given, settings changed."""

from playwright.sync_api import Locator

from tests.browser.conftest import NewViewer
from tests.browser.viewer import Viewer, eventually

PASSWORD = "open sesame"


def own_room(new_viewer: NewViewer) -> tuple[Viewer, str]:
    """Ada in a room that she has started, and its address."""
    ada = new_viewer().open("/")
    ada.page.locator("#id_title").fill("Film club")
    ada.page.locator("#id_title").press("Enter")
    ada.part("door-name").fill("Ada")
    ada.part("door-join").click()
    ada.await_joined()
    return ada, ada.page.url.split("/rooms/")[1].strip("/")


def row(viewer: Viewer, name: str) -> Locator:
    """The row of somebody in the list of people."""
    show_people(viewer)
    them: Locator = viewer.part("member").filter(has_text=name)
    return them


def show_people(viewer: Viewer) -> None:
    """Where the rail has tabs, people are one of them."""
    if viewer.part("tab-people").count():
        viewer.part("tab-people").click()


def open_menu(viewer: Viewer, name: str) -> Locator:
    """Open the menu in somebody's row; returns the row."""
    them = row(viewer, name)
    them.get_by_test_id("member-more").click()
    return them


def do(viewer: Viewer, name: str, action: str) -> None:
    """Choose from the menu in somebody's row."""
    open_menu(viewer, name).locator(f"[data-action={action}]").click()


def set_room(viewer: Viewer, **fields: str | bool) -> None:
    """Change the room's settings, by the names of their fields."""
    show_people(viewer)
    viewer.part("settings-open").click()
    dialog = viewer.part("settings-dialog")
    for name, value in fields.items():
        field = dialog.locator(f"[name={name}]")
        if isinstance(value, bool):
            field.set_checked(value)
        elif name in {"title", "password", "maxUsers"}:
            field.fill(value)
        else:
            field.select_option(value)
    viewer.part("settings-save").click()
    try:
        eventually(lambda: not dialog.is_visible(), "the room has taken the settings")
    except AssertionError as late:
        raise AssertionError(f"{late}; the dialog says: {dialog.inner_text()}") from late


def may_play(viewer: Viewer) -> bool:
    """Whether the film is this viewer's to control."""
    return viewer.part("play").get_attribute("aria-disabled") is None
