"""The media clock as a generator knows it, pure: the best of its viewers' recent probes."""

from collections import deque
from typing import Final

REMEMBERED_MS: Final = 10_000.0
SKEW_PPM: Final = 100.0
"""How fast this machine's clock may run away from the server's while a probe ages."""
_PPM: Final = 1e-6


class LoadClock:
    """All viewers of a process share its oscillator, so one probe with a short way serves all."""

    def __init__(self) -> None:
        self._probes: deque[tuple[float, float, float]] = deque()
        """(instant here, offset, bound) in ms, each better than all before it that are left."""

    def heard(
        self, t1_ms: float, t2_ms: float, t3_ms: float, t4_ms: float, server_error_ms: float
    ) -> float:
        """Take one exchange in; returns its round trip without the server's own time."""
        delay_ms = max(t4_ms - t1_ms - (t3_ms - t2_ms), 0.0)
        offset_ms = (t2_ms - t1_ms + t3_ms - t4_ms) / 2
        bound_ms = delay_ms / 2 + server_error_ms
        while self._probes and self._aged(self._probes[-1], t4_ms) >= bound_ms:
            self._probes.pop()
        self._probes.append((t4_ms, offset_ms, bound_ms))
        while t4_ms - self._probes[0][0] > REMEMBERED_MS:
            self._probes.popleft()
        return delay_ms

    def at(self, local_ms: float) -> tuple[float, float] | None:
        """(Media clock, how wrong it may be) at an instant here; None before the first probe."""
        if not self._probes:
            return None
        best = min(self._probes, key=lambda probe: self._aged(probe, local_ms))
        return local_ms + best[1], self._aged(best, local_ms)

    @staticmethod
    def _aged(probe: tuple[float, float, float], now_ms: float) -> float:
        return probe[2] + (now_ms - probe[0]) * SKEW_PPM * _PPM
