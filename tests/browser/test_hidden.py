"""A tab that was really hidden, a page that was really in the back/forward cache: in step again.

Hidden for HIDDEN_S seconds: a few here, 120 in `make networks`, which hides HIDDEN_TABS at a time.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from playwright.sync_api import TimeoutError as Timeout

from tests.browser.conftest import NewViewer
from tests.browser.server import Server
from tests.browser.steps import (
    BACK_S,
    BENT_MS,
    REPEATS,
    assert_in_step,
    link,
    pass_time,
    phase,
)
from tests.browser.viewer import ARGUMENTS, CHROMIUM, Viewer, eventually

pytestmark = pytest.mark.browser

HIDDEN_S = float(os.environ.get("HIDDEN_S", "6"))
HIDDEN_TABS = int(os.environ.get("HIDDEN_TABS", "1"))
"""So many are hidden together and come back one after another: each return is one repeat."""
STEP_S = 30.0
SOON_S = 0.3
ATTACH_MS = 5000


@pytest.fixture
def tabs(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """A Chromium that hides its tabs: one that Playwright starts keeps each of them visible.

    Playwright emulates focus for every page, and switches throttling off at the start; this browser
    is started without, and joined with `no_defaults`.
    """
    command = [CHROMIUM, "--headless=new", "--remote-debugging-port=0", *ARGUMENTS, "about:blank"]
    with (tmp_path / "browser.log").open("w+") as log:
        process = subprocess.Popen(
            [*command, f"--user-data-dir={tmp_path / 'profile'}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            addresses = eventually(
                lambda: re.findall(r"ws://\S+", Path(log.name).read_text()), "Chromium listens"
            )
            browser = attached(playwright, addresses[0])
            yield browser.contexts[0]
            browser.close()
        finally:
            process.terminate()
            process.wait(timeout=10)


def attached(playwright: Playwright, address: str) -> Browser:
    """Playwright hung once in some 250 times while it attached to a browser that had just started.

    Nothing of ours is open in it then; a second connection finds it settled.
    """
    try:
        return playwright.chromium.connect_over_cdp(address, no_defaults=True, timeout=ATTACH_MS)
    except Timeout:
        return playwright.chromium.connect_over_cdp(address, no_defaults=True)


def visibility(page: Page) -> str:
    return str(page.evaluate("document.visibilityState"))


def assert_back_in_step(ada: Viewer, ben: Viewer) -> None:
    """Shown again, a viewer is a member and in step within 5 s."""
    assert visibility(ben.page) == "hidden"
    ben.page.bring_to_front()
    eventually(lambda: visibility(ben.page) == "visible", "the tab is shown")
    eventually(lambda: phase(ben) == "joined", "still or again a member", BACK_S)
    assert_in_step((ada, ben), BACK_S - SOON_S)
    assert not ben.faults


@pytest.mark.parametrize("turn", REPEATS)
def test_a_tab_that_was_hidden_is_in_step_when_it_is_shown(
    server: Server, room: str, new_viewer: NewViewer, tabs: BrowserContext, turn: int
) -> None:
    """Real: another tab in front, `visibilityState`, Chromium's throttling of hidden tabs.

    Not real: the machine has no screen, and Chromium is told nothing of memory or of a battery
    that would make it freeze or discard the tab.
    """
    ada = new_viewer().enter(room, "Ada")
    ada.toggle()
    away = [Viewer(tabs, server.url, BENT_MS).enter(room, f"Ben {n}") for n in range(HIDDEN_TABS)]
    other = tabs.new_page()
    other.bring_to_front()
    eventually(lambda: all(visibility(ben.page) == "hidden" for ben in away), "they are hidden")
    left_s = HIDDEN_S
    while left_s > 0:
        pass_time(ada, min(left_s, STEP_S))
        left_s -= STEP_S
        ada.seek(20)  # the film is shorter than the stretch; and who is hidden has to follow
    for ben in away:
        assert_back_in_step(ada, ben)


@pytest.mark.parametrize("turn", REPEATS)
def test_a_page_out_of_the_back_forward_cache_is_in_step(
    server: Server, room: str, new_viewer: NewViewer, tabs: BrowserContext, turn: int
) -> None:
    """The socket lives in a Worker, which the page cannot close in the moment it is put away."""
    ada = new_viewer().enter(room, "Ada")
    ben = Viewer(tabs, server.url, BENT_MS)
    ben.page.add_init_script(
        "addEventListener('pageshow', ({persisted}) => window.was = persisted)"
    )
    ben.enter(room, "Ben")
    ada.toggle()
    assert_in_step((ada, ben), BACK_S)
    ben.page.goto(f"{server.url}/")
    eventually(lambda: ada.part("member").count() == 1, "the room notices", 10.0)
    ben.page.go_back(wait_until="commit")
    eventually(lambda: phase(ben) == "joined", "a member again", BACK_S)
    assert ben.page.evaluate("window.was"), "the page came out of the cache"
    assert link(ben) == "worker"
    assert_in_step((ada, ben), BACK_S - SOON_S)
    assert not ben.faults
