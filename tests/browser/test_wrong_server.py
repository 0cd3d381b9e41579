"""A server whose clock is 2 s wrong: its viewers and those of another server see one picture."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.browser.conftest import NewViewer
from tests.browser.steps import BENT_MS, measured, watched_skew
from tests.browser.viewer import Viewer, eventually
from tests.cluster.cluster import Cluster

pytestmark = pytest.mark.browser

AHEAD_MS = 2000.0
WRONG = {"utcMs": AHEAD_MS, "rawMs": -300_000, "ppm": 50}
"""UTC and oscillator, each wrong for itself."""
APART_MS = 20.0


@pytest.fixture
def cluster(tmp_path: Path, collected: Path) -> Iterator[Cluster]:
    """A right server and a wrong one."""
    names, clocks = ("right", "wrong"), {"wrong": WRONG}
    cluster = Cluster(
        tmp_path, names, rooms=["party"], postgres=False, static=collected, clocks=clocks
    )
    with cluster:
        yield cluster


def test_viewers_of_a_wrong_server_are_within_20_ms_of_the_others(
    cluster: Cluster, new_viewer: NewViewer
) -> None:
    servers = list(cluster.by_name)
    eventually(lambda: all(clock(cluster, s)["state"] == "locked" for s in servers), "they agree")
    right, wrong = (clock(cluster, server)["civilOffsetMs"] for server in servers)
    assert abs(wrong - right - AHEAD_MS) < 100, "its clock is really wrong"
    ada = new_viewer(url=cluster["right"].url).enter("party", "Ada")
    ben = new_viewer(url=cluster["wrong"].url, clock_offset_ms=BENT_MS).enter("party", "Ben")
    ben.toggle()
    eventually(lambda: all(v.position_s > 0.5 for v in (ada, ben)), "both play")
    measured(ada, partial(assert_within, ada, ben))
    # And who moves the film at the right one takes along whoever is at the wrong one.
    ada.seek(30)
    eventually(lambda: all(v.position_s > 30.5 for v in (ada, ben)), "both are there")
    measured(ada, partial(assert_within, ada, ben))


def assert_within(ada: Viewer, ben: Viewer) -> None:
    """Their pictures, most of the time: one glance may fall on a picture that is late."""
    apart_ms = watched_skew([ada, ben], settle_s=2.0)
    print(f"apart: {median(apart_ms):.1f} ms, at most {max(apart_ms):.1f} ms")
    assert median(apart_ms) <= APART_MS, [viewer.tells() for viewer in (ada, ben)]


def clock(cluster: Cluster, name: str) -> dict[str, Any]:
    """What a server says of its media clock."""
    told: dict[str, Any] = cluster.health(name)["timebase"]
    return told
