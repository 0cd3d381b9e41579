"""What happens in a room is told in Django's admin, and what is done there reaches the room."""

import csv
import io
import json
from typing import Any

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]


def told(administrator: Viewer, room: str) -> str:
    """The story of a room as the page has it, asked for anew."""
    administrator.open(f"/admin/watchparty/room/?q={room}")
    administrator.page.get_by_role("link", name="Story", exact=True).click()
    return str(administrator.page.locator(".story-moments").inner_text())


def kept(administrator: Viewer, form: str) -> str:
    """The whole story as a file, by the link on its page."""
    with administrator.page.expect_download() as download:
        administrator.page.get_by_role("link", name=form, exact=True).click()
    return str(download.value.path().read_text(encoding="utf-8-sig"))


def test_a_party_of_three_is_told_as_it_was_and_can_be_kept(
    administrator: Viewer, new_viewer: NewViewer, room: str
) -> None:
    ada, ben, cleo = (new_viewer().enter(room, name) for name in ("Ada", "Ben", "Cleo"))
    ada.toggle()
    eventually(lambda: not cleo.paused, "it plays")
    ben.seek(40)
    eventually(lambda: cleo.position_s >= 40, "Ben's seek is there")
    cleo.part("chat-text").fill("Is that a <clock>?")
    cleo.part("chat-text").press("Enter")
    eventually(lambda: ada.part("message-text").count() == 1, "Cleo is read")
    ben.part("react").nth(1).click()
    eventually(lambda: ada.part("reaction").count() >= 1, "Ben's reaction is seen")
    ada.set_rate(1.25)
    cleo.part("chat-text").evaluate("field => field.blur()")
    cleo.toggle()
    eventually(lambda: all(one.paused for one in (ada, ben, cleo)), "Cleo has paused")
    for viewer in (ada, ben, cleo):
        viewer.leave()
    # Reactions and visits are written after 5 s, and who leaves has a grace of as much.
    eventually(
        lambda: (
            "pauses" in told(administrator, room)
            and administrator.page.locator(".story-react").count() == 1
            and "after" not in "".join(titles(administrator, ".story-presence title"))
        ),
        "all of it is told",
        30.0,
    )
    story = " ".join(told(administrator, room).split())
    said = [
        *("Ada plays at 0:00", "Ben goes to 0:40", "Cleo writes at 0:4"),
        *("Is that a <clock>?", "Ada sets the speed to 1.25×", "Cleo pauses at 0:4"),
    ]
    places = [story.find(words) for words in said]
    assert -1 not in places, story
    assert places == sorted(places), story
    stays = titles(administrator, ".story-presence title")
    assert [stay.split(",")[0] for stay in stays] == ["Ada", "Ben", "Cleo"]
    assert all("off by" in stay for stay in stays[:2]), stays  # Cleo may be gone before it is known
    controls = [title.split(" ", 1)[1] for title in titles(administrator, ".story-film title")]
    assert [one for one in controls if one.startswith("Ben")] == ["Ben goes to 0:40"], controls
    events = json.loads(kept(administrator, "JSON"))
    assert {visit["name"] for visit in events["visits"]} == {"Ada", "Ben", "Cleo"}
    assert sum(total["count"] for total in events["reactions"]) == 1
    lines = list(csv.DictReader(io.StringIO(kept(administrator, "CSV"))))
    assert "Is that a <clock>?" in [line["text"] for line in lines if line["who"] == "Cleo"]
    assert len(lines) == len(events["events"])


def titles(administrator: Viewer, selector: str) -> list[str]:
    """What shapes of a drawing say of themselves."""
    found: list[Any] = administrator.page.locator(selector).all_text_contents()
    return [str(title) for title in found]


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
