"""A real PostgreSQL of our own, in a temporary folder and on a port that is kept for it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.ports import port_of, reserve_port

START_S = 20
STOP_S = 20


class PostgresServer:
    """Keeps what it has through `stop`, `kill` and `start`; `end` forgets all of it."""

    def __init__(self) -> None:
        self._tools = _tools()
        self._folder = Path(tempfile.mkdtemp(prefix="csw-postgres-"))
        self._files = self._folder / "cluster"
        self._place = reserve_port()
        self._port = port_of(self._place)
        self.url = f"postgresql://csw@127.0.0.1:{self._port}/postgres"
        self._process: subprocess.Popen[bytes] | None = None
        self._user: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            shutil.chown(self._folder, "postgres", "postgres")
            self._user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def start(self) -> None:
        """Start, and return once it answers; the first time on files made for it."""
        if not self._files.exists():
            self._make_files()
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(*self._user, str(self._tools / "postgres"), "-D", str(self._files)),
                    *("-p", str(self._port), "-c", "listen_addresses=127.0.0.1"),
                    *("-c", f"unix_socket_directories={self._folder}", "-c", "fsync=off"),
                ],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, f"PostgreSQL ended at once:\n{self._log()}"
            with suppress(psycopg.OperationalError):
                self.client().close()
                return
            time.sleep(0.02)
        raise AssertionError(f"PostgreSQL does not answer:\n{self._log()}")

    def client(self) -> psycopg.Connection[tuple[object, ...]]:
        """A way in for tests that look behind the models."""
        return psycopg.connect(self.url, connect_timeout=2, autocommit=True)

    def pause(self) -> None:
        """Hang: connections stay, nothing is answered."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on."""
        self._signal_all(signal.SIGCONT)

    def stop(self) -> None:
        """End in good order, and every connection with it."""
        if self._process is not None and self._process.poll() is None:
            self.resume()
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=STOP_S)

    def kill(self) -> None:
        """SIGKILL, to it and its children: none of them may be told first."""
        if self._process is not None and self._process.poll() is None:
            children = self._children()
            self._signal_all(signal.SIGKILL)
            self._process.wait(timeout=STOP_S)
            for child in children:  # they still hold what the next start wants
                _await_end(child)

    def end(self) -> None:
        """It and all of it is gone."""
        self.kill()
        self._place.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_files(self) -> None:
        subprocess.run(
            [
                *(*self._user, str(self._tools / "initdb"), "-D", str(self._files)),
                *("-U", "csw", "-A", "trust", "-N", "-E", "UTF8"),
            ],
            check=True,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    def _children(self) -> list[int]:
        """Each connection is a process of its own, in a group of its own."""
        assert self._process is not None
        pid = self._process.pid
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]

    def _signal_all(self, number: int) -> None:
        """The one that starts children first, so that there is none it could still start."""
        assert self._process is not None
        children = self._children()
        self._process.send_signal(number)
        for child in {*children, *self._children()}:
            with suppress(ProcessLookupError):
                os.kill(child, number)

    def _log(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")


def _tools() -> Path:
    """The folder of the programs of the machine's newest PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    tools = found[-1] if found else Path(shutil.which("initdb") or "missing").parent
    assert (tools / "initdb").exists(), "PostgreSQL is missing: sudo apt-get install postgresql"
    return tools


def _await_end(pid: int) -> None:
    deadline = time.monotonic() + STOP_S
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
