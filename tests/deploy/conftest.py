"""Three real servers on one Redis and one database, to put an nginx before."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.browser.server import Server, collect, production_settings
from tests.commands import migrated
from tests.deploy.nginx import Nginx
from tests.redis_server import RedisServer

NAMES = ("one", "two", "three")
ROOMS = ("demo", "lost", "far", "near")
SOCKETS_OPEN = 12
"""Of one address on one server: more than any test here needs, few enough to be reached."""


class Servers:
    """The servers by name, all joined by one Redis."""

    def __init__(self, folder: Path, static: Path) -> None:
        self._redis = RedisServer()
        database = folder / "db.sqlite3"
        database.write_bytes(migrated())
        self.static = static
        self._settings = {
            **production_settings(static),
            "DATABASE_URL": f"sqlite:///{database}",
            "REDIS_URL": self._redis.url,
            "TRUSTED_PROXIES": "127.0.0.1",
            "ADDRESS_SOCKETS_OPEN": str(SOCKETS_OPEN),
            "ADDRESS_SOCKETS_PER_S": "1000",
        }
        self.by_name: dict[str, Server] = {}
        for name in NAMES:
            (folder / name).mkdir()
            self.by_name[name] = Server(folder / name, INSTANCE_ID=name, **self._settings)

    @property
    def addresses(self) -> list[str]:
        """Of each, as nginx wants and tells them."""
        return [f"127.0.0.1:{server.port}" for server in self.by_name.values()]

    def name_of(self, address: str) -> str:
        """Whose address it is."""
        return dict(zip(self.addresses, self.by_name, strict=True))[address]

    def start(self) -> None:
        """Start all at once, with the files of all pages here."""
        self._redis.start()
        with ThreadPoolExecutor() as pool:
            collecting = pool.submit(collect, self.static, bundled=False, ignored=["admin"])
            next(iter(self.by_name.values())).make_rooms(*ROOMS)
            collecting.result()
            list(pool.map(Server.start, self.by_name.values()))

    def stop(self) -> None:
        """End all at once, and Redis."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(Server.stop, self.by_name.values()))
        self._redis.end()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Started once for all tests of this folder."""
    static = tmp_path_factory.mktemp("static")
    servers = Servers(tmp_path_factory.mktemp("servers"), static)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


NewNginx = Callable[..., Nginx]


@pytest.fixture
def in_front(servers: Servers, tmp_path: Path) -> Iterator[NewNginx]:
    """Starts an nginx before the servers; takes what Nginx takes."""
    started: list[Nginx] = []

    def start(*, edits: dict[str, str] | None = None, **how: str) -> Nginx:
        folder = tmp_path / f"nginx-{len(started)}"
        started.append(Nginx(folder, servers.addresses, edits=edits, **how))
        return started[-1].start()

    yield start
    for nginx in started:
        nginx.stop()
