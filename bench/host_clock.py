"""The ruler: true media time at an instant of a browser on this host, without any network.

Server, browser and this program read one oscillator. The media clock is CLOCK_MONOTONIC_RAW plus a
base that the server keeps in its database; Chromium's performance.now() is CLOCK_MONOTONIC since an
instant that its debugger tells (Performance.getMetrics). What is left is the slow difference of
the two kernel clocks, which is sampled through every run.
"""

import sqlite3
import time
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

NS_PER_MS = 1e6
ATTEMPTS = 9
Pair = tuple[float, float]
"""CLOCK_MONOTONIC in ms, and by how many ms CLOCK_MONOTONIC_RAW is ahead of it just then."""


def raw_ms() -> float:
    """The oscillator, which the server's media clock counts."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW) / NS_PER_MS


def monotonic_ms() -> float:
    """The clock that browsers read: NTP may slew it."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) / NS_PER_MS


def compare_clocks() -> Pair:
    """The attempt that was interrupted least counts."""
    readings = []
    for _ in range(ATTEMPTS):
        before, middle, after = raw_ms(), monotonic_ms(), raw_ms()
        readings.append((after - before, middle, (before + after) / 2 - middle))
    _, at_ms, ahead_ms = min(readings)
    return at_ms, ahead_ms


def ahead_ms(pairs: Sequence[Pair], at_ms: float) -> float:
    """By how much RAW was ahead at an instant: between two comparisons on the line through them."""
    after = min(max(bisect_left(pairs, (at_ms,)), 1), len(pairs) - 1)
    (from_ms, from_ahead_ms), (to_ms, to_ahead_ms) = pairs[after - 1], pairs[after]
    share = (at_ms - from_ms) / (to_ms - from_ms)
    return from_ahead_ms + share * (to_ahead_ms - from_ahead_ms)


def media_base_ms(database: Path) -> float:
    """Media time at the oscillator's zero, as the server keeps it for this boot."""
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    with sqlite3.connect(database) as connection:
        found = connection.execute(
            "SELECT base_ms FROM sync_mediaclockbase WHERE boot_id = ?", (boot_id,)
        ).fetchone()
    return float(found[0])
