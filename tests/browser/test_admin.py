"""What an administrator does in Django's admin reaches the people in the room."""

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.server import ADMIN_PASSWORD, Server
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]


@pytest.fixture
def administrator(server: Server, new_viewer: NewViewer) -> Viewer:
    """Somebody signed in to the admin."""
    server.manage("createsuperuser", "--no-input", "--username=root", "--email=root@example.org")
    viewer = new_viewer().open("/admin/")
    viewer.page.get_by_label("Username").fill("root")
    viewer.page.get_by_label("Password").fill(ADMIN_PASSWORD)
    viewer.page.get_by_role("button", name="Log in").click()
    return viewer


def test_a_room_closed_in_the_admin_says_so_to_everyone(
    administrator: Viewer, new_viewer: NewViewer, room: str
) -> None:
    ada = new_viewer().enter(room, "Ada")
    administrator.open(f"/admin/watchparty/room/?q={room}")
    administrator.page.locator("input.action-select").first.check()
    administrator.page.locator("select[name=action]").select_option("close_rooms")
    administrator.page.get_by_role("button", name="Go").click()
    administrator.page.get_by_role("button", name="Yes, do it").click()
    eventually(lambda: ada.part("gone").is_visible(), "Ada is told")
    assert "closed" in ada.part("gone").inner_text().lower()
    late = new_viewer().open(f"/rooms/{room}/?name=Late")
    eventually(lambda: late.part("gone").is_visible(), "nobody comes in any more")
