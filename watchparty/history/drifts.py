"""Percentiles of a viewer's drifts over hours, in a few dozen counters."""

from collections import Counter
from math import ceil, floor, log2
from typing import Final

STEPS_PER_DOUBLING: Final = 8
"""A percentile is right to half a step: 4 %."""

LEAST_MS: Final = 0.01
MOST_MS: Final = 1e6
"""What lies beyond counts as this."""


class Drifts:
    """Counts |drift| on a logarithmic scale: at most 214 counters, however long the visit."""

    def __init__(self) -> None:
        self.count = 0
        self._steps: Counter[int] = Counter()

    def add(self, drift_ms: float) -> None:
        """One more."""
        size_ms = min(max(abs(drift_ms), LEAST_MS), MOST_MS)
        self._steps[floor(log2(size_ms / LEAST_MS) * STEPS_PER_DOUBLING)] += 1
        self.count += 1

    def percentile(self, percent: float) -> float | None:
        """Nearest rank, in ms; None without any."""
        left = ceil(self.count * percent / 100)
        for step in sorted(self._steps):
            left -= self._steps[step]
            if left <= 0:
                return float(LEAST_MS * 2 ** ((step + 0.5) / STEPS_PER_DOUBLING))
        return None
