"""Moments in which the machine itself stood still: what pictures did then says nothing of ours."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Self, TypeVar

from tests.browser.viewer import eventually

STALL_S = 0.06
"""A film that stands so long is further off than any test allows."""
BACK_IN_PLACE_S = 3.0
"""At its most a correction makes up for 240 ms in that time."""
AGAIN_MOST = 2

STARTED_WITHIN_S = 30.0
LOOK_EVERY_S = 0.01
LOOK = """
import os, sys, threading, time

every_s, stall_s = map(float, sys.argv[1:])
parent = os.getppid()

def look(core):
    os.sched_setaffinity(threading.get_native_id(), {core})
    last_s = time.monotonic()
    os.write(1, b"\\n")  # it looks
    while os.getppid() == parent:
        time.sleep(every_s)
        now_s = time.monotonic()
        if now_s - last_s > stall_s:
            os.write(1, f"{last_s} {now_s}\\n".encode())
        last_s = now_s

for core in os.sched_getaffinity(0):
    threading.Thread(target=look, args=[core]).start()
"""

T = TypeVar("T")
Stall = tuple[float, float]
"""From when to when, of time.monotonic."""


class Witness:
    """A process that does nothing but look at the time, on every core."""

    def __enter__(self) -> Self:
        self._seen = tempfile.TemporaryFile("r")
        command = [sys.executable, "-c", LOOK, str(LOOK_EVERY_S), str(STALL_S)]
        self.process = subprocess.Popen(command, stdout=self._seen)
        cores = len(os.sched_getaffinity(0))
        eventually(lambda: self._lines().count("") == cores, "each is looked at", STARTED_WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._seen.close()

    def since(self, from_s: float) -> list[Stall]:
        """The stalls that ended after an instant."""
        stalls = [tuple(map(float, line.split())) for line in self._lines() if line]
        return [(began_s, ended_s) for began_s, ended_s in stalls if ended_s > from_s]

    def _lines(self) -> list[str]:
        """An empty one for each core that is looked at, and one for each stall."""
        return os.pread(self._seen.fileno(), 1 << 20, 0).decode().splitlines()


WITNESS = Witness()
"""Of all tests with browsers; tests/browser/conftest.py starts and ends it."""


def unless_stalled(
    measure: Callable[[], T],
    wait: Callable[[float], object],
    since: Callable[[float], list[Stall]] = WITNESS.since,
) -> T:
    """What is measured. What fails beside a stall is measured again by the same limits.

    That is once what the stall has moved is back in its place, and twice at most. Whatever fails
    on a machine that has not stood still has failed.
    """
    for _ in range(AGAIN_MOST):
        began_s = time.monotonic()
        try:
            return measure()
        except AssertionError as fault:
            stalls = since(began_s - BACK_IN_PLACE_S)
            if not stalls:
                raise
            most_ms = max(ended_s - from_s for from_s, ended_s in stalls) * 1000
            print(f"the machine stood still for up to {most_ms:.0f} ms, measured again: {fault}")
        wait(BACK_IN_PLACE_S)
    return measure()
