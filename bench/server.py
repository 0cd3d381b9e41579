"""A server to measure: `manage.py serve` on loopback, in a process and a directory of its own."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.figures import process_cpu_s
from bench.machine import TICKS_PER_S

ROOT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "127.0.0.1"
ROOM: Final = "bench"
APPLICATIONS: Final = {
    "ours": "config.asgi.application",
    "naive": "bench.naive_app.application",
    "pushing": "bench.pushing_app.application",
    "busy": "bench.busy_app.application",
}

START_S: Final = 30.0
STOP_S: Final = 15.0
COMMAND_S: Final = 120.0
POLL_S: Final = 0.05
SOCKETS: Final = 10_000
"""Caps for one address: in a benchmark every viewer comes from the same one."""

_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
_MAKE_ROOM: Final = (
    "from watchparty.models import Room; "
    "[Room.objects.create(slug=slug, title='Benchmark', max_users={members}) for slug in {rooms!r}]"
)


class ServerFault(Exception):  # noqa: N818 - what happened, in a sentence
    """The server did not start, or a preparation failed."""


class Site:
    """A directory with a database, empty rooms in it, and a key: what servers start from."""

    def __init__(
        self,
        directory: Path,
        members: int,
        *,
        rooms: Sequence[str] = (ROOM,),
        redis_url: str | None = None,
    ) -> None:
        """`members`: the most that each room takes. With a Redis several servers share rooms."""
        self._directory = directory
        self._redis_url = redis_url
        self._key = secrets.token_urlsafe(50)
        static = directory / "static"
        static.mkdir()
        (static / "staticfiles.json").write_text('{"version": "1.1", "paths": {}, "hash": ""}')
        self._run("migrate", "--verbosity", "0")
        self._run("shell", "-c", _MAKE_ROOM.format(rooms=list(rooms), members=members))

    @contextmanager
    def serve(
        self, application: str, core: int | None, *, instance: str = "bench"
    ) -> Iterator["Server"]:
        """A running server, pinned to a core; ended by its process id whatever happens."""
        port = _free_port()
        log = self._directory / f"{instance}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--workers", "1"],
                cwd=ROOT,
                env=self._environment(application, port, instance),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            if core is not None:
                os.sched_setaffinity(process.pid, {core})
            _wait_for(process, port, log)
            yield Server(process.pid, port)
        finally:
            _end(process)

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment("ours", 1),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
        if done.returncode:
            raise ServerFault(f"manage.py {arguments[0]} failed:\n{done.stderr[-2000:]}")

    def _environment(
        self, application: str, port: int, instance: str = "bench"
    ) -> Mapping[str, str]:
        """A production server's, and nothing that the shell set for another one."""
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "BENCH_APPLICATION": APPLICATIONS[application],
            "BENCH_STATIC_ROOT": str(self._directory / "static"),
            "DEBUG": "0",
            "HTTPS": "0",
            "SECRET_KEY": self._key,
            "ALLOWED_HOSTS": HOST,
            "HOST": HOST,
            "PORT": str(port),
            "DATABASE_URL": f"sqlite:///{self._directory / 'db.sqlite3'}",
            "INSTANCE_ID": instance,
            "SERVE_SOCKET": str(self._directory / f"{instance}.sock"),
            **({"REDIS_URL": self._redis_url} if self._redis_url else {}),
            "LOG_LEVEL": "WARNING",
            "ADDRESS_SOCKETS_PER_S": str(SOCKETS),
            "ADDRESS_SOCKETS_OPEN": str(SOCKETS),
        }


class Server:
    """A running server."""

    def __init__(self, pid: int, port: int) -> None:
        self.port = port
        self._stat = Path(f"/proc/{pid}/stat")
        self._statm = Path(f"/proc/{pid}/statm")

    def cpu_s(self) -> float:
        """User and system time so far."""
        return process_cpu_s(self._stat.read_text(), TICKS_PER_S)

    def resident_bytes(self) -> int:
        """Memory that it holds just now."""
        return int(self._statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(POLL_S)
        else:
            return
    raise ServerFault(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
