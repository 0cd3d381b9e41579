"""How fast an oscillator runs against the media clock, fitted from each stretch's best samples.

The same fit as browsers make (static/js/clock/skew.js), without what only they need.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import floor, hypot, sqrt
from typing import Final

PPM: Final = 1e-6

PRIOR_PPM: Final = 60.0
"""Two thirds of crystals are within this of each other."""

LIMIT_PPM: Final = 500.0
"""No honest oscillator is further off (RFC 5905); beyond it the samples are wrong."""

FIRST_BUCKET_MS: Final = 1000.0
LAST_BUCKET_MS: Final = 8000.0
MAX_BUCKETS: Final = 48
"""Buckets double to 8 s, so that the fit looks back six minutes at a bounded cost."""

MIN_BUCKETS: Final = 5
MIN_SPAN_MS: Final = 3000.0
"""Fewer or closer say nothing that the prior does not say better."""

MIN_FOR_SURPRISE: Final = 8
SURPRISE: Final = 3.0
"""Beyond so many standard deviations of both, what was remembered was of another pair of clocks."""

QUARTILE: Final = 0.25
QUARTILE_TO_SD: Final = 0.29
"""Of exponential waits the lower quartile lies 0.29 standard deviations above their floor."""

MIN_SD_MS: Final = 0.005
"""A path without noise must not make one point count for all; TIME itself counts in 1 µs."""

HUBER_PASSES: Final = 2
HUBER_MADS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Skew:
    """Milliseconds of offset per millisecond, positive while the media clock is the faster one."""

    skew: float
    error: float
    """Standard error."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one sample says of the offset: not above `upper_ms` then, not below `lower_ms` then."""

    upper_ms: float
    upper_at_ms: float
    lower_ms: float
    lower_at_ms: float

    @property
    def delay_ms(self) -> float:
        """Round trip."""
        return self.upper_ms - self.lower_ms


@dataclass(frozen=True, slots=True)
class _Point:
    at_ms: float
    offset_ms: float
    excess_ms: float
    """How far it may lie from its floor."""


@dataclass(frozen=True, slots=True)
class _Line:
    slope: float
    mean_at_ms: float
    mean_offset_ms: float

    def residual(self, point: _Point) -> float:
        return point.offset_ms - self.mean_offset_ms - self.slope * (point.at_ms - self.mean_at_ms)


UNKNOWN: Final = Skew(0.0, PRIOR_PPM * PPM)


