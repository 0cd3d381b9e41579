"""How many processors this process may use: what the machine has, less what a container may not."""

import math
import os
from pathlib import Path
from typing import Final

QUOTA_FILE: Final = Path("/sys/fs/cgroup/cpu.max")


def usable_cores(quota_file: Path = QUOTA_FILE) -> int:
    """At least one. A container limited to 1.5 processors counts as two."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        allowed = os.cpu_count() or 1
    try:
        quota, period = quota_file.read_text(encoding="ascii").split()
        return max(1, min(allowed, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # no such limit: "max"
        return allowed
