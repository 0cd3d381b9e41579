"""What is counted during a load, pure and small: it travels between processes each second."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, exp, log
from typing import Final, Self

_STEP: Final = log(1.02)
"""Times are kept in classes 2 % wide, so that a run of hours needs no more memory than a short."""
_LEAST_MS: Final = 0.001


class Times:
    """Many times in ms, of which percentiles can be told to 2 %."""

    __slots__ = ("_classes",)

    def __init__(self, classes: Mapping[int, int] | None = None) -> None:
        self._classes: Counter[int] = Counter(classes or {})

    def __len__(self) -> int:
        return self._classes.total()

    def note(self, ms: float) -> None:
        """One more; below a microsecond counts as a microsecond."""
        self._classes[ceil(log(max(ms, _LEAST_MS)) / _STEP)] += 1

    def percentile(self, percent: float) -> float | None:
        """What `percent` of them do not exceed (nearest rank, upper end of its class)."""
        left = max(ceil(len(self) * percent / 100), 1)
        for number, count in sorted(self._classes.items()):
            left -= count
            if left <= 0:
                return exp(number * _STEP)
        return None

    def __add__(self, other: Self) -> "Times":
        return Times(self._classes + other._classes)

    def __sub__(self, earlier: Self) -> "Times":
        return Times(self._classes - earlier._classes)

    def copy(self) -> "Times":
        """As it is now."""
        return Times(self._classes)


TIMES: Final = ("join", "probe", "echo", "delivery", "bound", "lag")
"""Join: connecting to `room:joined`. Echo: own control or chat line to its acknowledgement.
Delivery: a cursor at the server to here, by the media clock. Bound: how wrong that clock may be.
Lag: how late this generator's own timers were."""


@dataclass(slots=True)
class Tally:
    """Everything so far, of one process or of all."""

    counts: Counter[str] = field(default_factory=Counter)
    """`arrived`, `joined`, `failed` visits, `frames` and `bytes` received, `sent` frames …"""
    refusals: Counter[str] = field(default_factory=Counter)
    """By code, as the server said it."""
    closes: Counter[str] = field(default_factory=Counter)
    """By close code; `lost`: without one."""
    times: dict[str, Times] = field(default_factory=lambda: {name: Times() for name in TIMES})
    open: int = 0
    cpu_s: float = 0.0
    """What the generators used, all together."""
    busiest_core: float = 0.0
    """Of the generator that used most, lately."""

    def __add__(self, other: Self) -> "Tally":
        return Tally(
            self.counts + other.counts,
            self.refusals + other.refusals,
            self.closes + other.closes,
            {name: self.times[name] + other.times[name] for name in TIMES},
            self.open + other.open,
            self.cpu_s + other.cpu_s,
            max(self.busiest_core, other.busiest_core),
        )

    def since(self, earlier: Self) -> "Tally":
        """What has been added since; what is a state stays as it is now."""
        return Tally(
            self.counts - earlier.counts,
            self.refusals - earlier.refusals,
            self.closes - earlier.closes,
            {name: self.times[name] - earlier.times[name] for name in TIMES},
            self.open,
            self.cpu_s - earlier.cpu_s,
            self.busiest_core,
        )

    @property
    def error_rate(self) -> float:
        """Visits that failed, or met an error, of all that began (0 to 1)."""
        return self.counts["spoilt"] / max(self.counts["arrived"], 1)


def missed(tally: Tally, *, max_error_rate: float | None, p99_ms: Mapping[str, float]) -> list[str]:
    """Which thresholds were not kept, a sentence each. A time never measured is missed too."""
    sentences = []
    if not tally.counts["joined"]:
        sentences.append("nobody came in")
    if max_error_rate is not None and tally.error_rate > max_error_rate:
        sentences.append(f"{tally.error_rate:.2%} of the visits met an error")
    for name, most_ms in p99_ms.items():
        p99 = tally.times[name].percentile(99)
        if p99 is None:
            sentences.append(f"{name} was never measured")
        elif p99 > most_ms:
            sentences.append(f"{name} p99 is {p99:.1f} ms, more than {most_ms:g}")
    return sentences
