"""The real server for browser tests: `manage.py serve` in production settings, on a free port."""

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.commands import ROOT, SAFE_KEY, environment, manage, migrated
from tests.ports import port_of, reserve_port

ADMIN_PASSWORD = "quite-a-long-word-for-tests"  # of the user that createsuperuser makes
START_S = 30
STOP_S = 20


class Server:
    """A server process of its own with its own database and port; ends with the tests."""

    def __init__(self, folder: Path, *command: str, **settings: str) -> None:
        """`command` with its options, where it is not `serve` in one process."""
        self._place = reserve_port()  # kept to the end: a server may come back on its port
        self.port = port_of(self._place)
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "manage.py", *(command or ("serve", "--workers", "1"))]
        if "runserver" in command:  # Django's own command knows no PORT
            self._command.append(f"127.0.0.1:{self.port}")
        self.database = folder / "db.sqlite3"
        if "DATABASE_URL" not in settings:
            self.database.write_bytes(migrated())
        self._log = (folder / "server.log").open("w+", encoding="utf-8")
        self._environment = environment(
            **{
                "PORT": str(self.port),
                "DATABASE_URL": f"sqlite:///{self.database}",
                "PYTHONUNBUFFERED": "1",
                "DJANGO_SUPERUSER_PASSWORD": ADMIN_PASSWORD,
                **settings,
            }
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.rooms: set[str] = set()

    def make_rooms(self, *slugs: str) -> None:
        """Make rooms with the demo film, all in one go: every command costs a second and more."""
        self.manage("demo_room", "--verbosity", "0", "--slug", *slugs)
        self.rooms.update(slugs)

    def manage(self, *arguments: str) -> str:
        """Run another command of manage.py in the same environment."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        ).stdout

    def start(self) -> None:
        """Start, and return once it answers."""
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, f"the server ended:\n{self.log()}"
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/api/health", timeout=2):
                return
            time.sleep(0.1)
        raise AssertionError(f"the server does not answer:\n{self.log()}")

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the process that was started: a server, or the supervisor of several."""
        assert self._process is not None
        return self._process.pid

    def interrupt(self, signal_number: int) -> int:
        """Send a signal; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal_number)
        return self._process.wait(timeout=STOP_S)

    def signal(self, signal_number: int) -> None:
        """Send a signal that does not end it."""
        assert self._process is not None
        self._process.send_signal(signal_number)

    def kill(self) -> None:
        """SIGKILL: it can say goodbye to nobody."""
        self.interrupt(signal.SIGKILL)

    def pause(self) -> None:
        """Hang, as with all of its machine: connections stay, nothing is answered."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on."""
        self.signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, whatever state it is in."""
        if self._process is not None and self.is_running:
            self.resume()
            self._process.terminate()
            try:
                self._process.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()
        self._place.close()

    def log(self) -> str:
        """All that it has printed."""
        self._log.flush()
        return Path(self._log.name).read_text(encoding="utf-8")


def production_settings(static: Path) -> dict[str, str]:
    """Settings of a real site, but for the missing TLS, with files collected in a folder."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "TESTS_STATIC_ROOT": str(static),
        "DEBUG": "0",
        "HTTPS": "0",
        "SECRET_KEY": SAFE_KEY,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
    }


def collect(static: Path, *, bundled: bool = True, ignored: Sequence[str] = ()) -> None:
    """Put static files into a folder, under the names that a real site gives them."""
    settings = {**production_settings(static), "BUNDLE": str(int(bundled))}
    without = [f"--ignore={pattern}" for pattern in ignored]
    done = manage("collectstatic", "--no-input", "--verbosity", "0", *without, **settings)
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":  # the Makefile, before several sessions
    collect(Path(sys.argv[1]))
