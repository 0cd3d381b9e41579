"""From what was seen of two viewers to the figures of a run; a run that saw nothing has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt
from statistics import median
from typing import Final

from bench.figures import percentile
from bench.skew.records import Seen, SkewRun
from bench.skew.tracks import (
    Skew,
    is_read,
    moves_from_ms,
    picture_skews,
    position_skews,
    settled_after_ms,
    wraps_ms,
)

WITHIN_MS: Final = 20.0
"""Settled, and back after a disturbance."""
STAYS_MS: Final = 2000.0
AROUND_MS: Final = 250.0
"""What is said of an instant is the median of what was seen this much before and after it."""
RESIDUAL_FROM_MS: Final = 400.0
RESIDUAL_TO_MS: Final = 900.0
"""A seek's residual is what is left so long after both move again, before trims can close it."""
SEEK_LEAST_MS: Final = 150.0
"""Comparisons are 100 ms apart: a longer gap is a seek."""
AWAY: Final = 0.01
"""A rate further from the room's than this might be heard."""
WRAP_MS: Final = 6000.0
"""So long after the film began anew nothing is steady."""
BEFORE_WRAP_MS: Final = 1000.0
LAST_MS: Final = 5000.0
"""Where a viewer ended is the median over so long."""
STEADY_LEAST: Final = 50
"""Fewer comparisons of positions say nothing of a steady part."""
MINUTE_MS: Final = 60_000.0


class NothingSeen(ValueError):  # noqa: N818 - what happened, in two words
    """A part of a run left no readings, so that there is no figure of it."""


@dataclass(frozen=True, slots=True)
class SkewFigures:
    """One run's figures; what never came within its bound is infinite, in seconds."""

    settle_s: float
    """From the second viewer's coming until the skew was small and stayed so."""
    rms_ms: float
    """Of the steady part's positions, about zero."""
    position_ms: tuple[float, float, float, float]
    """Absolute: p50, p95, p99 and the most."""
    picture_ms: tuple[float, float, float]
    """Absolute: p50, p95 and the most."""
    recovered_s: float
    """After the disturbance."""
    residual_ms: float
    after_seek_s: float
    """From the seek until the skew was small and stayed so."""
    stills: tuple[int | None, int | None]
    """Indices in the two pictures after the pause."""
    start_ms: tuple[float, float]
    """One and six seconds after a start together."""
    seeks_per_min: float
    """In the steady part, of the viewer with more."""
    writes_per_min: float
    """Changes of rate asked for, likewise."""
    away_s: float
    """Seconds of the steady part at a rate over 1 % from the room's, of the viewer with more."""
    dropped: float
    """Share of its frames that the worse viewer dropped in the steady part."""
    end_ms: float
    """At the end of the steady part."""
    ruler_ms: float
    """How far a reading may be off: half the time it took (p95, worse viewer)."""
    unread: int
    """Pictures in which no index could be read, or another than the frame's own time says."""

    @property
    def is_same_picture(self) -> bool:
        """Whether the two pictures after the pause were the same."""
        return self.stills[0] is not None and self.stills[0] == self.stills[1]


def assess(run: SkewRun) -> SkewFigures:
    """The figures of one run."""
    marks, pair = run.marks, run.seen
    joined_ms = pair[1].joined_ms
    steady = _steady(run, position_skews(pair, marks.steady_ms, marks.disturbed_ms))
    pictures = _steady(run, picture_skews(pair, marks.steady_ms, marks.disturbed_ms))
    if len(steady) < STEADY_LEAST or not pictures:
        raise NothingSeen(f"{len(steady)} positions and {len(pictures)} pictures compared")
    sizes = sorted(abs(skew_ms) for _, skew_ms in steady)
    seen_ms = sorted(abs(skew_ms) for _, skew_ms in pictures)
    whole = position_skews(pair, joined_ms, marks.ended_ms)
    p50, p95, p99 = (percentile(sizes, percent) for percent in (50, 95, 99))
    minutes = (marks.disturbed_ms - marks.steady_ms) / MINUTE_MS
    return SkewFigures(
        settle_s=_settled_s(_part(whole, joined_ms, marks.disturbed_ms), joined_ms),
        rms_ms=sqrt(sum(size**2 for size in sizes) / len(sizes)),
        position_ms=(p50, p95, p99, sizes[-1]),
        picture_ms=(percentile(seen_ms, 50), percentile(seen_ms, 95), seen_ms[-1]),
        recovered_s=_settled_s(
            _part(whole, marks.disturbed_ms, marks.sought_ms), marks.disturbed_ms
        ),
        residual_ms=_residual_ms(_part(whole, marks.sought_ms, marks.paused_ms), marks.sought_ms),
        after_seek_s=_settled_s(_part(whole, marks.sought_ms, marks.paused_ms), marks.sought_ms),
        stills=(pair[0].still, pair[1].still),
        start_ms=_start_ms(pair, whole, marks.together_ms),
        seeks_per_min=max(_asked(seen.seeks, run) for seen in pair) / minutes,
        writes_per_min=max(_asked(seen.rates, run) for seen in pair) / minutes,
        away_s=max(_away_s(seen, run) for seen in pair),
        dropped=max(_dropped(seen, run) for seen in pair),
        end_ms=median(
            abs(skew_ms) for at_ms, skew_ms in steady if at_ms >= steady[-1][0] - LAST_MS
        ),
        ruler_ms=max(_took_ms(seen) for seen in pair) / 2,
        unread=sum(_unread(seen) for seen in pair),
    )


