"""Both servers, `serve` and `runserver`, serve pages and let a film be sought."""

import re
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Browsers
from tests.browser.server import Server
from tests.browser.viewer import Viewer, eventually

pytestmark = [pytest.mark.browser, pytest.mark.beside]

FILM = "/media/clockwork-30.webm"


# `runserver` first: the last one is still there when a file is changed, which it would see.
@pytest.fixture(scope="module", params=["runserver", "serve"])
def development_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Either server as a newcomer has it: DEBUG, no setting but the port."""
    server = Server(tmp_path_factory.mktemp(request.param), request.param)
    server.make_rooms("demo")
    server.start()
    yield server
    server.stop()


def test_a_newcomer_can_watch_and_seek(development_server: Server, browsers: Browsers) -> None:
    context = browsers[0].new_context()
    ada = Viewer(context, development_server.url).enter("demo", "Ada")
    ada.seek(45)
    eventually(lambda: abs(ada.position_s - 45) < 0.1, "the film stands at 45 s")
    ada.toggle()
    eventually(lambda: not ada.paused and ada.position_s > 45.5, "it plays from there")
    context.close()
    assert not ada.faults


def test_a_range_is_answered_with_206(development_server: Server) -> None:
    request = urllib.request.Request(
        development_server.url + FILM, headers={"Range": "bytes=1000-1999"}
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        assert response.status == 206
        assert len(response.read()) == 1000


def test_the_production_server_says_where_it_is_and_ends_cleanly(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    assert server.interrupt(signal.SIGINT) == 0
    assert re.search(rf"http://localhost:{server.port}\b", server.log())
    assert "Traceback" not in server.log()
    server.stop()


def test_runserver_reloads_when_a_file_changes(tmp_path: Path) -> None:
    server = Server(tmp_path, "runserver")
    server.start()
    try:
        # Touched again and again, as nobody can tell when the watcher has taken its first look.
        eventually(lambda: touched_and_seen(server), "the change was seen")
        eventually(lambda: server.log().count("Starting ASGI") >= 2, "it listens again")
    finally:
        server.stop()


def touched_and_seen(server: Server) -> bool:
    Path("config/urls.py").touch()
    return "reloading" in server.log()
