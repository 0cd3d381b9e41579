"""What a figure was measured on: machine, versions, cores, and how busy it was already."""

import os
import platform
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.figures import family_cpu_s, machine_busy_s, processor

PACKAGES: Final = ("django", "channels", "uvicorn", "uvloop", "websockets", "msgspec")
ENOUGH_CORES: Final = 2
OTHERS_CORE_MAX: Final = 0.1
"""Above this something else had a part in the figures."""
TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


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


@dataclass(frozen=True, slots=True)
class Use:
    """Who used the machine meanwhile, in cores."""

    load: float
    """Load average at the end."""
    ours: float
    """Browser, server, relay and this program together."""
    others: float
    nice: int = 0
    """What the scheduler was told of ours: below 0 they go before others."""


def crowded(uses: Sequence[Use]) -> list[str]:
    """A sentence of doubt, if others used the machine in any of these runs."""
    disturbed = [use.others for use in uses if use.others > OTHERS_CORE_MAX]
    if not disturbed:
        return []
    doubt = (
        f"in {len(disturbed)} of {len(uses)} runs other programs used more than "
        f"{OTHERS_CORE_MAX} core (at most {max(disturbed):.2f}); an idle machine does better."
    )
    return [doubt]


class Watch:
    """Who uses the machine from now on: this process with all that it started, and others."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._busy_s = busy_s()
        self._own_s = own_family_s()

    def cores(self) -> tuple[float, float]:
        """Cores used so far, by us and by others."""
        wall_s = time.monotonic() - self._began_s
        own_s = own_family_s() - self._own_s
        others_s = busy_s() - self._busy_s - own_s
        return own_s / wall_s, max(others_s, 0.0) / wall_s


def use_of(watch: Watch) -> Use:
    """For a record."""
    ours, others = watch.cores()
    return Use(load(), ours, others, os.nice(0))


def busy_s() -> float:
    """CPU time of the whole machine so far."""
    return machine_busy_s(Path("/proc/stat").read_text(), TICKS_PER_S)


def own_family_s() -> float:
    """CPU time of this process and its descendants that are alive."""
    stats = {}
    for directory in Path("/proc").iterdir():
        if directory.name.isdigit():
            with suppress(OSError):  # it has ended meanwhile
                stats[int(directory.name)] = (directory / "stat").read_text()
    return family_cpu_s(stats, os.getpid(), TICKS_PER_S)
