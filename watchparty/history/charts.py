"""Drawings of a room's past: rows in, places of shapes out. A template makes SVG of them.

Every place is in percent of the drawing, so that shapes may be stretched and words are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from watchparty.history import words
from watchparty.models import PlaybackEvent, Visit

BAR: Final = 20
"""Pixels from one presence bar to the next."""

BARS: Final = 60
"""Members who are drawn; more are a wall nobody reads."""

TICKS: Final = 6
"""Times at the foot of the drawings, at most."""

MINUTE_S: Final = 60
DAY_S: Final = 86_400

_STEPS_S: Final = (1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, DAY_S)


@dataclass(frozen=True)
class Bar:
    """One stay, or one column."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Line:
    """Whose bars lie on one line; `y` in pixels."""

    name: str
    y: int
    bars: list[Bar]


@dataclass(frozen=True)
class Curve:
    """A line by its SVG points, and what its top stands for."""

    points: str
    top: float


@dataclass(frozen=True)
class Mark:
    """One control: where it was and what it was."""

    x: float
    y: float
    kind: str
    title: str


@dataclass(frozen=True)
class Film:
    """The playhead over time: stretches in which it moved or stood, and what people did to it."""

    playing: list[str]
    standing: list[str]
    marks: list[Mark]
    top: str


@dataclass(frozen=True)
class Tick:
    """A word at the foot of a drawing."""

    x: float
    label: str


class Span:
    """From one instant to another, laid over the width of a drawing."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.first = first
        self.last = last
        self._length_s = max((last - first).total_seconds(), 1.0)

    def x(self, at: datetime) -> float:
        """Where an instant lies, in percent; what is outside lies at the edge."""
        share = (at - self.first).total_seconds() / self._length_s
        return round(min(max(share, 0.0), 1.0) * 100, 2)

    def ticks(self) -> list[Tick]:
        """Round times, with the day where the span is longer than one."""
        step_s = _step_s(self._length_s)
        form = "%H:%M:%S" if step_s < MINUTE_S else "%H:%M"
        if self._length_s >= DAY_S:
            form = "%d %b %H:%M" if step_s < DAY_S else "%d %b"
        midnight = self.first.replace(hour=0, minute=0, second=0, microsecond=0)
        steps = int((self.first - midnight).total_seconds() // step_s) + 1
        at = midnight + timedelta(seconds=steps * step_s)
        ticks = []
        while at < self.last:
            ticks.append(Tick(self.x(at), f"{at:{form}}"))
            at += timedelta(seconds=step_s)
        return ticks


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
        width = round(max(ends - begins, 0.2), 2)
        line.bars.append(Bar(begins, line.y + 3, width, BAR - 6, _stay(stay)))
    return list(lines.values())


def steps(counts: Sequence[tuple[datetime, int]], span: Span) -> Curve:
    """How many are here, as stairs."""
    top = float(max((many for _, many in counts), default=0) or 1)
    points: list[str] = []
    y = 100.0
    for at, many in counts:
        x = span.x(at)
        points.append(f"{x},{y:.1f}")
        y = _y(many, top)
        points.append(f"{x},{y:.1f}")
    return Curve(" ".join(points), top)


def curve(values: Sequence[tuple[datetime, float]], span: Span, top: float) -> Curve:
    """A figure over time; beyond `top` it runs along the edge."""
    shown = [(span.x(at), _y(value, top)) for at, value in values]
    return Curve(" ".join(f"{x},{y:.1f}" for x, y in shown), top)


def film(events: Sequence[PlaybackEvent], span: Span) -> Film | None:
    """Where the film was, by its recorded vectors; None without any.

    Between two events the playhead goes on by the first one's rate, and stops at the film's end.
    """
    if not events:
        return None
    top_s = max(*(event.position_s for event in events), *(_length_s(event) for event in events), 1)
    told = Film([], [], [], words.clock(top_s))
    for event, following in zip(events, [*events[1:], None], strict=True):
        until = following.at if following else span.last
        ends_s = event.position_s
        if event.playing:
            ends_s += event.rate * max((until - event.at).total_seconds(), 0.0)
            ends_s = min(ends_s, _length_s(event) or top_s)
        x, y = span.x(event.at), _y(event.position_s, top_s)
        points = f"{x},{y:.1f} {span.x(until)},{_y(ends_s, top_s):.1f}"
        (told.playing if event.playing else told.standing).append(points)
        title = f"{event.at:%H:%M:%S} {words.who(event)} {words.what(event)}"
        told.marks.append(Mark(x, round(y, 1), event.kind, title))
    return told


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
        y = _y(sum(many for _, many in one), top)
        most = sorted(one, key=lambda pair: -pair[1])
        bars.append(
            Bar(
                x=round(second / length_s * 100, 2),
                y=round(y, 1),
                width=round(max(bucket_s / length_s * 100, 0.2), 2),
                height=round(100 - y, 1),
                title=f"{words.clock(second)}: "
                + " ".join(f"{emoji} {many}" for emoji, many in most),
            )
        )
    return bars


def film_ticks(length_s: float) -> list[Tick]:
    """Round moments of a film, from its start on."""
    step_s = _step_s(length_s)
    moments = [step_s * number for number in range(TICKS + 1) if step_s * number < length_s]
    return [Tick(round(at / length_s * 100, 2), words.clock(at)) for at in moments]


def _step_s(length_s: float) -> int:
    days = int(length_s // (DAY_S * TICKS)) + 1
    return next((step for step in _STEPS_S if length_s / step <= TICKS), DAY_S * days)


def _y(value: float, top: float) -> float:
    """From the top, in percent."""
    return 100 - min(max(value / top, 0.0), 1.0) * 100


def _length_s(event: PlaybackEvent) -> float:
    return event.duration_s or 0.0


def _stay(stay: Visit) -> str:
    until = f"{stay.left_at:%H:%M:%S}" if stay.left_at else f"after {stay.seen_at:%H:%M:%S}"
    told = f"{stay.name}, {stay.role}: {stay.joined_at:%H:%M:%S} to {until} at {stay.instance}"
    if stay.reconnects:
        told += f", {stay.reconnects} reconnects"
    if stay.skew_p95_ms is not None:
        told += f"; off by {stay.skew_p50_ms:.1f} ms, 95 % within {stay.skew_p95_ms:.1f} ms"
    return told
