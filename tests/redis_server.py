"""A real redis-server of our own, in a temporary folder and on a free port."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from sync.redis_place import Place

START_S = 10


class RedisServer:
    """Keeps nothing on disk: one that was killed comes back empty, under another run_id."""

    def __init__(self) -> None:
        self._program = shutil.which("redis-server") or ""
        assert self._program, "Redis is missing: sudo apt-get install redis-server"
        self._folder = Path(tempfile.mkdtemp(prefix="csw-redis-"))
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """On 127.0.0.1."""
        return int(self._port)

    @property
    def run_id(self) -> str:
        """Another one after each start."""
        with closing(self.client()) as client:
            return str(client.info("server")["run_id"])

    def start(self) -> None:
        """Start, and return once it answers."""
        self._process = subprocess.Popen(
            [
                *(self._program, "--port", str(self._port), "--bind", "127.0.0.1"),
                *("--dir", str(self._folder), "--save", "", "--appendonly", "no"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "redis-server ended at once"
            with suppress(RedisError), closing(self.client()) as client:
                client.ping()
                return
            time.sleep(0.02)
        raise AssertionError("redis-server does not answer")

    @property
    def place(self) -> Place:
        """As the product knows it."""
        return Place(name=self.url, url=self.url)

    def client(self) -> Redis:
        """A way in for tests that look behind the store."""
        return Redis.from_url(self.url)

    def empty(self) -> None:
        """Forget everything, as between two tests."""
        with closing(self.client()) as client:
            client.flushall()

    def pause(self) -> None:
        """Hang: connections stay, nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)

    def end(self) -> None:
        """It and all of it is gone."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
