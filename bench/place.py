"""Where browsers are measured: a production server with its pages, and relays before it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.host_clock import media_base_ms
from bench.paths import Network
from tests.browser.relay import Relay
from tests.browser.server import Server, collect, production_settings


@dataclass(frozen=True, slots=True)
class Place:
    """A running server whose media clock's base is known."""

    port: int
    base_ms: float
    server: Server

    def make_room(self, slug: str) -> None:
        """An empty room with the demo film."""
        self.server.make_rooms(slug)


@contextmanager
def serving(*, bundled: bool = True) -> Iterator[Place]:
    """A production server with its pages, in a directory of its own; `bundled`: see BUNDLE."""
    with tempfile.TemporaryDirectory(prefix="csw-bench-") as directory:
        static = Path(directory) / "static"
        collect(static, bundled=bundled)
        server = Server(Path(directory), **production_settings(static))
        try:
            server.start()
            yield Place(server.port, media_base_ms(server.database), server)
        finally:
            server.stop()


@contextmanager
def relayed(port: int, network: Network | None, seed: int | str) -> Iterator[Relay | None]:
    """A relay before a server; without a network there is none."""
    if network is None:
        yield None
        return
    relay = Relay(port, seed, network)
    relay.start()
    try:
        yield relay
    finally:
        relay.stop()
