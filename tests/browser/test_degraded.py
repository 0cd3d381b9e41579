"""Redis goes away in the middle of a film: the film goes on, the page says so, all comes back."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewViewer
from tests.browser.viewer import Viewer, eventually
from tests.cluster.cluster import Cluster
from watchparty.hub.outage import REFUSED

pytestmark = [pytest.mark.browser, pytest.mark.beside]

AWAY = "The film goes on; controls will be back in a moment."
AWAY_S = 3.0


@pytest.fixture
def cluster(tmp_path: Path, collected: Path) -> Iterator[Cluster]:
    """Two servers that have nothing in common but Redis and the database."""
    names = ("one", "two")
    with Cluster(tmp_path, names, rooms=["party"], postgres=False, static=collected) as cluster:
        yield cluster


def test_without_redis_the_film_goes_on_and_with_it_the_party(
    cluster: Cluster, new_viewer: NewViewer
) -> None:
    ada = new_viewer(url=cluster["one"].url).enter("party", "Ada")
    ben = new_viewer(url=cluster["two"].url).enter("party", "Ben")
    ada.toggle()
    eventually(lambda: all(v.position_s > 0.5 for v in (ada, ben)), "both play")
    assert not any(v.part("banner").is_visible() for v in (ada, ben))

    cluster.redis.kill()
    for viewer in (ada, ben):
        expect(viewer.part("banner")).to_contain_text(AWAY)
        expect(viewer.part("banner").get_by_role("button")).to_be_hidden()
    assert_refused_and_playing(ada)
    cy = new_viewer(url=cluster["two"].url).open("/rooms/party/?name=Cy")
    expect(cy.part("banner")).to_contain_text(AWAY)
    assert_goes_on(ada, ben)

    cluster.redis.start()
    back_s = time.monotonic()
    for viewer in (ada, ben, cy):
        expect(viewer.part("banner")).to_be_hidden()
    print(f"no banner after {time.monotonic() - back_s:.2f} s")
    cy.await_joined()
    ben.toggle()
    eventually(lambda: all(v.paused for v in (ada, ben, cy)), "Ben's pause reaches all")


def assert_refused_and_playing(viewer: Viewer) -> None:
    """Their pause is refused in words, and taken back."""
    viewer.toggle()
    expect(viewer.part("toast")).to_contain_text(REFUSED)
    eventually(lambda: not viewer.paused, "the film goes on all the same")


def assert_goes_on(*viewers: Viewer) -> None:
    """The film plays on through the outage."""
    until_s = [viewer.position_s + AWAY_S for viewer in viewers]
    for viewer, there_s in zip(viewers, until_s, strict=True):
        eventually(partial(is_past, viewer, there_s), "the film goes on")
        assert viewer.part("banner").is_visible()


def is_past(viewer: Viewer, position_s: float) -> bool:
    """Whether the film has come beyond a position."""
    return viewer.position_s > position_s
