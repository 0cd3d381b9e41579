"""A real nginx of our own, with the configuration that we ship, in a temporary folder."""

import json
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.commands import ROOT
from tests.ports import port_of, reserve_port

SHIPPED = ROOT / "deploy" / "nginx"
START_S = 10
ANSWERED_S = 8


def debian_nginx() -> str:
    """The program of the machine."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "nginx is missing: sudo apt-get install nginx"
    return program


def template(name: str) -> str:
    """A template as it is shipped."""
    return (SHIPPED / "templates" / f"{name}.template").read_text(encoding="utf-8")


class Nginx:
    """Started with `settings` over what suits a test; `edits` change what was rendered.

    `edits` are for figures that a test cannot wait for: each must be there to be changed.
    `listening` are options of the listening socket.
    """

    def __init__(
        self,
        folder: Path,
        servers: Sequence[str],
        *,
        edits: Mapping[str, str] | None = None,
        program: str = "",
        listening: str = "",
        **settings: str,
    ) -> None:
        folder.mkdir()
        self._folder = folder
        self._program = program or debian_nginx()
        self._places = [reserve_port(), reserve_port()]
        self.port, self.tls_port = map(port_of, self._places)
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "access.log"
        self._errors = folder / "error.log"
        nothing = folder / "nothing"
        nothing.mkdir()
        self._render(
            {
                "CSW_SERVERS": " ".join(f"server {server} max_fails=0;" for server in servers),
                "CSW_AFFINITY": "room",
                "CSW_SITE": "http",
                "CSW_NAME": "127.0.0.1",
                "CSW_LISTEN": f"127.0.0.1:{self.port} {listening}".strip(),
                "CSW_LISTEN_TLS": f"127.0.0.1:{self.tls_port}",
                "CSW_CERTIFICATE": "",
                "CSW_CERTIFICATE_KEY": "",
                "CSW_STATIC": str(nothing),
                "CSW_FILMS": str(nothing),
                "CSW_ACCESS_LOG": str(self._log),
                "CSW_OUTER": "",
                **settings,
            },
            edits or {},
        )
        self._process: subprocess.Popen[bytes] | None = None

    def _render(self, settings: Mapping[str, str], edits: Mapping[str, str]) -> None:
        file = self._folder / "nginx.env"
        file.write_text("".join(f"{name}={shlex.quote(text)}\n" for name, text in settings.items()))
        written = self._folder / "conf.d"
        subprocess.run([SHIPPED / "render.sh", file, written], check=True, timeout=20)
        main = (SHIPPED / "container.conf").read_text(encoding="utf-8")
        main = main.replace("/tmp/", f"{self._folder}/")
        main = main.replace("/etc/nginx/conf.d", str(written))
        (self._folder / "nginx.conf").write_text(main, encoding="utf-8")
        for before, after in edits.items():
            self._edit(before, after)

    def _edit(self, before: str, after: str) -> None:
        changed = 0
        for path in (self._folder / "conf.d").rglob("*.conf"):
            text = path.read_text(encoding="utf-8")
            changed += before in text
            path.write_text(text.replace(before, after), encoding="utf-8")
        assert changed, f"nothing to edit: {before}"

    def _command(self, *arguments: str) -> list[str]:
        # Of root's workers nginx makes somebody else's, who may not read a test's folder.
        user = "user root;" if os.geteuid() == 0 else ""
        place = ["-p", str(self._folder), "-c", str(self._folder / "nginx.conf")]
        return [self._program, *place, "-g", f"daemon off; {user}", *arguments]

    def check(self) -> str:
        """What `nginx -t` says; raises where it does not like what it reads."""
        done = subprocess.run(
            self._command("-t"), capture_output=True, text=True, timeout=20, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self) -> "Nginx":
        """Start, and return once it accepts connections."""
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, f"nginx ended:\n{self.errors()}"
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            time.sleep(0.01)
        raise AssertionError(f"nginx does not listen:\n{self.errors()}")

    def stop(self) -> None:
        """End it, and every connection."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
        for place in self._places:
            place.close()

    def errors(self) -> str:
        """All that it has complained of."""
        return self._errors.read_text(encoding="utf-8", errors="replace")

    def answered(self, path: str, count: int = 1) -> list[dict[str, Any]]:
        """The access log's lines on a path, as soon as there are so many.

        nginx writes a line when all is sent, a socket's when it is over.
        """
        deadline = time.monotonic() + ANSWERED_S
        while len(found := self.lines(path)) < count:
            assert time.monotonic() < deadline, f"{len(found)} answers to {path}, not {count}"
            time.sleep(0.01)
        return found

    def lines(self, path: str) -> list[dict[str, Any]]:
        """The access log's lines on a path so far."""
        text = self._log.read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines(keepends=True) if line[-1] == "\n"]
        return [line for line in lines if line["path"] == path]
