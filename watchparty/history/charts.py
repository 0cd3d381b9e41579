"""Drawings of a room's past: numbers in, places of shapes out. A template makes SVG of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from watchparty.models import Visit

WIDTH: Final = 1000.0
"""Of every drawing, in its own units."""

BAR: Final = 16.0
"""From one presence bar to the next."""

HEIGHT: Final = 120.0
"""Of a curve."""

BARS: Final = 60
"""Members who are drawn; more are a wall nobody reads."""


@dataclass(frozen=True)
class Bar:
    """One stay, or one column."""

    x: float
    y: float
    width: float
    height: float
    label: str
    title: str


@dataclass(frozen=True)
class Line:
    """Whose bars lie on one line."""

    name: str
    y: float
    bars: list[Bar]


@dataclass(frozen=True)
class Curve:
    """A line by its SVG points, and what its top stands for."""

    points: str
    top: float


class Span:
    """From one instant to another, laid over WIDTH."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.first = first
        self.last = last
        self._length_s = max((last - first).total_seconds(), 1.0)

    def x(self, at: datetime) -> float:
        """Where an instant lies."""
        share = (at - self.first).total_seconds() / self._length_s
        return round(min(max(share, 0.0), 1.0) * WIDTH, 1)


def presence(stays: Sequence[Visit], span: Span) -> list[Line]:
    """A line for each member, in order of coming, with a bar for each stay."""
    lines: dict[str, Line] = {}
    for stay in stays:
        line = lines.get(stay.member)
        if line is None:
            if len(lines) == BARS:
                continue
            line = lines[stay.member] = Line(stay.name, len(lines) * BAR, [])
        begins, ends = span.x(stay.joined_at), span.x(stay.left_at or stay.seen_at)
        line.bars.append(
            Bar(begins, line.y + 2, max(ends - begins, 1.0), BAR - 4, stay.name, _stay(stay))
        )
    return list(lines.values())


def steps(counts: Sequence[tuple[datetime, int]], span: Span) -> Curve:
    """How many are here, as stairs."""
    top = float(max((many for _, many in counts), default=0) or 1)
    points: list[str] = []
    y = HEIGHT
    for at, many in counts:
        x = span.x(at)
        points.append(f"{x},{y:.1f}")
        y = HEIGHT - many / top * HEIGHT
        points.append(f"{x},{y:.1f}")
    return Curve(" ".join(points), top)


def curve(values: Sequence[tuple[datetime, float]], span: Span, top: float) -> Curve:
    """A figure over time; beyond `top` it runs along the edge."""
    shown = [(span.x(at), HEIGHT - min(value / top, 1.0) * HEIGHT) for at, value in values]
    return Curve(" ".join(f"{x},{y:.1f}" for x, y in shown), top)


def columns(totals: Sequence[tuple[int, str, int]], bucket_s: int) -> list[Bar]:
    """Reactions over the film: a column for each bucket, its emoji by number in the title."""
    by_bucket: dict[int, list[tuple[str, int]]] = {}
    for second, emoji, many in totals:
        by_bucket.setdefault(second, []).append((emoji, many))
    if not by_bucket:
        return []
    length_s = max(by_bucket) + bucket_s
    top = max(sum(many for _, many in one) for one in by_bucket.values())
    bars = []
    for second, one in sorted(by_bucket.items()):
        height = sum(many for _, many in one) / top * HEIGHT
        most = sorted(one, key=lambda pair: -pair[1])
        bars.append(
            Bar(
                x=round(second / length_s * WIDTH, 1),
                y=round(HEIGHT - height, 1),
                width=round(max(bucket_s / length_s * WIDTH, 1.0), 1),
                height=round(height, 1),
                label=most[0][0],
                title=" ".join(f"{emoji} {many}" for emoji, many in most),
            )
        )
    return bars


def _stay(stay: Visit) -> str:
    until = f"{stay.left_at:%H:%M:%S}" if stay.left_at else f"after {stay.seen_at:%H:%M:%S}"
    told = f"{stay.name}, {stay.role}: {stay.joined_at:%H:%M:%S} to {until} at {stay.instance}"
    if stay.reconnects:
        told += f", {stay.reconnects} reconnects"
    if stay.skew_p95_ms is not None:
        told += f"; off by {stay.skew_p50_ms:.1f} ms, 95 % within {stay.skew_p95_ms:.1f} ms"
    return told
