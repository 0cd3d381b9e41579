"""From readings of a browser's clock beside the true one to figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan
from statistics import median
from typing import Final

from bench.figures import percentile
from bench.host_clock import Pair, ahead_ms
from bench.probe_client import Probe

SETTLED_MS: Final = 30_000.0
"""Errors count from so long after the socket opened, as in the simulation."""
CLOSE_MS: Final = 5.0
STAYS_MS: Final = 2000.0
"""A fix is found when the error stays small for so long."""
RECOVERED_MS: Final = 4000.0
"""So long after a step of the browser's own clock no bound can hold: nobody told it."""
TOOK_MAX_MS: Final = 0.3
"""A reading that took longer was interrupted and says nothing."""
RULER_MS: Final = 0.01
"""Of a reading itself: two ticks of an isolated page's clock, and the kernel clocks' comparison."""


@dataclass(frozen=True, slots=True)
class Law:
    """How a browser's clocks are wrong: by an offset, a rate, and a step during the run."""

    offset_ms: float = 0.0
    ppm: float = 0.0
    step_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the page's clock said at a true instant (of CLOCK_MONOTONIC)."""

    monotonic_ms: float
    took_ms: float
    media_ms: float
    bound_ms: float | None
    skew_ppm: float
    locked: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """All that a run leaves; instants are of CLOCK_MONOTONIC."""

    readings: list[Reading]
    opened_ms: float
    """When the Worker's socket opened."""
    step_ms: float
    """When the browser's clocks were made to jump."""
    pairs: list[Pair]


@dataclass(frozen=True, slots=True)
class Score:
    """How wrong the page's clock was, so long after its socket opened."""

    at_ms: float
    error_ms: float
    unsure_ms: float
    """How wrong the error itself may be."""
    bound_ms: float | None

    @property
    def is_violation(self) -> bool:
        """Whether the clock was further off than it said it could be."""
        return self.bound_ms is not None and abs(self.error_ms) > self.bound_ms + self.unsure_ms


@dataclass(frozen=True, slots=True)
class Accuracy:
    """One run's figures; a time that never came is infinite, one not asked for nan."""

    error_ms: tuple[float, float, float, float]
    """Absolute, settled and before the step: p50, p95, p99 and the most."""
    beyond_ms: float
    """p95 of what is left when the relay's own asymmetry is taken off."""
    bound_ms: float
    """Median of what the clock stated."""
    skew_off_ppm: float
    """The last estimate of the skew before the step, minus the truth."""
    settled: int
    violated: int
    """Of the settled readings."""
    first_violated: int
    """Of those between the first fix and the settled ones."""
    first_fix_ms: float
    recovery_ms: float
    interrupted: int
    """Readings that were left out because something came between."""


def score(watched: Watched, base_ms: float) -> list[Score]:
    """Every reading that was not interrupted, beside true media time."""
    scores = []
    for reading in watched.readings:
        if reading.took_ms <= TOOK_MAX_MS:
            at_ms = reading.monotonic_ms
            true_ms = at_ms + ahead_ms(watched.pairs, at_ms) + base_ms
            error_ms = reading.media_ms - true_ms
            unsure_ms = reading.took_ms / 2 + RULER_MS
            since_ms = at_ms - watched.opened_ms
            scores.append(Score(since_ms, error_ms, unsure_ms, reading.bound_ms))
    return scores


def assess(watched: Watched, base_ms: float, law: Law, asymmetry_ms: float) -> Accuracy:
    """The figures of one run; `asymmetry_ms` is the error that the relay's own floors explain."""
    scores = score(watched, base_ms)
    step_ms = watched.step_ms - watched.opened_ms
    before = [s for s in scores if s.at_ms < step_ms]
    settled = [s for s in before if s.at_ms >= SETTLED_MS]
    errors = sorted(abs(s.error_ms) for s in settled)
    beyond = sorted(abs(s.error_ms - asymmetry_ms) for s in settled)
    first_fix_ms = stays_close_after(before, 0, asymmetry_ms)
    early = [s for s in before if first_fix_ms <= s.at_ms < SETTLED_MS]
    p50, p95, p99 = (percentile(errors, percent) for percent in (50, 95, 99))
    stepped = [s for s in scores if s.at_ms >= step_ms]
    recovery_ms = nan
    if law.step_ms and stepped:
        recovery_ms = stays_close_after(stepped, step_ms, asymmetry_ms)
    known = [r for r in watched.readings if r.monotonic_ms < watched.step_ms]
    return Accuracy(
        error_ms=(p50, p95, p99, errors[-1]),
        beyond_ms=percentile(beyond, 95),
        bound_ms=median(s.bound_ms for s in settled if s.bound_ms is not None),
        skew_off_ppm=known[-1].skew_ppm + law.ppm,
        settled=len(settled),
        violated=sum(s.is_violation for s in settled),
        first_violated=sum(s.is_violation for s in early),
        first_fix_ms=first_fix_ms,
        recovery_ms=recovery_ms,
        interrupted=len(watched.readings) - len(scores),
    )


def stays_close_after(scores: Sequence[Score], from_ms: float, asymmetry_ms: float) -> float:
    """How long after an instant the error was small and stayed so; infinite: never.

    An error that the path's asymmetry explains is no fault of the clock, and is taken off.
    """
    since_ms = inf
    for each in scores:
        if abs(each.error_ms - asymmetry_ms) > CLOSE_MS:
            since_ms = inf
        else:
            since_ms = min(since_ms, each.at_ms)
            if each.at_ms - since_ms >= STAYS_MS:
                break
    return max(since_ms - from_ms, 0.0)


def pace_off_ppm(scores: Sequence[Score], over_ms: float) -> float:
    """By how much the page's clock goes too fast from one reading to those soon after it.

    The median: corrections when a probe comes are not its pace.
    """
    paces: list[float] = []
    later = iter(scores)
    other = next(later)
    for each in scores:
        while other.at_ms < each.at_ms + over_ms:
            if (following := next(later, None)) is None:
                return median(paces)
            other = following
        paces.append((other.error_ms - each.error_ms) / (other.at_ms - each.at_ms) * 1e6)
    return median(paces)


@dataclass(frozen=True, slots=True)
class Strip:
    """What two-way probes alone say of the ruler: it must lie within, if both are right."""

    middle_ms: float
    half_ms: float

    @property
    def holds_ruler(self) -> bool:
        """Whether the two rulers agree."""
        return abs(self.middle_ms) <= self.half_ms


def reference_strip(probes: Sequence[Probe], pairs: Sequence[Pair], base_ms: float) -> Strip:
    """Bounds of (what probes say − the ruler), from the best of each direction."""
    upper_ms = min(p.t2_ms - p.t1_ms - ahead_ms(pairs, p.t1_ms) for p in probes) - base_ms
    lower_ms = max(p.t3_ms - p.t4_ms - ahead_ms(pairs, p.t4_ms) for p in probes) - base_ms
    return Strip((upper_ms + lower_ms) / 2, (upper_ms - lower_ms) / 2)


def explained_ms(up_floor_ms: float, down_floor_ms: float) -> float:
    """The error that no two-way exchange can see: half the difference of the two floors."""
    return (up_floor_ms - down_floor_ms) / 2