def _part(skews: Sequence[Skew], from_ms: float, to_ms: float) -> list[Skew]:
    return [each for each in skews if from_ms <= each[0] < to_ms]


def _steady(run: SkewRun, skews: Sequence[Skew]) -> list[Skew]:
    """Without what a new beginning of the film itself disturbs."""
    wraps = wraps_ms(run.seen[0], run.marks.steady_ms, run.marks.disturbed_ms)
    return [
        each
        for each in skews
        if not any(wrap - BEFORE_WRAP_MS <= each[0] < wrap + WRAP_MS for wrap in wraps)
    ]


def _settled_s(skews: Sequence[Skew], from_ms: float) -> float:
    after_ms = settled_after_ms(skews, from_ms, WITHIN_MS, STAYS_MS)
    return inf if after_ms is None else after_ms / 1000


def _residual_ms(skews: Sequence[Skew], sought_ms: float) -> float:
    """What a seek left, once both move again; before it they still moved on for a moment."""
    moving_ms = _moving_again_ms(skews, sought_ms)
    left = [
        abs(skew_ms)
        for at_ms, skew_ms in skews
        if moving_ms + RESIDUAL_FROM_MS <= at_ms < moving_ms + RESIDUAL_TO_MS
    ]
    if not left:
        raise NothingSeen("no position was compared after the seek")
    return median(left)


def _moving_again_ms(skews: Sequence[Skew], sought_ms: float) -> float:
    """The end of the first gap in the comparisons: both seek at nearly the same time."""
    times_ms = [sought_ms, *(at_ms for at_ms, _ in skews)]
    gaps = (later for earlier, later in pairwise(times_ms) if later - earlier > SEEK_LEAST_MS)
    return next(gaps, sought_ms)


def _start_ms(pair: Sequence[Seen], skews: Sequence[Skew], asked_ms: float) -> tuple[float, float]:
    started_ms = moves_from_ms(pair, asked_ms)
    if started_ms is None:
        raise NothingSeen("nobody started")
    return _around_ms(skews, started_ms + 1000), _around_ms(skews, started_ms + 6000)


def _around_ms(skews: Sequence[Skew], at_ms: float) -> float:
    near = [abs(skew_ms) for each_ms, skew_ms in skews if abs(each_ms - at_ms) <= AROUND_MS]
    if not near:
        raise NothingSeen("no position was compared after the start")
    return median(near)


def _asked(asked: Sequence[tuple[float, float]], run: SkewRun) -> int:
    """How often something was asked of a player in the steady part, new beginnings left out."""
    return len(_steady(run, _part(asked, run.marks.steady_ms, run.marks.disturbed_ms)))


def _away_s(seen: Seen, run: SkewRun) -> float:
    """At the room's rate, which is 1 in every run."""
    inside = [
        (at_ms, rate)
        for at_ms, _, _, rate, _ in seen.positions
        if run.marks.steady_ms <= at_ms < run.marks.disturbed_ms
    ]
    return (
        sum(
            later[0] - earlier[0]
            for earlier, later in pairwise(inside)
            if abs(earlier[1] - 1) > AWAY
        )
        / 1000
    )


def _dropped(seen: Seen, run: SkewRun) -> float:
    inside = [c for c in seen.counts if run.marks.steady_ms <= c[0] < run.marks.disturbed_ms]
    if not inside or inside[-1][2] == inside[0][2]:
        raise NothingSeen("no frames were counted")
    return (inside[-1][1] - inside[0][1]) / (inside[-1][2] - inside[0][2])


def _took_ms(seen: Seen) -> float:
    return percentile(sorted(each[1] for each in seen.positions), 95)


def _unread(seen: Seen) -> int:
    return sum(not is_read(frame) for frame in seen.frames)
