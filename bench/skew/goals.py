"""What the figures should reach (DESIGN §8, issue 5), and whether they do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median
from typing import Final

from bench.skew.figures import SkewFigures
from bench.skew.networks import CONFIGURATIONS
from bench.skew.records import SkewRun

AssessedRun = tuple[SkewRun, SkewFigures]

REFRESH_MS: Final = 16.9
"""A display refresh of 16.67 ms, and two ticks of the clock that it is read with."""
ASYMMETRY_SLACK_MS: Final = 5.0
SYMMETRIC: Final = ("direct", "40 ms", "stalls", "long")
UNSTEADY: Final = ("jittery", "asymmetric")


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure, the situations that it is asked of, and the most that it may be."""

    what: str
    figure: Callable[[SkewFigures], float]
    most: float
    unit: str
    names: tuple[str, ...]


def _asymmetric(name: str) -> Goal:
    most_ms = CONFIGURATIONS[name].asymmetry_ms / 2 + ASYMMETRY_SLACK_MS
    return Goal(f"steady, position p99, {name}", lambda f: f.position_ms[2], most_ms, "ms", (name,))


GOALS: Final[tuple[Goal, ...]] = (
    Goal("steady, position rms", lambda f: f.rms_ms, 1.0, "ms", SYMMETRIC),
    Goal("steady, position p99", lambda f: f.position_ms[2], 3.0, "ms", SYMMETRIC),
    *(_asymmetric(name) for name in UNSTEADY),
    Goal("steady, picture median", lambda f: f.picture_ms[0], 0.2, "ms", SYMMETRIC),
    Goal("steady, picture p95", lambda f: f.picture_ms[1], REFRESH_MS, "ms", SYMMETRIC),
    Goal("start together, at 1 s", lambda f: f.start_ms[0], 40.0, "ms", SYMMETRIC),
    Goal("start together, at 6 s", lambda f: f.start_ms[1], 5.0, "ms", SYMMETRIC),
    Goal("below 20 ms after 250 ms of disturbance", lambda f: f.recovered_s, 5.0, "s", SYMMETRIC),
    Goal("left by a seek", lambda f: f.residual_ms, 50.0, "ms", SYMMETRIC),
    Goal("seeks a minute at rest", lambda f: f.seeks_per_min, 0.0, "", SYMMETRIC),
    Goal("rate writes a minute at rest", lambda f: f.writes_per_min, 2.0, "", SYMMETRIC),
    Goal("rates refused: apart in the end", lambda f: f.end_ms, 100.0, "ms", ("refused",)),
    Goal("rates refused: seeks a minute", lambda f: f.seeks_per_min, 2.0, "", ("refused",)),
    Goal("a sixth of a CPU: apart in the end", lambda f: f.end_ms, 100.0, "ms", ("slow",)),
    Goal("a sixth of a CPU: seeks a minute", lambda f: f.seeks_per_min, 2.0, "", ("slow",)),
)


def verdicts(ours: Sequence[AssessedRun]) -> list[str]:
    """Each goal for each situation that was measured: met or missed, and by how many runs."""
    lines = []
    for goal in GOALS:
        for name in goal.names:
            values = [goal.figure(figures) for run, figures in ours if run.name == name]
            if values:
                lines.append(_verdict(goal, name, values))
    if ours:
        others = sum(not figures.is_same_picture for _, figures in ours)
        word = "met" if others == 0 else "**missed**"
        lines.append(
            f"after a pause the same picture on both: {len(ours) - others} of {len(ours)} runs, "
            f"goal all: {word}"
        )
    return lines


def _verdict(goal: Goal, name: str, values: Sequence[float]) -> str:
    middle = median(values)
    beyond = sum(value > goal.most for value in values)
    word = "met" if middle <= goal.most else "**missed**"
    where = "" if len(goal.names) == 1 else f", {name}"
    told = (
        f"{short(middle)} {goal.unit}".rstrip() if isfinite(middle) else "not while it was watched"
    )
    runs = f"median of {len(values)}, worst {short(max(values))}, {beyond} beyond"
    return f"{goal.what}{where}: {told} ({runs}), goal ≤ {goal.most:g} {goal.unit}".rstrip() + (
        f": {word}"
    )


def short(value: float) -> str:
    """Three digits, never as a power of ten; what never came is said so."""
    return f"{float(f'{value:.3g}'):g}" if isfinite(value) else "never"
