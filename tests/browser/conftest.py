"""Servers and browsers for the tests of this folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.server import ADMIN_PASSWORD, Server, collect, production_settings
from tests.browser.stalls import WITNESS
from tests.browser.viewer import Viewer, launch

BROWSERS = 3
NewViewer = Callable[..., Viewer]


class Browsers:
    """Separate browser processes, so that nothing but the server joins them.

    Each starts when it is first asked for: pages need one, company up to three.
    """

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._started: dict[int, Browser] = {}

    def __getitem__(self, index: int) -> Browser:
        if index not in self._started:
            self._started[index] = launch(self._playwright)
        return self._started[index]

    def close(self) -> None:
        """End those that were started."""
        for browser in self._started.values():
            browser.close()


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files of a real site, for every production server; `make slow` gives its own."""
    if given := os.environ.get("TESTS_STATIC"):
        return Path(given)
    folder = tmp_path_factory.mktemp("static")
    collect(folder)
    return folder


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, collected: Path, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """One production server for all browser tests, with their rooms."""
    server = Server(tmp_path_factory.mktemp("server"), **production_settings(collected))
    tests = request.session.items
    rooms = {slug_of(test) for test in tests if "room" in getattr(test, "fixturenames", ())}
    server.make_rooms("demo", *rooms)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session", autouse=True)
def witness() -> Iterator[None]:
    """It looks from the first test on whether the machine stands still."""
    with WITNESS:
        yield


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browsers(playwright: Playwright) -> Iterator[Browsers]:
    browsers = Browsers(playwright)
    yield browsers
    browsers.close()


@pytest.fixture
def new_viewer(server: Server, browsers: Browsers) -> Iterator[NewViewer]:
    """A new person in the first, second, third browser; no page may throw anything."""
    contexts = []
    viewers: list[Viewer] = []

    def make(
        browser: int | None = None,
        clock_offset_ms: float = 0.0,
        url: str = server.url,
        clock_skew_ppm: float = 0.0,
        **like: Any,
    ) -> Viewer:
        """`like` is what Playwright emulates: timezone_id, locale, reduced_motion."""
        index = len(viewers) % BROWSERS if browser is None else browser
        context = browsers[index].new_context(viewport={"width": 960, "height": 700}, **like)
        contexts.append(context)
        viewers.append(Viewer(context, url, clock_offset_ms, clock_skew_ppm))
        return viewers[-1]

    yield make
    faults = [fault for viewer in viewers for fault in viewer.faults]
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture(scope="session")
def account(server: Server) -> None:
    """Who may do everything."""
    server.manage("createsuperuser", "--no-input", "--username=root", "--email=root@example.org")


@pytest.fixture
def administrator(account: None, new_viewer: NewViewer) -> Viewer:
    """Somebody signed in to the admin."""
    viewer = new_viewer().open("/admin/")
    viewer.page.get_by_label("Username").fill("root")
    viewer.page.get_by_label("Password").fill(ADMIN_PASSWORD)
    viewer.page.get_by_role("button", name="Log in").click()
    return viewer


@pytest.fixture
def room(server: Server, request: pytest.FixtureRequest) -> str:
    """A room of its own for one test, with the demo film."""
    slug = slug_of(request.node)
    if slug not in server.rooms:  # a server of this test alone
        server.make_rooms(slug)
    return slug


def slug_of(test: pytest.Item) -> str:
    """The address of a test's own room."""
    slug = test.name.lower().replace("_", "-").replace("[", "-").replace("]", "")[:60]
    return slug.strip("-")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
