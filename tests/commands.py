"""Runs manage.py and tools as a stranger would: a process of its own, in a known environment."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
SAFE_KEY = "a-key-for-tests-that-is-long-enough-and-signs-nothing-0123456789"
PRODUCTION = {"DEBUG": "0", "SECRET_KEY": SAFE_KEY, "ALLOWED_HOSTS": "example.org"}


def setting_names() -> set[str]:
    """Every variable of .env.example."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?\s*([A-Z][A-Z_]*)=", text, re.MULTILINE))


def environment(**settings: str) -> dict[str, str]:
    """This machine's environment with exactly these settings and no .env file."""
    kept = {name: value for name, value in os.environ.items() if name not in setting_names()}
    return {**kept, "ENV_FILE": os.devnull, **settings}


def manage(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command of manage.py, run to its end."""
    return run([sys.executable, "manage.py", *arguments], environment(**settings))


@cache
def migrated() -> bytes:
    """An SQLite database as `migrate` leaves it: made once, as every command costs a second."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "db.sqlite3"
        done = manage("migrate", "--verbosity", "0", DATABASE_URL=f"sqlite:///{file}")
        assert done.returncode == 0, done.stderr
        return file.read_bytes()


def run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Any command from the project's root."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