class SkewFit:
    """The slope of the strip between upper and lower bounds, each edge fitted for itself."""

    def __init__(self) -> None:
        self._prior = UNKNOWN
        self.result = UNKNOWN
        """As known after the last complete stretch."""
        self._buckets: list[tuple[int, Bounds]] = []
        self._bucket_ms = FIRST_BUCKET_MS

    def restart(self, doubt_ppm: float) -> None:
        """Forget every sample, but not the oscillator: it runs on about as fast as before."""
        error = min(hypot(self.result.error, doubt_ppm * PPM), UNKNOWN.error)
        self._prior = self.result = Skew(self.result.skew, error)
        self._buckets = []
        self._bucket_ms = FIRST_BUCKET_MS

    def add(self, bounds: Bounds) -> None:
        """Take one sample. Only one that begins a new stretch costs a fit."""
        if not self._merge(self._buckets, floor(bounds.lower_at_ms / self._bucket_ms), bounds):
            return
        if len(self._buckets) > MAX_BUCKETS:
            self._shrink()
        self.result = self._fit()

    def _merge(self, buckets: list[tuple[int, Bounds]], index: int, new: Bounds) -> bool:
        """Each direction keeps its own winner; whether a new bucket was begun."""
        if not buckets or buckets[-1][0] < index:
            buckets.append((index, new))
            return True
        held, skew = buckets[-1][1], self.result.skew
        if new.upper_ms < held.upper_ms + skew * (new.upper_at_ms - held.upper_at_ms):
            held = replace(held, upper_ms=new.upper_ms, upper_at_ms=new.upper_at_ms)
        if new.lower_ms > held.lower_ms + skew * (new.lower_at_ms - held.lower_at_ms):
            held = replace(held, lower_ms=new.lower_ms, lower_at_ms=new.lower_at_ms)
        buckets[-1] = (buckets[-1][0], held)
        return False

    def _shrink(self) -> None:
        if self._bucket_ms >= LAST_BUCKET_MS:
            del self._buckets[0]
            return
        self._bucket_ms *= 2
        wider: list[tuple[int, Bounds]] = []
        for index, bounds in self._buckets:
            self._merge(wider, index // 2, bounds)
        self._buckets = wider

    def _fit(self) -> Skew:
        found = [bounds for _, bounds in self._buckets]
        if len(found) < MIN_BUCKETS or found[-1].lower_at_ms - found[0].lower_at_ms < MIN_SPAN_MS:
            return self._prior
        # How far a bound lies from its floor cannot be told without a slope: the middles give one.
        rough, _ = _robust_slope([_middle(bounds, self.result.skew) for bounds in found])
        uppers = [
            _Point(b.upper_at_ms, b.upper_ms, b.upper_ms - rough * b.upper_at_ms) for b in found
        ]
        lowers = [
            _Point(b.lower_at_ms, b.lower_ms, rough * b.lower_at_ms - b.lower_ms) for b in found
        ]
        slope, variance = _combine(_robust_slope(uppers), _robust_slope(lowers))
        prior, told = self._prior, len(found) >= MIN_FOR_SURPRISE
        if told and abs(slope - prior.skew) > SURPRISE * hypot(prior.error, sqrt(variance)):
            prior = UNKNOWN
        slope, variance = _combine((slope, variance), (prior.skew, prior.error**2))
        limit = LIMIT_PPM * PPM
        return Skew(min(limit, max(-limit, slope)), sqrt(variance))


def _middle(bounds: Bounds, skew: float) -> _Point:
    """The middle of a bucket's two winners is true at the middle of their instants."""
    carried = skew * (bounds.lower_at_ms - bounds.upper_at_ms)
    return _Point(
        (bounds.upper_at_ms + bounds.lower_at_ms) / 2,
        (bounds.upper_ms + bounds.lower_ms) / 2,
        bounds.upper_ms + carried - bounds.lower_ms,
    )


def _combine(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Two independent opinions (value, variance) made one: each counts by the other's variance."""
    total = one[1] + other[1]
    return (one[0] * other[1] + other[0] * one[1]) / total, one[1] * other[1] / total


def _robust_slope(points: Sequence[_Point]) -> tuple[float, float]:
    """Slope and its variance by least squares, in which points far from the line count less."""
    base = weights = _floor_weights(points)
    line = _fit_line(points, weights)
    for _ in range(HUBER_PASSES):
        sizes = [abs(line.residual(point)) for point in points]
        limit = max(HUBER_MADS * quantile(sizes, 0.5), MIN_SD_MS)
        weights = [w * limit / max(size, limit) for w, size in zip(base, sizes, strict=True)]
        line = _fit_line(points, weights)
    squares = _weighted(points, weights, lambda point: line.residual(point) ** 2)
    spread = _weighted(points, weights, lambda point: (point.at_ms - line.mean_at_ms) ** 2)
    freedom = len(points) - 2
    few = freedom / (freedom - 2)  # noise told from few points is uncertain itself: Student's t
    return line.slope, few * max(squares / freedom, MIN_SD_MS**2 / 12) / max(spread, 1.0)


def _floor_weights(points: Sequence[_Point]) -> list[float]:
    """Points near the floor saw little queueing (chrony weighs by their distance likewise)."""
    excesses = [point.excess_ms for point in points]
    least = min(excesses)
    sd_ms = max((quantile(excesses, QUARTILE) - least) / QUARTILE_TO_SD, MIN_SD_MS)
    return [float((1 + (excess - least) / sd_ms) ** -2) for excess in excesses]


def _fit_line(points: Sequence[_Point], weights: Sequence[float]) -> _Line:
    total = sum(weights)
    mean_at = _weighted(points, weights, lambda point: point.at_ms) / total
    mean_offset = _weighted(points, weights, lambda point: point.offset_ms) / total
    above = _weighted(
        points, weights, lambda point: (point.at_ms - mean_at) * (point.offset_ms - mean_offset)
    )
    below = _weighted(points, weights, lambda point: (point.at_ms - mean_at) ** 2)
    return _Line(above / below if below > 0 else 0.0, mean_at, mean_offset)


def _weighted(
    points: Sequence[_Point], weights: Sequence[float], of: Callable[[_Point], float]
) -> float:
    return sum(weight * of(point) for point, weight in zip(points, weights, strict=True))


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of them lies."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
