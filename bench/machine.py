"""What a figure was measured on: machine, versions, cores, and how busy it was already."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.figures import processor

PACKAGES: Final = ("django", "channels", "uvicorn", "uvloop", "websockets", "msgspec")
ENOUGH_CORES: Final = 2


def describe() -> list[str]:
    """Two lines for the report."""
    model = processor(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return [
        f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, {versions}",
    ]


def part_cores() -> tuple[int | None, int | None]:
    """A core for the server and another for this process, which is pinned to it at once.

    Nothing where the system cannot pin, or has but one core for us.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None, None
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < ENOUGH_CORES:
        return None, None
    os.sched_setaffinity(0, {cores[1]})
    return cores[0], cores[1]


def load() -> float:
    """How many processes wanted a core on average during the last minute."""
    return os.getloadavg()[0]
