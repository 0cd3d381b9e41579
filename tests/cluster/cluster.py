"""A deployment of our own: servers on one Redis and one database, with or without an nginx."""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, Self
from urllib.request import urlopen

from tests.browser.server import ADMIN_PASSWORD, Server, collect, production_settings
from tests.commands import SAFE_KEY, environment, migrated, run
from tests.deploy.nginx import Nginx
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer

NAMES = ("one", "two", "three")

Sharing = Literal["room", "viewer", "turns"]
"""How nginx shares out: by the room's name, by the viewer's cookie, or one after the other."""

IN_TURNS = {"hash $csw_key consistent;": ""}
"""What is edited out of the configuration that we ship: without a key nginx goes round."""

PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("demo_room", verbosity=0, slug={rooms})
call_command("createsuperuser", interactive=False, username="admin", email="a@example.org")
"""

Bent = Mapping[str, float]
"""How a server's clocks are wrong: see tests/bent_clocks.py."""

BENT, BENT_WITH_FILES = "tests.bent_clocks", "tests.browser.bent_settings"


class Cluster:
    """Servers by name, started together, and all that they stand on.

    `with Cluster(folder, rooms=["demo"]) as cluster:` starts and ends all of it, with an
    administrator, `admin`. Development settings unless there is a folder for `static` files, which
    are collected if they are not there: with DEBUG pages name files as they lie in static/. Nothing
    of the wire depends on it.
    """

    def __init__(
        self,
        folder: Path,
        names: Sequence[str] = NAMES,
        *,
        rooms: Sequence[str] = ("demo",),
        postgres: bool = True,
        static: Path | None = None,
        clocks: Mapping[str, Bent] | None = None,
        each: Mapping[str, Mapping[str, str]] | None = None,
        redis: RedisServer | None = None,
        **settings: str,
    ) -> None:
        """`clocks` are wrong ones, and `each` more settings, by a server's name.

        Without `postgres` the database is one file of SQLite: quicker, and enough where nothing
        is asked of it.
        """
        self.folder = folder
        self.rooms = list(rooms)
        self.static = static
        self.redis = redis or RedisServer()
        self.postgres = PostgresServer() if postgres else None
        self._fronts: list[Nginx] = []
        self._settings = self._shared() | settings
        self.by_name: dict[str, Server] = {}
        for name in names:
            (folder / name).mkdir()
            own = {**self._settings, **(each or {}).get(name, {}), "INSTANCE_ID": name}
            if clocks and name in clocks:
                own["DJANGO_SETTINGS_MODULE"] = BENT if static is None else BENT_WITH_FILES
                own["TESTS_CLOCKS"] = json.dumps(dict(clocks[name]))
            self.by_name[name] = Server(folder / name, **own)

    def _shared(self) -> dict[str, str]:
        """What all servers are told alike."""
        if self.postgres is not None:
            database_url = self.postgres.url
        else:
            database_url = f"sqlite:///{self.folder / 'db.sqlite3'}"
        return {
            **({"SECRET_KEY": SAFE_KEY} if self.static is None else {}),
            **(production_settings(self.static) if self.static is not None else {}),
            "DATABASE_URL": database_url,
            "REDIS_URL": self.redis.url,
            "TRUSTED_PROXIES": "127.0.0.1",
            "ADDRESS_SOCKETS_PER_S": "1000",
        }

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def servers(self) -> list[Server]:
        """In the order of their names."""
        return list(self.by_name.values())

    def __getitem__(self, name: str) -> Server:
        return self.by_name[name]

    @property
    def addresses(self) -> list[str]:
        """Of each, as nginx wants and tells them."""
        return [f"127.0.0.1:{server.port}" for server in self.servers]

    def name_of(self, address: str) -> str:
        """Whose address it is."""
        return dict(zip(self.addresses, self.by_name, strict=True))[address]

    def start(self) -> None:
        """Start all that can be started at once, with an empty Redis and the rooms."""
        with ThreadPoolExecutor() as pool:
            waited_for: list[Future[Any]] = [pool.submit(self.redis.start)]
            if self.static is not None and not (self.static / "staticfiles.json").exists():
                plainly = partial(collect, bundled=False, ignored=["admin"])
                waited_for.append(pool.submit(plainly, self.static))
            self._prepare()
            for started in waited_for:
                started.result()
        self.each(Server.start)

    def _prepare(self) -> None:
        if self.postgres is not None:
            self.postgres.start()
        else:
            (self.folder / "db.sqlite3").write_bytes(migrated())
            if not self.rooms:
                return  # and no administrator either: a command costs a second and more
        script = PREPARE.format(rooms=self.rooms)
        command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", script]
        settings = {**self._settings, "DJANGO_SUPERUSER_PASSWORD": ADMIN_PASSWORD}
        done = run(command, environment(**settings))
        assert done.returncode == 0, done.stderr

    def each(self, do: Callable[[Server], object], *names: str) -> None:
        """Do something to these servers, or to all, at the same time."""
        servers = [self.by_name[name] for name in names] or self.servers
        with ThreadPoolExecutor(len(servers)) as pool:
            list(pool.map(do, servers))

    def front(
        self, sharing: Sharing = "room", *, edits: Mapping[str, str] | None = None, **how: str
    ) -> Nginx:
        """An nginx before the servers, started; takes what Nginx takes, and ends with all else."""
        edits = {**(edits or {}), **(IN_TURNS if sharing == "turns" else {})}
        how.setdefault("CSW_AFFINITY", "viewer" if sharing == "viewer" else "room")
        folder = self.folder / f"nginx-{len(self._fronts)}"
        self._fronts.append(Nginx(folder, self.addresses, edits=edits, **how))
        return self._fronts[-1].start()

    def stop(self) -> None:
        """End all of it, whatever state it is in."""
        for nginx in self._fronts:
            nginx.stop()
        self.each(Server.stop)
        self.redis.end()
        if self.postgres is not None:
            self.postgres.end()

    def health(self, name: str) -> dict[str, Any]:
        """What a server says of itself."""
        with urlopen(f"{self.by_name[name].url}/api/health", timeout=5) as response:
            told: dict[str, Any] = json.load(response)
        return told

    def key_of(self, slug: str) -> int:
        """A room's key in the database, as the admin's pages have it."""
        assert self.postgres is not None
        with self.postgres.client() as client:
            found = client.execute("SELECT id FROM watchparty_room WHERE slug = %s", [slug])
            [(key,)] = found.fetchall()
        assert isinstance(key, int)
        return key

    def leap(self, name: str) -> None:
        """Let a server's clocks step, as its `clocks` say."""
        self.by_name[name].signal(signal.SIGUSR1)

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """A server is killed, and started again afterwards for the next test."""
        self.by_name[name].kill()
        try:
            yield
        finally:
            self.by_name[name].start()

    def logs(self) -> str:
        """All that the servers have printed, one after the other."""
        return "\n".join(f"--- {name}\n{server.log()}" for name, server in self.by_name.items())
