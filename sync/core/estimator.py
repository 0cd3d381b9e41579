"""The media clock as samples of Redis tell it: a strip of delay bounds, carried along the skew.

The same idea as in browsers (static/js/clock/estimator.js): every sample says "not above" at T1
and "not below" at T4, and the offset lies where all of them agree.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sync.core.skew import PPM, Bounds, SkewFit

WINDOW_MS: Final = 120_000.0
"""Older samples know less than the skew does."""

MAX_SAMPLES: Final = 240
MIN_SAMPLES: Final = 8
"""The newest are kept however old: after a long absence they still tell where the clock was."""

MAX_DELAY_MS: Final = 3000.0

BEST: Final = 2
"""The mean of the two best bounds tolerates one bad stamp in each direction."""

WANDER_PPM: Final = 2.0
"""Ageing beyond two standard errors of the skew: machines warm up and cool down."""

TOLERANCE_MS: Final = 1.0
"""A disagreement below this is slewed away unnoticed; above it somebody's clock has moved."""

MIN_FOR_WEDGE: Final = 6
LOW_EXCESS_MS: Final = 1.0
LOW_EXCESS_SHARE: Final = 0.3
"""A sample this close to the delay floor has no queue to hide behind."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One exchange: T1 and T4 of our oscillator, and the media time that Redis read in between."""

    t1_ms: float
    t4_ms: float
    media_ms: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known at one instant of the oscillator."""

    offset_ms: float
    """Media clock minus oscillator."""
    bound_ms: float
    """|true offset − offset_ms| is at most this."""
    skew: float
    """How much faster the media clock runs, ms per ms."""
    growth: float
    """By how much the bound grows without new samples, ms per ms."""


class Verdict(Enum):
    """What became of a sample."""

    ACCEPTED = "accepted"
    SLOW = "slow"
    """Accepted; but it met a queue, so it is no evidence against a doubt."""
    INVALID = "invalid"
    """No exchange can be like this."""
    DROPPED = "dropped"
    """A queue spoilt it."""
    DOUBTFUL = "doubtful"
    """It had no queue and contradicts all others: it was not taken; a clock may have moved."""


class Estimator:
    """Offset, skew and error bound between an oscillator and the media clock."""

    def __init__(self) -> None:
        self._samples: deque[Bounds] = deque(maxlen=MAX_SAMPLES)
        self._fit = SkewFit()
        self._origin_ms = 0.0
        """Offsets are kept from here: epoch milliseconds leave a float64 only 0.2 µs."""

    def __len__(self) -> int:
        """Samples held."""
        return len(self._samples)

    def restart(self, doubt_ppm: float) -> None:
        """Forget every sample; what is known of the oscillator's rate is doubted by so much."""
        self._samples.clear()
        self._fit.restart(doubt_ppm)

    def add(self, sample: Sample) -> Verdict:
        """Take one sample and say what became of it."""
        delay_ms = sample.t4_ms - sample.t1_ms
        if not 0 <= delay_ms <= MAX_DELAY_MS:
            return Verdict.INVALID
        if not self._samples:
            self._origin_ms = sample.media_ms - sample.t1_ms
        bounds = self._bounds(sample)
        verdict = self._judge(bounds)
        if verdict in (Verdict.ACCEPTED, Verdict.SLOW):
            self._samples.append(bounds)
            self._expire(bounds.lower_at_ms - WINDOW_MS)
            self._fit.add(bounds)
        return verdict

    def estimate(self, at_ms: float) -> Estimate | None:
        """The estimate at an instant of the oscillator, or None before the first sample."""
        uppers, lowers = self._carried(self._samples, at_ms)
        if not uppers:
            return None
        offset_ms = (sum(uppers) / len(uppers) + sum(lowers) / len(lowers)) / 2
        half_ms = (uppers[0] - lowers[0]) / 2
        # Two averaged bounds may lie beside the middle of the strip: that belongs to the bound.
        bound_ms = abs(half_ms) + abs(offset_ms - (uppers[0] + lowers[0]) / 2)
        if half_ms < 0:  # a clock moved within the tolerance: the truth is in the newest interval
            bound_ms += max(bounds.delay_ms for bounds in self._samples)
        growth = self._growth
        return Estimate(self._origin_ms + offset_ms, bound_ms, self._fit.result.skew, growth)

    def offset_told_by(self, samples: Iterable[Sample], at_ms: float) -> float | None:
        """The offset by other samples than those held; None where they contradict each other."""
        uppers, lowers = self._carried((self._bounds(sample) for sample in samples), at_ms)
        if not uppers or uppers[0] < lowers[0] - TOLERANCE_MS:
            return None
        return self._origin_ms + (uppers[0] + lowers[0]) / 2

    @property
    def skew(self) -> float:
        """How much faster than the oscillator the media clock runs, ms per ms."""
        return self._fit.result.skew

    def _bounds(self, sample: Sample) -> Bounds:
        media_ms = sample.media_ms - self._origin_ms
        return Bounds(media_ms - sample.t1_ms, sample.t1_ms, media_ms - sample.t4_ms, sample.t4_ms)

    def _judge(self, new: Bounds) -> Verdict:
        if not self._samples:
            return Verdict.ACCEPTED
        uppers, lowers = self._carried(self._samples, new.lower_at_ms)
        least_upper, most_lower = uppers[0], lowers[0]
        width_ms = least_upper - most_lower
        excess_ms = new.delay_ms - width_ms
        low = excess_ms <= max(LOW_EXCESS_MS, LOW_EXCESS_SHARE * width_ms)
        # Both strips hold the true offset: without a common point somebody's clock has moved.
        if new.upper_ms < most_lower - TOLERANCE_MS or new.lower_ms > least_upper + TOLERANCE_MS:
            return Verdict.DOUBTFUL
        # A queue of x moves the middle by at most x / 2 (the wedge of ntpd's huff-n'-puff).
        aside_ms = abs(new.upper_ms + new.lower_ms - least_upper - most_lower) / 2
        wedge_known = len(self._samples) >= MIN_FOR_WEDGE and excess_ms >= -TOLERANCE_MS
        if wedge_known and aside_ms > max(excess_ms, 0.0) / 2 + TOLERANCE_MS:
            return Verdict.DOUBTFUL if low else Verdict.DROPPED
        return Verdict.ACCEPTED if low else Verdict.SLOW

    def _expire(self, oldest_ms: float) -> None:
        samples = self._samples
        while len(samples) > MIN_SAMPLES and samples[0].lower_at_ms < oldest_ms:
            samples.popleft()

    @property
    def _growth(self) -> float:
        return 2 * self._fit.result.error + WANDER_PPM * PPM

    def _carried(self, samples: Iterable[Bounds], at_ms: float) -> tuple[list[float], list[float]]:
        """The best bounds at one instant, widened by what the skew does not know."""
        skew, growth = self._fit.result.skew, self._growth
        uppers, lowers = [], []
        for bounds in samples:
            since_ms = at_ms - bounds.upper_at_ms
            uppers.append(bounds.upper_ms + skew * since_ms + growth * abs(since_ms))
            since_ms = at_ms - bounds.lower_at_ms
            lowers.append(bounds.lower_ms + skew * since_ms - growth * abs(since_ms))
        return sorted(uppers)[:BEST], sorted(lowers, reverse=True)[:BEST]
