"""Three small drawings of the measured skew, as SVG files beside the documents."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path
from typing import Final

from bench.skew.goals import AssessedRun
from bench.skew.networks import CONFIGURATIONS
from bench.skew.records import Seen, SkewRun
from bench.skew.tracks import Skew, picture_skews, position_skews

TIME_FILE: Final = "skew-time.svg"
POSITIONS_FILE: Final = "skew-positions.svg"
PICTURES_FILE: Final = "skew-pictures.svg"
PLOTTED: Final = {
    TIME_FILE: "Skew of two viewers over one run of each law, on a logarithmic scale",
    PICTURES_FILE: "Share of the pictures that two viewers saw within so many milliseconds",
    POSITIONS_FILE: "Share of the time that two players’ positions were so many milliseconds apart",
}
EXAMPLE: Final = "40 ms"
"""The situation whose first run of each law is drawn over time."""
WIDTH: Final = 860
HEIGHT: Final = 330
LEFT: Final = 64
RIGHT: Final = 40
TOP: Final = 40
BOTTOM: Final = 44
LEAST_MS: Final = 0.1
MOST_MS: Final = 1000.0
DECADES: Final = (0.1, 1.0, 10.0, 100.0, 1000.0)
EVERY_MS: Final = 250.0
"""Of a run this much becomes one point, the worst of it."""
LAW_CLASS: Final = {"ours": "a", "original": "b", "jellyfin": "c"}
LAW_WORD: Final = {"ours": "ours", "original": "the original’s law", "jellyfin": "Jellyfin’s law"}
STYLE: Final = (
    "rect{fill:#0d1422}text{fill:#c9c3b8;font:13px sans-serif}.g{stroke:#2a3346;stroke-width:1}"
    ".m{stroke:#8a93a5;stroke-dasharray:3 4}path{fill:none;stroke-width:1.8}"
    "path.a{stroke:#7fd6ea}path.b{stroke:#f0a94b}path.c{stroke:#e8827c}"
    "text.a{fill:#7fd6ea}text.b{fill:#f0a94b}text.c{fill:#e8827c}"
)
"""A picture of its own ground: documents are read on light and dark pages."""

Point = tuple[float, float]
SkewsOf = Callable[[Sequence[Seen], float, float], list[Skew]]


@dataclass(frozen=True, slots=True)
class Line:
    """One law's line; None: nothing is known there."""

    law: str
    points: Sequence[Point | None]


def write_plots(runs: Sequence[AssessedRun], folder: Path) -> None:
    """All drawings, as far as there are runs for them."""
    folder.mkdir(parents=True, exist_ok=True)
    raw = [run for run, _ in runs]
    drawings = {
        TIME_FILE: over_time(raw),
        PICTURES_FILE: shares(raw, "pictures", picture_skews),
        POSITIONS_FILE: shares(raw, "the time, by position,", position_skews),
    }
    for name, drawing in drawings.items():
        (folder / name).write_text(drawing, encoding="utf-8")


