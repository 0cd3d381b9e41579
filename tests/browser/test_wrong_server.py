"""A server whose clock is 2 s wrong: its viewers and those of another server see one picture."""

import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.server import Server, production_settings
from tests.browser.steps import BENT_MS, watched_skew
from tests.browser.viewer import Viewer, eventually
from tests.redis_server import RedisServer

pytestmark = pytest.mark.browser

AHEAD_MS = 2000.0
WRONG = {"utcMs": AHEAD_MS, "rawMs": -300_000, "ppm": 50}
"""UTC and oscillator, each wrong for itself."""
APART_MS = 20.0


@pytest.fixture
def servers(tmp_path: Path, collected: Path) -> Iterator[list[Server]]:
    """A right one and a wrong one, on one Redis and one database."""
    redis = RedisServer()
    redis.start()
    settings = production_settings(collected) | {"REDIS_URL": redis.url}
    right = Server(tmp_path, INSTANCE_ID="right", **settings)
    (tmp_path / "wrong").mkdir()
    bent = {"DJANGO_SETTINGS_MODULE": "tests.browser.bent_settings"}
    settings |= bent | {"TESTS_CLOCKS": json.dumps(WRONG)}
    settings |= {"DATABASE_URL": f"sqlite:///{right.database}", "INSTANCE_ID": "wrong"}
    wrong = Server(tmp_path / "wrong", **settings)
    try:
        right.make_rooms("party")
        with ThreadPoolExecutor() as pool:
            list(pool.map(Server.start, (right, wrong)))
        yield [right, wrong]
    finally:
        for server in (right, wrong):
            server.stop()
        redis.end()


def test_viewers_of_a_wrong_server_are_within_20_ms_of_the_others(
    servers: list[Server], new_viewer: NewViewer
) -> None:
    eventually(lambda: all(clock(server)["state"] == "locked" for server in servers), "they agree")
    right, wrong = (clock(server)["civilOffsetMs"] for server in servers)
    assert abs(wrong - right - AHEAD_MS) < 100, "its clock is really wrong"
    ada = new_viewer(url=servers[0].url).enter("party", "Ada")
    ben = new_viewer(url=servers[1].url, clock_offset_ms=BENT_MS).enter("party", "Ben")
    ben.toggle()
    eventually(lambda: all(v.position_s > 0.5 for v in (ada, ben)), "both play")
    assert_within(ada, ben)
    # And who starts the film at the right one moves nobody at the wrong one.
    ada.seek(30)
    eventually(lambda: all(v.position_s > 30.5 for v in (ada, ben)), "both are there")
    assert_within(ada, ben)


def assert_within(ada: Viewer, ben: Viewer) -> None:
    """Their pictures, most of the time: one glance may fall on a picture that is late."""
    apart_ms = watched_skew([ada, ben], settle_s=2.0)
    print(f"apart: {median(apart_ms):.1f} ms, at most {max(apart_ms):.1f} ms")
    assert median(apart_ms) <= APART_MS, [viewer.tells() for viewer in (ada, ben)]


def clock(server: Server) -> dict[str, Any]:
    """What a server says of its media clock."""
    with urllib.request.urlopen(f"{server.url}/api/health", timeout=5) as response:
        told: dict[str, Any] = json.load(response)["timebase"]
    return told
