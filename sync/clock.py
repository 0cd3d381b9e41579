"""The host's clocks: where the media clock and UTC are really read."""

import secrets
import sys
import time
from functools import cache
from pathlib import Path

from sync.core.timebase import NS_PER_MS, Timebase, anchor_base_ms

BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")

if sys.platform == "linux":

    def raw_ns() -> int:
        """The oscillator itself: time.monotonic() is slewed on Linux, by chrony up to 8 %."""
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)

else:

    def raw_ns() -> int:
        """The steadiest clock that other systems offer everywhere."""
        return time.monotonic_ns()


def utc_ms() -> float:
    """UTC as the host has it now; it may step."""
    return utc_ns() / NS_PER_MS


def utc_ns() -> int:
    """The same, ns."""
    return time.time_ns()


def system_timebase(base_ms: float | None = None) -> Timebase:
    """The media clock of this host: anchored to UTC now, or on a base kept from the same boot."""
    return Timebase(raw_ns, anchor_base_ms(raw_ns, utc_ns) if base_ms is None else base_ms)


@cache
def boot_id() -> str:
    """Identity of the host's boot, through which the oscillator runs on.

    Where the system has none it is random, so that nothing from another process is trusted.
    """
    try:
        return BOOT_ID_FILE.read_text(encoding="ascii").strip()
    except OSError:
        return secrets.token_hex(16)
