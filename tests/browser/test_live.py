"""Live now in the admin: it changes under the administrator's eyes, and takes nothing from them."""

import pytest

from tests.browser.axe import assert_no_grave_findings, overflow_px
from tests.browser.conftest import NewViewer
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]


def test_an_administrator_watches_a_party_come_together(
    administrator: Viewer, new_viewer: NewViewer, room: str
) -> None:
    ada = new_viewer(0).enter(room, "Ada")
    ada.toggle()
    page = administrator.page
    page.get_by_role("link", name="Live now").click()
    party = page.locator(f"#live-{room}")
    eventually(lambda: "Playing" in party.inner_text(), "the party is seen")

    # It moves, and what was opened and focused stays so while people come.
    clock = party.locator("[data-clock]")
    before = clock.inner_text()
    eventually(lambda: clock.inner_text() != before, "the playhead moves")
    party.locator("summary").click()
    eventually(lambda: "Ada" in party.inner_text(), "who is here")
    new_viewer(0).enter(room, "Ben")
    eventually(lambda: "Ben" in party.inner_text(), "who comes is seen without a reload")
    assert party.locator("details").get_attribute("open") is not None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    shown_s = page.evaluate(
        "s => document.querySelector(s).value", f"[id='live-{room}'] [data-bar]"
    )
    assert abs(shown_s - ada.position_s) < 1.0

    assert_no_grave_findings(page, "live now", within=".live", themes=("dark", "light"))
    assert overflow_px(page) <= 0

    # A server that is away is said, and it goes on by itself.
    trouble = page.locator("#live-trouble")
    page.context.set_offline(True)
    eventually(trouble.is_visible, "that nothing is heard")
    assert "does not answer" in trouble.inner_text()
    page.context.set_offline(False)
    eventually(trouble.is_hidden, "it goes on")

    party.get_by_role("button", name="Close").click()
    assert page.get_by_role("heading", name="Close these rooms for good?").is_visible()