def over_time(runs: Iterable[SkewRun]) -> str:
    """The first run of each law in one situation, from the second viewer's coming on."""
    found = {run.law: run for run in reversed(list(runs)) if run.name == EXAMPLE}
    lines, marks, last_s = [], [], 1.0
    for law, run in sorted(found.items(), key=_by_law):
        joined_ms = run.seen[1].joined_ms
        skews = position_skews(run.seen, joined_ms, run.marks.ended_ms)
        last_s = max(last_s, (run.marks.ended_ms - joined_ms) / 1000)
        lines.append(Line(law, thinned(skews, joined_ms)))
        marks = [
            (run.marks.disturbed_ms, "disturbed by 250 ms"),
            (run.marks.sought_ms, "seek"),
            (run.marks.paused_ms, "pause"),
            (run.marks.together_ms, "start"),
        ]
        marks = [((at_ms - joined_ms) / 1000, word) for at_ms, word in marks]
    drawing = [_levels()]
    for tick_s in range(0, int(last_s) + 1, 10):
        x = _across(tick_s / last_s)
        drawing.append(_text(x, HEIGHT - BOTTOM + 18, f"{tick_s} s", "middle"))
    for number, (at_s, word) in enumerate(marks):
        x = _across(at_s / last_s)
        drawing.append(
            f'<line class="m" x1="{x:.0f}" x2="{x:.0f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        )
        drawing.append(_text(x + 3, TOP + 12 + 14 * (number % 2), word))
    drawing += [
        _path(line.law, [p and (_across(p[0] / last_s), _up(_level(p[1]))) for p in line.points])
        for line in lines
    ]
    return _svg(
        drawing, f"How far apart two viewers were ({EXAMPLE}), first run of each law", lines
    )


def shares(runs: Iterable[SkewRun], of_what: str, skews_of: SkewsOf) -> str:
    """Over symmetric networks and viewers without handicaps, all steady parts together."""
    sizes: dict[str, list[float]] = {}
    for run in runs:
        if CONFIGURATIONS[run.name].steady_counts and not CONFIGURATIONS[run.name].asymmetry_ms:
            skews = skews_of(run.seen, run.marks.steady_ms, run.marks.disturbed_ms)
            sizes.setdefault(run.law, []).extend(abs(skew_ms) for _, skew_ms in skews)
    drawing = []
    for ms in DECADES:
        x = _across(_level(ms))
        drawing.append(
            f'<line class="g" x1="{x:.0f}" x2="{x:.0f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        )
        drawing.append(_text(x, HEIGHT - BOTTOM + 18, f"{ms:g} ms", "middle"))
    for percent in (0, 25, 50, 75, 100):
        y = _up(percent / 100)
        drawing.append(
            f'<line class="g" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.0f}" y2="{y:.0f}"/>'
        )
        drawing.append(_text(LEFT - 8, y + 4, f"{percent} %", "end"))
    lines = [Line(law, cumulated(values)) for law, values in sorted(sizes.items(), key=_by_law)]
    drawing += [
        _path(line.law, [p and (_across(_level(p[0])), _up(p[1])) for p in line.points])
        for line in lines
    ]
    title = f"Steady, symmetric networks: share of {of_what} within so many milliseconds"
    return _svg(drawing, title, lines)


def _by_law(item: tuple[str, object]) -> int:
    return list(LAW_CLASS).index(item[0])


def thinned(skews: Sequence[Skew], from_ms: float) -> list[Point | None]:
    """Seconds and the largest skew of each stretch; a gap where nothing could be compared."""
    worst: dict[int, float] = {}
    for at_ms, skew_ms in skews:
        stretch = int((at_ms - from_ms) // EVERY_MS)
        worst[stretch] = max(worst.get(stretch, 0.0), abs(skew_ms))
    last = max(worst, default=-1)
    return [
        (stretch * EVERY_MS / 1000, worst[stretch]) if stretch in worst else None
        for stretch in range(last + 1)
    ]


def cumulated(sizes_ms: Sequence[float]) -> list[Point | None]:
    """For each size which share is not above it, at a hundred sizes."""
    ascending = sorted(sizes_ms)
    last = len(ascending) - 1
    ranks = sorted({round(last * step / 100) for step in range(101)}) if ascending else []
    return [(ascending[rank], (rank + 1) / (last + 1)) for rank in ranks]


def _level(ms: float) -> float:
    within = min(max(ms, LEAST_MS), MOST_MS)
    return log10(within / LEAST_MS) / log10(MOST_MS / LEAST_MS)


def _across(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _up(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _levels() -> str:
    rows = []
    for ms in DECADES:
        y = _up(_level(ms))
        rows.append(f'<line class="g" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.0f}" y2="{y:.0f}"/>')
        rows.append(_text(LEFT - 8, y + 4, f"{ms:g} ms", "end"))
    return "".join(rows)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{words}</text>'


def _path(law: str, points: Sequence[Point | None]) -> str:
    steps, pen_down = [], False
    for point in points:
        if point is not None:
            steps.append(f"{'L' if pen_down else 'M'}{point[0]:.1f} {point[1]:.1f}")
        pen_down = point is not None
    return f'<path class="{LAW_CLASS[law]}" d="{"".join(steps)}"/>'


def _svg(drawing: Sequence[str], title: str, lines: Sequence[Line]) -> str:
    legend = [
        f'<text class="{LAW_CLASS[line.law]}" x="{WIDTH - RIGHT - 150 * (len(lines) - number):.0f}"'
        f' y="{TOP - 10}">— {LAW_WORD[line.law]}</text>'
        for number, line in enumerate(lines)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{title}</title><style>{STYLE}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}"/>',
            *drawing,
            _text(LEFT, 16, title),
            *legend,
            "</svg>",
            "",
        ]
    )
