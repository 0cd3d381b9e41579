"""One cluster for all tests of a session that leave it whole, and nginx before it."""

from collections.abc import Callable, Iterator

import pytest

from tests.cluster.cluster import Cluster
from tests.deploy.nginx import Nginx

ROOMS = ("demo", "lost", "far", "near")
SOCKETS_OPEN = 12
"""Of one address on one server: more than any test needs, few enough to be reached."""

CLOCKS = {
    "two": {"utcMs": 2000, "rawMs": -300_000, "ppm": 50},
    "three": {"utcMs": -1000, "rawMs": 5000, "ppm": -50},
}
"""Of one host all are right together: what agrees here does so by our own doing."""

NewNginx = Callable[..., Nginx]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three servers in production settings on Redis and PostgreSQL."""
    with Cluster(
        tmp_path_factory.mktemp("cluster"),
        rooms=ROOMS,
        static=tmp_path_factory.mktemp("static"),
        clocks=CLOCKS,
        ADDRESS_SOCKETS_OPEN=str(SOCKETS_OPEN),
    ) as cluster:
        yield cluster


@pytest.fixture
def in_front(cluster: Cluster) -> Iterator[NewNginx]:
    """Starts an nginx before the servers for one test; takes what Cluster.front takes."""
    started: list[Nginx] = []

    def start(**how: object) -> Nginx:
        started.append(cluster.front(**how))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for nginx in started:
        nginx.stop()
