"""What the long measurements in browsers have in common: turns, their end, which code it was."""

import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from bench.server import ROOT


@contextmanager
def turn(lock: Path | None) -> Iterator[None]:
    """Wait until no other measurement of this machine is at work."""
    if lock is None:
        yield
        return
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def code_of(what: str, *paths: str) -> list[str]:
    """Which code it was: the last commit that changed any of it, where git knows."""
    told = subprocess.run(
        ["git", "log", "-1", "--format=%h of %cs: %s", "--", *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return [f"{what} as of {told.stdout.strip()}"] if told.stdout.strip() else []


def stop(_signal: int, _frame: object) -> NoReturn:
    """Leave through every `finally`, which ends server and browser."""
    raise SystemExit(1)
